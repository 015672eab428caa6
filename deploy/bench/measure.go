package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
)

// bench is one run. Everything that it stores is in dir.
type bench struct {
	options
	dir     string
	store   *warehouse
	single  *journal // the events one by one
	figures report
}

// measure runs the parts that are wanted, and leaves nothing on the disk, however it ends.
func measure(ctx context.Context, o options) (_ report, err error) {
	dir, err := os.MkdirTemp("", "xushi-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := checkRoom(dir, o.events()); err != nil {
		return nil, err
	}
	b := &bench{options: o, dir: dir}
	for _, step := range []struct {
		wanted bool
		run    func(context.Context) error
	}{
		{o.wants(partUp), b.up},
		{o.wants(partPublish), b.publish},
		{o.wants(partDrain, partBatch, partObvious, partFresh, partScale, partLetter, partBig), b.throughStore},
	} {
		if !step.wanted {
			continue
		}
		if err := step.run(ctx); err != nil {
			return nil, err
		}
	}
	return b.figures, nil
}

// throughStore runs the parts that need the store.
func (b *bench) throughStore(ctx context.Context) (err error) {
	say("starting the ClickHouse engine")
	if b.store, err = startWarehouse(ctx, b.dir); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.store.stop(context.WithoutCancel(ctx))) }()
	if b.wants(partFresh) {
		if err := b.fresh(ctx); err != nil {
			return err
		}
	}
	if b.wants(partScale) {
		if err := b.scale(ctx); err != nil {
			return err
		}
	}
	if b.wants(partLetter) {
		if err := b.letters(ctx); err != nil {
			return err
		}
	}
	if !b.wants(partDrain, partBatch, partObvious, partBig) {
		return nil
	}
	if b.single, err = startJournal(ctx, filepath.Join(b.dir, "single"), b.events(), 1); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.single.stop()) }()
	say("publishing %d events", b.Events)
	if err := b.single.fill(ctx, b.Events, 1); err != nil {
		return err
	}
	r := newReaders(b)
	if err := r.read(ctx); err != nil {
		return err
	}
	if b.wants(partBig) {
		return b.big(ctx, r)
	}
	return nil
}
