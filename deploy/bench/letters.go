package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"xushi/jobs/calendar"
	"xushi/jobs/weekly"
	"xushi/schema"
	"xushi/schema/store"
	"xushi/seeds"
	"xushi/seeds/office"
)

// letters measures how long a week's letter takes: to read the events, assess, freeze, compose it with its
// workbook, and queue it, for the plan of a small district and for that of a whole province. Each has a year of
// weekly readings, and the frozen weeks of that year. A page, a workbook and a dozen questions to the servers cost
// the same for any plan; so what a measure costs is seen from what a tenfold number of them adds.
func (b *bench) letters(ctx context.Context) error {
	few, err := b.lettersOf(ctx, 100, 8)
	if err != nil {
		return err
	}
	more, err := b.lettersOf(ctx, 1_000, 8)
	if err != nil {
		return err
	}
	many, err := b.lettersOf(ctx, 10_000, 5)
	if err != nil {
		return err
	}
	first, then := (more.Seconds-few.Seconds)/900, (many.Seconds-more.Seconds)/9_000
	b.figures.add("letter_10k_s", many.Seconds, "weekly letter of 10,000 measures in 200 departments, from the events to the queue, s", "≤ 10")
	b.figures.add("letter_10k_mb", many.PeakMB, "peak memory of the process that writes it, MB", "≤ 500")
	b.figures.add("letter_cost_growth_100x", then/first, "what a measure adds to a letter from 1,000 to 10,000 ÷ from 100 to 1,000", "0.8 to 1.2")
	b.figures.add("letter_whole_growth_100x", many.Seconds/10_000/(few.Seconds/100), "time of a whole letter by measure, 10,000 ÷ 100", "≤ 1.2")
	b.figures.add("letter_1000_s", more.Seconds, "weekly letter of 1,000 measures, s", "")
	b.figures.add("letter_100_s", few.Seconds, "weekly letter of 100 measures, s", "")
	return nil
}

// The plan's last weeks are written one after the other; those before come from the first of them.
const firstWritten, lastWeek = 44, 52

// lettersOf writes the letters of so many weeks of a plan of so many measures, and tells the median.
func (b *bench) lettersOf(ctx context.Context, measures, weeks int) (_ result, err error) {
	l, err := startJournal(ctx, filepath.Join(b.dir, fmt.Sprintf("letters-%d", measures)), 1, 1)
	if err != nil {
		return result{}, err
	}
	defer func() { err = errors.Join(err, l.stop()) }()
	say("a year of %d measures", measures)
	plan, err := seeds.Parse("province", province(measures).JSON())
	if err != nil {
		return result{}, err
	}
	acts, err := office.Open(ctx, l.js, schema.Policy{}, warnings())
	if err != nil {
		return result{}, err
	}
	if _, err := acts.Apply(ctx, office.Application{Ledger: plan, By: "bench", Reason: "bench"}); err != nil {
		return result{}, err
	}
	if err := b.store.fillYear(ctx, plan); err != nil {
		return result{}, err
	}
	j := job{Kind: "letters", NATS: l.url(), Store: b.store.dsn, Plan: plan.Plan.ID, Weeks: []int{firstWritten}}
	if _, err := do(ctx, j); err != nil {
		return result{}, err
	}
	if err := b.store.fillWeeks(ctx, plan.Plan.ID, firstWritten); err != nil {
		return result{}, err
	}
	say("writing %d letters of %d measures", weeks, measures)
	j.Weeks, j.Profile = nil, b.profile(partLetter)
	for i := range weeks {
		j.Weeks = append(j.Weeks, firstWritten+1+i)
	}
	return do(ctx, j)
}

// writeLetters is the jobs role of one plan: it issues the letters of some weeks, and tells the median.
func writeLetters(ctx context.Context, j job) (r result, err error) {
	js, hangUp, err := connect(j.NATS)
	if err != nil {
		return r, err
	}
	defer hangUp()
	conn, err := store.Open(ctx, j.Store)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	acts, err := office.Open(ctx, js, schema.Policy{}, warnings())
	if err != nil {
		return r, err
	}
	o := &weekly.Office{
		Plan: j.Plan, Acts: acts, Store: conn, JetStream: js, Log: warnings(), Clock: time.Now, By: "bench",
		Calendar: calendar.China(), At: 8 * time.Hour, Grace: time.Hour, From: "xushi@example.org", Recipients: []string{"office@example.org"},
	}
	finish, err := startProfile(j.Profile)
	if err != nil {
		return r, err
	}
	for _, week := range j.Weeks {
		started := time.Now()
		if _, err := o.Issue(ctx, schema.Week{Year: 2024, Number: week}); err != nil {
			return r, err
		}
		r.Passed = append(r.Passed, time.Since(started).Seconds())
	}
	finish()
	r.Seconds = median(r.Passed)
	r.PeakMB, err = peakMB()
	return r, err
}
