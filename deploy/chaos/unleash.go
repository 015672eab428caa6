package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"xushi/consumers/ingest"
	"xushi/consumers/ingest/model"
	"xushi/consumers/ingest/traffic"
	"xushi/schema"
	"xushi/schema/store"
	"xushi/seeds"
	"xushi/seeds/office"
	"xushi/seeds/seedstore"
)

type options struct {
	seed       uint64
	events     int
	kills      int
	partitions int
	progress   io.Writer
}

func (o options) say(format string, args ...any) {
	fmt.Fprintf(o.progress, "chaos: "+format+"\n", args...)
}

// unleash does it all and gives the report.
func unleash(ctx context.Context, o options) (r *report, err error) {
	started := time.Now()
	dir, err := os.MkdirTemp("", "xushi-chaos-")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err == nil && r.good() {
			err = os.RemoveAll(dir)
		} else {
			o.say("data and the ingest's log are kept in %s", dir)
		}
	}()
	ctx, fatal := context.WithCancelCause(ctx)
	defer fatal(nil)
	natsListen, err := freeAddress()
	if err != nil {
		return nil, err
	}
	engineListen, err := freeAddress()
	if err != nil {
		return nil, err
	}
	parts := newParts(ctx, dir, natsListen, engineListen, o.partitions, fatal)
	defer stop(parts)
	ledger, js, err := prepare(ctx, o, parts, natsListen, storeDSN(engineListen))
	if err != nil {
		return nil, err
	}
	defer js.Conn().Close()
	m := model.New(ledger)
	p := &publisher{js: js, model: m, source: traffic.New(traffic.Options{Ledger: ledger, Seed: o.seed, Events: o.events, Far: min(100_000, o.events)})}
	k := &killer{
		parts: parts, publisher: p, js: js, rng: rand.New(rand.NewPCG(o.seed, 1)), events: o.events, want: o.kills,
		readers: ingest.Readers(o.partitions), counted: map[string]int{}, delivered: map[string]uint64{},
	}
	o.say("seed %d: %d events, %d kills", o.seed, o.events, o.kills)
	if err := rage(ctx, o, p, k); err != nil {
		return nil, err
	}
	r = &report{seed: o.seed, published: int(p.sent.Load()), wanted: o.kills, kills: k.counted, vain: k.vain, unanswered: p.unanswered.Load()}
	if err := compare(ctx, o, m, js, storeDSN(engineListen), r); err != nil {
		return nil, err
	}
	r.seconds = time.Since(started).Seconds()
	return r, nil
}

// prepare starts everything and puts the ledger in force.
func prepare(ctx context.Context, o options, parts []*part, natsListen, dsn string) (*seeds.Ledger, jetstream.JetStream, error) {
	for _, p := range parts[:ingestPart] {
		if err := p.start(); err != nil {
			return nil, nil, err
		}
	}
	ledger, err := seeds.BuiltIn(seeds.Default)
	if err != nil {
		return nil, nil, err
	}
	js, err := connect("nats://" + natsListen)
	if err != nil {
		return nil, nil, err
	}
	if err := o.establish(ctx, js, ledger, dsn); err != nil {
		js.Conn().Close()
		return nil, nil, err
	}
	return ledger, js, parts[ingestPart].start()
}

func (o options) establish(ctx context.Context, js jetstream.JetStream, ledger *seeds.Ledger, dsn string) (err error) {
	streams := schema.DefaultStreamOptions()
	streams.Partitions = o.partitions
	if err := schema.EnsureStreams(ctx, js, streams); err != nil {
		return err
	}
	acts, err := office.Open(ctx, js, schema.Policy{}, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	if _, err := acts.Apply(ctx, office.Application{Ledger: ledger, By: "chaos", Reason: "chaos"}); err != nil {
		return err
	}
	if err := store.Migrate(ctx, dsn); err != nil {
		return err
	}
	conn, err := store.Open(ctx, dsn)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	history, _ := acts.History(ledger.Plan.ID)
	return seedstore.Apply(ctx, conn, ledger, history.First().At)
}

// rage publishes and kills until all is published, and waits until all is drained.
func rage(ctx context.Context, o options, p *publisher, k *killer) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	work, working := errgroup.WithContext(ctx)
	work.Go(func() error { return p.run(working) })
	work.Go(func() error { return k.run(working) })
	finished := make(chan struct{})
	go o.watch(p, k, finished)
	err := work.Wait()
	close(finished)
	if err != nil {
		return errors.Join(context.Cause(ctx), err)
	}
	o.say("all is published; draining")
	return k.drained(ctx)
}

// watch says now and then how far it is.
func (o options) watch(p *publisher, k *killer, finished <-chan struct{}) {
	every := time.NewTicker(5 * time.Second)
	defer every.Stop()
	for {
		select {
		case <-every.C:
			o.say("%d of %d events published, %d of %d kills", p.sent.Load(), o.events, k.done.Load(), o.kills)
		case <-finished:
			return
		}
	}
}

// compare holds everything against the model.
func compare(ctx context.Context, o options, m *model.Model, js jetstream.JetStream, dsn string, r *report) (err error) {
	o.say("reading the log and the store")
	if err := m.ReadLog(ctx, js); err != nil {
		return err
	}
	conn, err := store.Open(ctx, dsn)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if err := store.Refresh(ctx, conn); err != nil {
		return err
	}
	r.findings, err = m.Compare(ctx, conn, js)
	r.counts = m.Counts
	return err
}

func stop(parts []*part) {
	for _, p := range slices.Backward(parts) {
		if live := p.take(); live != nil {
			live.end()
		}
	}
}

// freeAddress is on loopback, at a port that no client is given by chance: a client that tries to reach a
// server which is down could else be given the server's own port, and keep it from coming back.
func freeAddress() (string, error) {
	for {
		address := net.JoinHostPort("127.0.0.1", strconv.Itoa(20_000+rand.IntN(10_000)))
		l, err := net.Listen("tcp", address)
		if err == nil {
			return address, l.Close()
		}
	}
}
