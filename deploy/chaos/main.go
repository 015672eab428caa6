// Command chaos proves that nothing makes the ingest lose or double-count: while a seeded mix of events is
// published it kills -9 the NATS server, the ClickHouse engine and the ingest, again and again, each while
// it has work that is not acknowledged, and starts it again on the same folder and port. In the end, when
// everything is drained, it compares log, store and dead letters with an independent model.
//
// Every part is a process of its own, as in an installation, on loopback and a temporary folder. They are
// this same program, told by an environment variable what to be. The producers are in the parent, which
// nobody kills.
//
// What is published is a function of the seed. When what is killed is as much as a machine is as fast or
// slow as it is: kills are placed by how many events are published, not by the clock.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"

	"xushi/deploy/embedded/engine"
)

func main() {
	engine.RunIfChild()
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "chaos:", err)
		os.Exit(1)
	}
}

// errWrong says that the report shows what must not be.
var errWrong = errors.New("the store is not as it must be")

func run(args []string, out, progress io.Writer) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if j, ok, err := jobOfChild(); err != nil {
		return err
	} else if ok {
		return j.run(ctx)
	}
	o := options{progress: progress}
	flags := flag.NewFlagSet("chaos", flag.ContinueOnError)
	flags.Uint64Var(&o.seed, "seed", 1, "of the events and of the kills")
	flags.IntVar(&o.events, "events", 1_000_000, "to publish, re-sent ones included")
	flags.IntVar(&o.kills, "kills", 100, "that hit unacknowledged work")
	flags.IntVar(&o.partitions, "partitions", 1, "of the departments' log: 1 or 8")
	if err := flags.Parse(args); err != nil {
		return err
	}
	r, err := unleash(ctx, o)
	if err != nil {
		return err
	}
	r.print(out)
	if !r.good() {
		return errWrong
	}
	return nil
}
