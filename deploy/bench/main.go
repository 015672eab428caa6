// Command bench measures what the product promises about speed and memory, as ratios within one run so
// that they mean the same on any machine, and prints them as a table; BENCH_OUT=FILE also gets them as
// one flat JSON object.
//
// Every part runs in a process of its own, as in an installation: the NATS server, the ClickHouse
// engine, and the ingest (or, for comparison, a reader that only fetches, or the loop that one writes
// first). They are this same program, told by an environment variable what to be. The store is as its
// migrations leave it: its refreshable views are rebuilt every minute, also while it is measured.
//
// BENCH_ONLY=drain,batch measures some parts alone, BENCH_EVENTS=100000 fewer events, BENCH_PROFILE=FILE
// leaves CPU profiles; options.go has them all.
//
// It is no load generator for servers elsewhere, and it is no test: absolute figures are for
// information only.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"xushi/deploy/embedded/engine"
)

func main() {
	engine.RunIfChild()
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	if j, ok, err := jobOfChild(); err != nil {
		return err
	} else if ok {
		return j.run(ctx)
	}
	o, err := optionsFromEnvironment()
	if err != nil {
		return err
	}
	figures, err := measure(ctx, o)
	switch {
	case ctx.Err() != nil:
		return errors.New("interrupted; what it had stored is deleted")
	case err != nil:
		return err
	}
	figures.print(os.Stdout)
	if o.Out != "" {
		return figures.write(o.Out)
	}
	return nil
}
