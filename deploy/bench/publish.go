package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"xushi/producers"
	"xushi/producers/simulator"
	"xushi/schema"
	"xushi/seeds"
)

const (
	publishRounds  = 5
	publishedShare = 4      // one in so many of the events of a drain is published in a turn
	inFlight       = 4096   // messages that either may have sent and not yet heard of; the client's default
	different      = 10_000 // events, made before the clock starts and published over and over
)

// publish measures the product's client against the bare publisher, each time into an empty log.
func (b *bench) publish(ctx context.Context) error {
	n := max(b.Events/publishedShare, different)
	var ratios, ours, bare, ourCPU, bareCPU []float64
	us := 1e6 / float64(n)
	for i := range publishRounds {
		o, err := b.publishOnce(ctx, "publish", n)
		if err != nil {
			return err
		}
		p, err := b.publishOnce(ctx, "bare", n)
		if err != nil {
			return err
		}
		say("round %d of %d, %d events published: by the client in %.2f s (CPU %.2f µs), bare in %.2f s (CPU %.2f µs)",
			i+1, publishRounds, n, o.Seconds, o.CPU*us, p.Seconds, p.CPU*us)
		ratios = append(ratios, p.Seconds/o.Seconds)
		ours, bare = append(ours, float64(n)/o.Seconds), append(bare, float64(n)/p.Seconds)
		ourCPU, bareCPU = append(ourCPU, o.CPU*us), append(bareCPU, p.CPU*us)
	}
	b.figures.add("publish_over_bare", median(ratios), "rate of the client's asynchronous publish ÷ of encoding/json and PublishMsgAsync", "≥ 0.9")
	b.figures.add("publish_per_second", median(ours), "events a second", "")
	b.figures.add("publish_cpu_us", median(ourCPU), "CPU an event of the client's process, µs", "")
	b.figures.add("bare_per_second", median(bare), "events a second", "")
	b.figures.add("bare_cpu_us", median(bareCPU), "CPU an event of the bare publisher's process, µs", "")
	return nil
}

func (b *bench) publishOnce(ctx context.Context, kind string, n int) (r result, err error) {
	dir := filepath.Join(b.dir, kind)
	l, err := startJournal(ctx, dir, n, 1)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, l.stop(), os.RemoveAll(dir)) }()
	if r, err = do(ctx, job{Kind: kind, NATS: l.url(), Events: n, Profile: b.profile(kind)}); err != nil {
		return r, err
	}
	if last, err := l.last(ctx); err != nil || last != uint64(n) {
		return r, errors.Join(err, fmt.Errorf("%d of %d events are in the log", last, n))
	}
	return r, nil
}

// publish sends by the product's client: checked, sent again where that may help, reported on by Flush.
func publish(ctx context.Context, j job) (result, error) {
	nc, err := nats.Connect(j.NATS)
	if err != nil {
		return result{}, err
	}
	defer nc.Close()
	client, err := producers.New(nc, producers.Options{MaxInFlight: inFlight})
	if err != nil {
		return result{}, err
	}
	return timed(j, func(events []*schema.Event) error {
		for i := range j.Events {
			if _, err := client.PublishAsync(ctx, events[i%len(events)]); err != nil {
				return err
			}
		}
		return client.Flush(ctx)
	})
}

// structuredHeader is what makes a message a CloudEvent, whoever sends it.
var structuredHeader = nats.Header{schema.ContentTypeHeader: {schema.StructuredContent}}

// publishBare sends the same messages by what everybody has: nothing is checked, and what fails is lost.
func publishBare(ctx context.Context, j job) (result, error) {
	nc, err := nats.Connect(j.NATS)
	if err != nil {
		return result{}, err
	}
	defer nc.Close()
	js, err := jetstream.New(nc, jetstream.WithPublishAsyncMaxPending(inFlight))
	if err != nil {
		return result{}, err
	}
	return timed(j, func(events []*schema.Event) error {
		for i := range j.Events {
			e := events[i%len(events)]
			body, err := json.Marshal(&envelope{
				SpecVersion: "1.0", ID: e.ID, Source: e.Source, Type: e.Type, Time: e.Time,
				ContentType: schema.JSONContent, Plan: e.Plan, Department: e.Department, Data: e.Data,
			})
			if err != nil {
				return err
			}
			m := &nats.Msg{Subject: e.Address().Subject(), Header: structuredHeader, Data: body}
			if _, err := js.PublishMsgAsync(m, jetstream.WithStallWait(patience)); err != nil {
				return err
			}
		}
		select {
		case <-js.PublishAsyncComplete():
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	})
}

func timed(j job, send func([]*schema.Event) error) (result, error) {
	ledger, err := seeds.BuiltIn(seeds.Default)
	if err != nil {
		return result{}, err
	}
	events := slices.Collect(simulator.BulkEvents(ledger, different, 1))
	finish, err := startProfile(j.Profile)
	if err != nil {
		return result{}, err
	}
	defer finish()
	w, err := startWatch()
	if err != nil {
		return result{}, err
	}
	if err := send(events); err != nil {
		return result{}, err
	}
	return w.stop()
}
