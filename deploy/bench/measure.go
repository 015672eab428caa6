package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"
)

var began = time.Now()

// say tells what is being done, and how long the run has taken so far.
func say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "bench %4.0fs  %s\n", time.Since(began).Seconds(), fmt.Sprintf(format, args...))
}

// bench is one run. Everything that it stores is in dir.
type bench struct {
	options
	dir     string
	store   *warehouse
	figures report
}

func measure(ctx context.Context, o options) (_ report, err error) {
	dir, err := os.MkdirTemp("", "xushi-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	b := &bench{options: o, dir: dir}
	if err := checkRoom(dir, 2*o.Events); err != nil {
		return nil, err
	}
	if o.wants(partUp) {
		if err := b.up(ctx); err != nil {
			return nil, err
		}
	}
	say("starting the ClickHouse engine")
	if b.store, err = startWarehouse(ctx, dir); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, b.store.stop(context.WithoutCancel(ctx))) }()
	if o.wants(partDrain, partBatch, partObvious) {
		if err := b.read(ctx); err != nil {
			return nil, err
		}
	}
	return b.figures, nil
}
