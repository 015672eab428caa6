package simulator_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/shopspring/decimal"

	"xushi/producers/simulator"
	"xushi/schema"
	"xushi/seeds"
)

func hongqiao(t testing.TB) *seeds.Ledger {
	t.Helper()
	l, err := seeds.BuiltIn(seeds.Default)
	if err != nil {
		t.Fatalf("ledger: %v", err)
	}
	return l
}

// told is what an ingest makes of a message's events: o.Rejection covers the ledger too.
type told struct {
	message *simulator.Message
	schema.Opened
	refusal schema.Reason // the intended one
}

func open(t testing.TB, l *seeds.Ledger, messages []simulator.Message) []told {
	t.Helper()
	register := seeds.NewRegister(map[string]*seeds.History{l.Plan.ID: seeds.NewHistory(seeds.Revision{Ledger: l})})
	var all []told
	for i := range messages {
		m := &messages[i]
		var refusals []schema.Reason
		refusals = append(refusals, m.Refusals...)
		in := &schema.Message{Subject: m.Subject, Header: m.Header, Body: m.Body, Sequence: uint64(i + 1)}
		schema.Policy{AllowSimulation: true}.Open(in, func(o *schema.Opened) {
			if o.Rejection == nil {
				o.Rejection = register.Admit(&o.Record)
			}
			if len(refusals) == 0 {
				t.Fatalf("message %d has more events than Refusals", i)
			}
			all = append(all, told{m, *o, refusals[0]})
			refusals = refusals[1:]
		})
		if len(refusals) > 0 {
			t.Fatalf("message %d has fewer events than Refusals", i)
		}
	}
	return all
}

func TestYearIsTheSameForTheSameSeed(t *testing.T) {
	t.Parallel()
	first, second := simulator.Year(hongqiao(t), 1), simulator.Year(hongqiao(t), 1)
	if diff := cmp.Diff(first, second, cmpopts.IgnoreUnexported(simulator.Message{})); diff != "" {
		t.Errorf("two years of one seed differ:\n%s", diff)
	}
	if other := simulator.Year(hongqiao(t), 2); len(other) == len(first) && cmp.Equal(first[0].Body, other[0].Body) {
		t.Error("another seed tells the same")
	}
}

func TestYearIsInOrderOfArrivalSoThatAnyMomentIsAPrefix(t *testing.T) {
	t.Parallel()
	year := simulator.Year(hongqiao(t), 1)
	if !slices.IsSortedFunc(year, func(a, b simulator.Message) int { return a.ReceivedAt.Compare(b.ReceivedAt) }) {
		t.Fatal("not in order of arrival")
	}
	asOf := time.Date(2024, 7, 1, 8, 0, 0, 0, schema.Shanghai)
	n := simulator.ArrivedBy(year, asOf)
	if n == 0 || n == len(year) || year[n-1].ReceivedAt.After(asOf) || !year[n].ReceivedAt.After(asOf) {
		t.Errorf("%d of %d messages have arrived by %s", n, len(year), asOf)
	}
	if all := simulator.ArrivedBy(year, asOf.AddDate(2, 0, 0)); all != len(year) {
		t.Errorf("long after, %d of %d have arrived", all, len(year))
	}
}

// A ledger grows by versions; what was told of its other measures must not change under their readers.
func TestYearOfAMeasureDoesNotDependOnTheOthers(t *testing.T) {
	t.Parallel()
	whole := hongqiao(t)
	less := hongqiao(t)
	less.Commitments = slices.DeleteFunc(less.Commitments, func(c seeds.Commitment) bool { return c.ID == "new-construction" })
	less.Index()
	bodies := func(l *seeds.Ledger) []string {
		var all []string
		for _, o := range open(t, whole, simulator.Year(l, 1)) {
			if o.Record.Data.Measure == "zero-waste-cells" {
				all = append(all, string(o.Raw))
			}
		}
		slices.Sort(all)
		return all
	}
	with, without := bodies(whole), bodies(less)
	if len(with) < 50 {
		t.Fatalf("only %d events of the measure", len(with))
	}
	if diff := cmp.Diff(with, without); diff != "" {
		t.Errorf("without another commitment the story differs:\n%s", diff)
	}
}

