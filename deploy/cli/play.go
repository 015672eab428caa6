package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/mattn/go-runewidth"
	"github.com/nats-io/nats.go/jetstream"

	"xushi/deploy/app"
	"xushi/jobs/post"
	"xushi/jobs/weekly"
	"xushi/producers/simulator"
	"xushi/schema"
	"xushi/schema/store"
	"xushi/seeds"
)

// play tells the story of a year up to a moment: simulated departments publish, the ingest stores, the
// office assesses and writes its letter, the post sends it. Every step shows that it goes on.
func play(ctx context.Context, out io.Writer, a *app.App, asOf time.Time, o upOptions) error {
	published := 0
	for _, plan := range a.Plans {
		history, _ := a.Acts.History(plan) // every plan of an app has one
		// The departments live by the first version: a later one changes what they are held to, not what
		// they have done. Of another version the whole year would be told anew, under the same event ids.
		n, err := simulate(ctx, out, a, history.At(time.Time{}), asOf, o.seed)
		if err != nil {
			return err
		}
		published += n
	}
	if err := awaitNone(ctx, newBar(out, "入库 messages stored"), published, a.Pending); err != nil {
		return err
	}
	if err := showLog(ctx, out, a); err != nil {
		return err
	}
	if err := store.Refresh(ctx, a.Store); err != nil {
		return fmt.Errorf("refresh the views: %w", err)
	}
	for _, office := range a.Offices {
		if err := write(ctx, out, a, office, asOf); err != nil {
			return err
		}
	}
	return nil
}

// write issues every letter since the plan began, each from what was known at its moment, so that streaks and
// supervision items have their history; then it shows the status as of the moment, and the newest letter.
func write(ctx context.Context, out io.Writer, a *app.App, office *weekly.Office, asOf time.Time) error {
	history, _ := a.Acts.History(office.Plan) // every plan of an app has one
	ledger := history.At(asOf)
	if _, err := office.Begin(ctx, ledger.Plan.Start.Start()); err != nil {
		return err
	}
	bar := newBar(out, "周报 weekly letters")
	weeks, letters, err := office.CatchUp(ctx, asOf, bar.show)
	if err != nil {
		return err
	}
	bar.finish(weeks, "")
	var newest *weekly.Issued
	last, due, err := office.Newest(ctx, asOf)
	if err == nil && due {
		newest, err = office.Issue(ctx, last.Week)
	}
	if err != nil {
		return err
	}
	assessed, err := office.Assess(ctx, asOf, asOf)
	if err != nil {
		return err
	}
	pending := func(ctx context.Context) (uint64, error) { return post.Pending(ctx, a.JetStream) }
	if err := awaitNone(ctx, newBar(out, "发信 letters sent"), letters, pending); err != nil {
		return err
	}
	showStatus(out, ledger, office.Simulation, assessed, asOf)
	showLetter(out, office, newest, weeks > 0)
	return nil
}

// showLog says what the log became: events that count, and refused ones with their reasons.
func showLog(ctx context.Context, out io.Writer, a *app.App) error {
	var accepted uint64
	if err := a.Store.QueryRow(ctx, "SELECT count() FROM events_clean").Scan(&accepted); err != nil {
		return fmt.Errorf("count the events: %w", err)
	}
	stream, err := a.JetStream.Stream(ctx, schema.DeadLettersStream)
	if err != nil {
		return fmt.Errorf("stream %s: %w", schema.DeadLettersStream, err)
	}
	fmt.Fprintf(out, "%s %d\n", runewidth.FillRight("采纳 events accepted", 30), accepted)
	fmt.Fprintf(out, "%s %d\n", runewidth.FillRight("退回 dead letters", 30), stream.CachedInfo().State.Msgs)
	return nil
}

