package simulator

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"xushi/seeds"
)

// Year makes up the year of every measure of the ledger, in the order of arrival. Times are instants;
// what happens, happens in Shanghai's office hours. The same ledger and seed give the same bytes.
func Year(ledger *seeds.Ledger, seed int64) []Message {
	var drafts []*draft
	for _, m := range ledger.Measures() {
		drafts = append(drafts, newReporter(ledger, m, seed).tell()...)
	}
	slices.SortFunc(drafts, byArrival)
	messages := post(drafts, seed)
	slices.SortStableFunc(messages, func(a, b Message) int { return a.ReceivedAt.Compare(b.ReceivedAt) })
	return messages
}

// byArrival has a tie only between events that nobody can tell apart.
func byArrival(a, b *draft) int {
	return cmp.Or(a.received.Compare(b.received), strings.Compare(a.event.ID, b.event.ID))
}

// week is what one department sends as one batch.
type week struct {
	department   string
	year, number int
}

// post puts the drafts, in order of arrival, into messages: one each, or for a department that collects
// them, one for each of its weeks.
func post(drafts []*draft, seed int64) []Message {
	var messages []Message
	weeks := map[week][]*draft{}
	var order []week
	for _, d := range drafts {
		if d.alone() || !collects(d.event.Plan, d.event.Department, seed) {
			messages = append(messages, must(d.message()))
			continue
		}
		w := week{department: d.event.Department}
		w.year, w.number = d.received.ISOWeek()
		if len(weeks[w]) == 0 {
			order = append(order, w)
		}
		weeks[w] = append(weeks[w], d)
	}
	for _, w := range order {
		messages = append(messages, must(batch(weeks[w])))
	}
	return messages
}

// collects tells whether the department sends its events week by week: every third one does.
func collects(plan, department string, seed int64) bool {
	h := fnv.New32a()
	_, _ = fmt.Fprintf(h, "%s/%s/%d", plan, department, seed) // a hash never fails
	return h.Sum32()%3 == 0
}

// must holds because an event that was made up here is valid UTF-8, the only thing that cannot be written
// otherwise.
func must(m Message, err error) Message {
	if err != nil {
		panic(fmt.Sprintf("simulator: write event %v: %v", m.ids, err))
	}
	return m
}