func TestEveryEventIsAcceptedOrRefusedAsIntended(t *testing.T) {
	t.Parallel()
	refusedStages := map[schema.Reason]int{}
	for seed := int64(1); seed <= 5; seed++ {
		l := hongqiao(t)
		for _, o := range open(t, l, simulator.Year(l, seed)) {
			var got schema.Reason
			if o.Rejection != nil {
				got = o.Rejection.Reason
			}
			if got != o.refusal {
				t.Fatalf("seed %d: intended refusal %q, got %q (%v) for %s", seed, o.refusal, got, o.Rejection, o.Raw)
			}
			if at := o.Record.ReceivedAt; o.Rejection == nil && (!o.Record.Simulated() || !at.Equal(o.message.ReceivedAt)) {
				t.Fatalf("seed %d: source %s, received at %s, want the simulator's %s", seed, o.Record.Source, at, o.message.ReceivedAt)
			}
			if m, ok := l.Measure(o.Record.Data.Measure); ok && m.Milestone() {
				refusedStages[got]++
			}
		}
	}
	for _, reason := range []schema.Reason{"", schema.StageRequired, schema.UnknownStage, schema.OutOfBounds} {
		if refusedStages[reason] == 0 {
			t.Errorf("no event of a milestone with refusal %q", reason)
		}
	}
}

func TestYearHasEverythingThatGoesWrong(t *testing.T) {
	t.Parallel()
	l := hongqiao(t)
	events := open(t, l, simulator.Year(l, 1))
	seen := census(l, events)
	for _, kind := range []string{
		"progress.reported.v1", "progress.unchanged.v1", "progress.voided.v1", "progress.item.v1", "progress.explained.v1",
		"duplicate", "conflict", "replacement", "void before its target", "cross-check", "binary mode", "in a batch", "late",
		"item 0", "item 1", "stage 0", "stage 1",
		"refused: wrong_unit", "refused: not_decimal", "refused: future_time", "refused: invalid_utf8",
	} {
		if seen[kind] == 0 {
			t.Errorf("no %s in the year", kind)
		}
	}
	for _, m := range l.Measures() {
		least := 10
		if m.Milestone() {
			least = len(m.Curve.Stages) // each once
		}
		if n := seen["readings of "+m.ID]; n < least {
			t.Errorf("%s has %d readings, want at least %d", m.ID, n, least)
		}
	}
	if n := len(events); n < 3000 || n > 8000 {
		t.Errorf("%d events in a year", n)
	}
	if n := seen["reasons for refusal"]; n < 20 {
		t.Errorf("only %d reasons for refusal", n)
	}
	if share := float64(seen["refused"]) / float64(len(events)); share < 0.005 || share > 0.02 {
		t.Errorf("%.1f%% of the events are refused, want about one", share*100)
	}
}

// census counts what there is of every kind.
func census(l *seeds.Ledger, events []told) map[string]int {
	seen := map[string]int{}
	first := map[string]schema.ContentHash{} // by identity
	for _, o := range events {
		r := o.Record
		if o.Rejection != nil {
			kind := "refused: " + string(o.Rejection.Reason)
			if seen[kind] == 0 {
				seen["reasons for refusal"]++
			}
			seen[kind]++
			seen["refused"]++
			continue
		}
		if hash, again := first[r.Department+"/"+r.ID]; again {
			if hash == r.ContentHash {
				seen["duplicate"]++
			} else {
				seen["conflict"]++
			}
			continue
		}
		first[r.Department+"/"+r.ID] = r.ContentHash
		for _, kind := range kindsOf(l, o, first) {
			seen[kind]++
		}
	}
	return seen
}

