// Command bench measures what the product promises about speed and memory, as ratios within one run so
// that they mean the same on any machine, and prints them as a table; BENCH_OUT=FILE also gets them as
// one flat JSON object.
//
// Every part runs in a process of its own, as in an installation: the NATS server, the ClickHouse
// engine, and the ingest (or, for comparison, a reader that only fetches). They are this same program,
// told by an environment variable what to be.
//
// It is no load generator for servers elsewhere, and it is no test: absolute figures are for
// information only.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"

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
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if job, ok, err := jobOfChild(); err != nil {
		return err
	} else if ok {
		return job.run(ctx)
	}
	report, err := measure(ctx)
	if err != nil {
		return err
	}
	report.print(os.Stdout)
	if file := os.Getenv("BENCH_OUT"); file != "" {
		return report.write(file)
	}
	return nil
}
