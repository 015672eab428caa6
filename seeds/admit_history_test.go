package seeds_test

import (
	"testing"
	"time"

	"xushi/schema"
	"xushi/seeds"
)

// A verdict is of the versions in force when the event was received, down to its words: what came into
// force later is not known to it.
func TestAVerdictKnowsNothingLater(t *testing.T) {
	t.Parallel()
	begins, changes := received, received.Add(time.Hour)
	first := version("first", func(*seeds.Ledger) {})
	second := version("second", func(l *seeds.Ledger) { l.Commitments[0].SupportingDepartments = nil })
	began := applied(t, &seeds.History{}, begins, first)
	changed := applied(t, began, changes, second)
	other := seeds.NewHistory(seeds.Revision{Ledger: first, At: changes})
	for _, test := range []struct {
		at      time.Time
		plan    string
		want    schema.Reason // "": it is accepted
		version string
		known   []map[string]*seeds.History // less and more of what has happened by now
	}{
		{begins.Add(-1), "p", schema.UnknownPlan, "", []map[string]*seeds.History{{}, {"p": began}, {"p": changed, "q": other}}},
		{begins, "p", "", "first", []map[string]*seeds.History{{"p": began}, {"p": changed, "q": other}}},
		{begins, "q", schema.UnknownPlan, "", []map[string]*seeds.History{{"p": began}, {"p": changed}, {"p": changed, "q": other}}},
		{changes.Add(-1), "p", "", "first", []map[string]*seeds.History{{"p": began}, {"p": changed}}},
		{changes, "p", schema.DepartmentNotInvolved, "", []map[string]*seeds.History{{"p": changed}, {"p": changed, "q": other}}},
	} {
		said := ""
		for i, plans := range test.known {
			rec := schema.Record{Event: schema.Event{Plan: test.plan, Department: "water", Type: schema.Explained}, ReceivedAt: test.at}
			rec.Data.Commitment = "construction"
			var reason schema.Reason
			words := ""
			if r := seeds.NewRegister(plans).Admit(&rec); r != nil {
				reason, words = r.Reason, r.Error()
			}
			if reason != test.want || reason == "" && rec.LedgerVersion != test.version {
				t.Errorf("%s at %s: %q by %q, want %q by %q", test.plan, test.at, reason, rec.LedgerVersion, test.want, test.version)
			}
			if i > 0 && words != said {
				t.Errorf("%s at %s: with less known %q, with more %q", test.plan, test.at, said, words)
			}
			said = words
		}
	}
}