// kindsOf is what can be said of an accepted event, given those that came before it.
func kindsOf(l *seeds.Ledger, o told, before map[string]schema.ContentHash) []string {
	r := o.Record
	kinds := []string{string(r.Type)}
	is := func(yes bool, kind string) {
		if yes {
			kinds = append(kinds, kind)
		}
	}
	_, known := before[r.Department+"/"+r.Data.Voids]
	m, hasMeasure := l.Measure(r.Data.Measure)
	is(r.Type == schema.Reported, "readings of "+r.Data.Measure)
	is(r.Data.Replaces != "", "replacement")
	is(r.Type == schema.Voided && !known, "void before its target")
	is(hasMeasure && r.Department != m.ReportingDepartment, "cross-check")
	is(len(o.message.Header["ce-id"]) > 0, "binary mode")
	is(len(o.message.Refusals) > 1, "in a batch")
	is(r.ReceivedAt.Sub(r.Time) > 5*24*time.Hour, "late")
	is(r.Type == schema.Reported && r.Data.Item != "", "item "+r.Data.Value)
	is(r.Type == schema.Reported && r.Data.Stage != "", "stage "+r.Data.Value)
	return kinds
}

func TestDepartmentsPublishOnlyWhereTheyAreInvolved(t *testing.T) {
	t.Parallel()
	l := hongqiao(t)
	for _, o := range open(t, l, simulator.Year(l, 1)) {
		if o.refusal != "" {
			continue
		}
		if c, ok := l.Commitment(o.Record.Data.Commitment); !ok || !c.Involves(o.Record.Department) {
			t.Fatalf("%s reports on %s", o.Record.Department, o.Record.Data.Commitment)
		}
	}
}

// The default story, with plain arithmetic: in the morning of 2024-07-01, 182 of 366 days are over, so
// 0.4973 × 847,000 m² = 421,186 m² are planned; less than 60% of that, 252,711 m², is severe.
func TestDefaultStoryLags(t *testing.T) {
	t.Parallel()
	const measure = "new-construction-floor-area"
	l := hongqiao(t)
	year := simulator.Year(l, 1)
	arrived := year[:simulator.ArrivedBy(year, time.Date(2024, 7, 1, 8, 0, 0, 0, schema.Shanghai))]
	withdrawn := map[string]bool{}
	var latest *schema.Record
	explained := false
	for _, o := range open(t, l, arrived) {
		if o.Rejection == nil {
			withdrawn[o.Record.Data.Replaces], withdrawn[o.Record.Data.Voids] = true, true
		}
		explained = explained || o.Rejection == nil && o.Record.Type == schema.Explained && o.Record.Data.Commitment == "new-construction"
	}
	for _, o := range open(t, l, arrived) {
		r := o.Record
		if o.Rejection != nil || r.Type != schema.Reported || r.Data.Measure != measure || r.Department != "zhujianwei" || withdrawn[r.ID] {
			continue
		}
		if latest == nil || r.Time.After(latest.Time) {
			latest = &r
		}
	}
	if latest == nil {
		t.Fatal("no reading")
	}
	actual := latest.Quantity.Decimal
	if actual.LessThan(decimal.NewFromInt(220_000)) || actual.GreaterThan(decimal.NewFromInt(252_711)) {
		t.Errorf("%s m² are reported to date, want between 220,000 and 252,711", actual)
	}
	if !explained {
		t.Error("nobody explains why")
	}
}

