// Command crash proves that the weekly letter goes out once and is never missing: in many seeded runs it
// plays some weeks of an office, kills -9 the process of the jobs role at every point of the chain from the
// letter's moment to the mailbox, starts it again, sometimes has two of them at once, and lets the mail
// server fail in every way. In the end of a run each letter is held against what the mail server knows.
//
// The processes are this same program, told by an environment variable to be one. Everything is real and
// on loopback: a NATS server and a store of each run, one ClickHouse engine for all. A process is killed
// by what shows from outside: by what it says to NATS and to ClickHouse, which is overheard on the wire, and
// by the step at which it is with the mail server. The product knows nothing of it.
//
// What is to happen is a function of the seed. What does happen is as far as the machine is as fast or slow.
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
		fmt.Fprintln(os.Stderr, "crash:", err)
		os.Exit(1)
	}
}

// errBreach says that the report shows what must not be.
var errBreach = errors.New("letters are not as they must be")

func run(args []string, out, progress io.Writer) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if j, ok, err := jobOfChild(); err != nil {
		return err
	} else if ok {
		return j.run(ctx)
	}
	o := options{progress: progress}
	flags := flag.NewFlagSet("crash", flag.ContinueOnError)
	flags.Uint64Var(&o.seed, "seed", 1, "of the first run; the others follow")
	flags.IntVar(&o.runs, "runs", 200, "how many")
	flags.IntVar(&o.atOnce, "at-once", 4, "how many runs at the same time")
	if err := flags.Parse(args); err != nil {
		return err
	}
	r, err := playAll(ctx, o)
	if err != nil {
		return err
	}
	r.print(out)
	if !r.good() {
		return errBreach
	}
	return nil
}