// simulate plays the departments and tells how many messages it published. A folder keeps to one seed: a
// second story under the same plan would mix with the first. Playing a story again changes nothing, since
// every event keeps its identity.
func simulate(ctx context.Context, out io.Writer, a *app.App, ledger *seeds.Ledger, asOf time.Time, seed int64) (int, error) {
	kv, err := a.JetStream.KeyValue(ctx, schema.Bucket)
	if err != nil {
		return 0, fmt.Errorf("key-value bucket %s: %w", schema.Bucket, err)
	}
	plan := ledger.Plan.ID
	told, err := toldBefore(ctx, kv, plan)
	if err != nil {
		return 0, err
	}
	if told.Ledger != "" && told.Seed != seed {
		return 0, fmt.Errorf("this folder holds the simulation with --seed %d; use that seed, or another --data", told.Seed)
	}
	year, from := simulator.Year(ledger, seed), 0
	bar := newBar(out, "模拟事件 simulated messages")
	if told.Complete && told.Ledger == ledger.Version {
		from = simulator.ArrivedBy(year, told.AsOf) // those are in the log
		if simulator.ArrivedBy(year, asOf) <= from {
			bar.finish(0, "，已于此前发布 published before")
			return 0, nil
		}
	}
	told = story{Seed: seed, Ledger: ledger.Version, AsOf: asOf}
	if err := note(ctx, kv, plan, told); err != nil {
		return 0, err
	}
	published, err := act(ctx, a, ledger, year[from:], asOf, seed, bar)
	if err != nil {
		return published, err
	}
	bar.finish(published, "")
	told.Complete = true
	return published, note(ctx, kv, plan, told)
}

// act plays departments and office up to a moment: before each deed of the office, everything that was
// published by then.
func act(ctx context.Context, a *app.App, ledger *seeds.Ledger, year []simulator.Message, asOf time.Time, seed int64, bar *bar) (published int, err error) {
	total := simulator.ArrivedBy(year, asOf)
	play := func(upTo time.Time) error {
		n, err := simulator.Play(ctx, a.JetStream, year[published:], upTo, func(done, _ int) { bar.show(published+done, total) })
		if published += n; err != nil {
			return fmt.Errorf("publish simulated events: %w", err)
		}
		return nil
	}
	plan := ledger.Plan.ID
	for _, deed := range undone(a, plan, simulator.Deeds(ledger, seed), asOf) {
		if err := play(deed.At); err != nil {
			return published, err
		}
		if err := do(ctx, a, plan, deed); err != nil {
			return published, err
		}
	}
	return published, play(asOf)
}

// story is what a folder remembers of its simulation.
type story struct {
	Seed     int64     `json:"seed"`
	Ledger   string    `json:"ledger"`
	AsOf     time.Time `json:"as_of"` // up to which it was played
	Complete bool      `json:"complete"`
}

func storyKey(plan string) string { return "simulation." + plan }

func toldBefore(ctx context.Context, kv jetstream.KeyValue, plan string) (s story, err error) {
	key := storyKey(plan)
	entry, err := kv.Get(ctx, key)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return s, nil
	}
	if err != nil {
		return s, fmt.Errorf("read %s: %w", key, err)
	}
	if err := json.Unmarshal(entry.Value(), &s); err != nil {
		return s, fmt.Errorf("read %s: %w", key, err)
	}
	return s, nil
}

func note(ctx context.Context, kv jetstream.KeyValue, plan string, s story) error {
	body, err := json.Marshal(s)
	if err != nil {
		return err
	}
	key := storyKey(plan)
	if _, err := kv.Put(ctx, key, body); err != nil {
		return fmt.Errorf("note %s: %w", key, err)
	}
	return nil
}

// awaitNone waits until nothing of total is pending, and shows what is left.
func awaitNone(ctx context.Context, bar *bar, total int, pending func(context.Context) (uint64, error)) error {
	for {
		left, err := pending(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", bar.what, err)
		}
		if left == 0 {
			bar.finish(total, "")
			return nil
		}
		bar.show(max(0, total-int(left)), total)
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}