// The default story of the milestones, in the same morning: most are on time, three are a few days or weeks
// late, one by more than a month, and whoever is late for long explains it; one has not been heard of lately.
func TestDefaultMilestonesAreMostlyOnTime(t *testing.T) {
	t.Parallel()
	l := hongqiao(t)
	asOf := time.Date(2024, 7, 1, 8, 0, 0, 0, schema.Shanghai)
	year := simulator.Year(l, 1)
	told := open(t, l, year[:simulator.ArrivedBy(year, asOf)])
	explained := map[string]string{} // by commitment
	spoken := map[string]time.Time{} // by measure
	for _, o := range told {
		switch r := &o.Record; {
		case o.Rejection != nil:
		case r.Type == schema.Explained:
			explained[r.Data.Commitment] = r.Data.Problem
		case r.Time.After(spoken[r.Data.Measure]):
			spoken[r.Data.Measure] = r.Time
		}
	}
	late, quiet := map[string]int{}, []string{}
	for _, m := range l.Measures() {
		if !m.Milestone() {
			continue
		}
		if days := daysLate(m, told, schema.DateOf(asOf)); days > 0 {
			late[m.ID] = days
			if days > 7 && explained[m.Commitment.ID] == "" { // twice a month
				t.Errorf("nobody explains why %s is late", m.ID)
			}
		}
		if due, ok := m.DueFrom(); ok && due < schema.DateOf(asOf) && asOf.Sub(spoken[m.ID]) > 37*24*time.Hour && m.DueDate > schema.DateOf(asOf) {
			quiet = append(quiet, m.ID)
		}
	}
	want := map[string]int{ // the stage was planned by
		"tcm-doctors-hall-built":       47, // 05-15
		"dahutong-clearance-steps":     16, // 06-15
		"minzu-primary-building-steps": 11, // 06-20
		"sanzhong-primary-built":       1,  // 06-30
	}
	if diff := cmp.Diff(want, late); diff != "" {
		t.Errorf("days late (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"yaohua-junior-started"}, quiet); diff != "" {
		t.Errorf("not heard of (-want +got):\n%s", diff)
	}
}

// daysLate is the age of the oldest stage that is missing in the morning of the day, by the latest of the
// department's readings that was not withdrawn.
func daysLate(m *seeds.Measure, all []told, day schema.Date) int {
	withdrawn := map[string]bool{}
	for _, o := range all {
		if o.Rejection == nil {
			withdrawn[o.Record.Data.Replaces], withdrawn[o.Record.Data.Voids] = true, true
		}
	}
	latest := map[string]schema.Record{} // by stage
	for _, o := range all {
		r := o.Record
		if o.Rejection == nil && r.Type == schema.Reported && r.Data.Measure == m.ID && r.Department == m.ReportingDepartment &&
			!withdrawn[r.ID] && r.Time.After(latest[r.Data.Stage].Time) {
			latest[r.Data.Stage] = r
		}
	}
	late := 0
	for _, s := range m.Curve.Stages {
		if latest[s.Stage].Data.Value != "1" {
			late = max(late, int(day-s.By))
		}
	}
	return late
}

func TestBulkIsValidDifferentAndOfTheUsualSize(t *testing.T) {
	t.Parallel()
	const n = 5000
	l := hongqiao(t)
	var messages []simulator.Message
	size := 0
	for m := range simulator.Bulk(l, n, 1) {
		m.Refusals = []schema.Reason{""}
		messages = append(messages, m)
		size += len(m.Body)
	}
	ids := map[string]bool{}
	measures := map[string]bool{}
	register := seeds.NewRegister(map[string]*seeds.History{l.Plan.ID: seeds.NewHistory(seeds.Revision{Ledger: l})})
	for i, m := range messages {
		in := &schema.Message{Subject: m.Subject, Header: m.Header, Body: m.Body, Sequence: uint64(i + 1), Timestamp: m.ReceivedAt}
		schema.Policy{}.Open(in, func(o *schema.Opened) { // also where simulation is not allowed
			if o.Rejection == nil {
				o.Rejection = register.Admit(&o.Record)
			}
			if o.Rejection != nil {
				t.Fatalf("refused: %v: %s", o.Rejection, m.Body)
			}
			ids[o.Record.ID], measures[o.Record.Data.Measure] = true, true
		})
	}
	if len(ids) != n || len(measures) != len(l.Measures()) {
		t.Errorf("%d ids and %d measures, want %d and %d", len(ids), len(measures), n, len(l.Measures()))
	}
	if mean := size / n; mean < 370 || mean > 420 {
		t.Errorf("%d bytes on average, want about 394", mean)
	}
	for range simulator.Bulk(l, n, 1) {
		break // a consumer may stop early
	}
}

func BenchmarkYear(b *testing.B) {
	l := hongqiao(b)
	for b.Loop() {
		simulator.Year(l, 1)
	}
}

func BenchmarkBulk(b *testing.B) {
	l := hongqiao(b)
	next := simulator.Bulk(l, b.N, 1)
	b.ResetTimer()
	for m := range next {
		b.SetBytes(int64(len(m.Body)))
	}
}
