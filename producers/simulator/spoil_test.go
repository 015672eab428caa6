package simulator

import (
	"slices"
	"testing"

	"xushi/schema"
	"xushi/seeds"
)

// Every blunder is committed on every measure that it fits, and refused for the reason that it names.
func TestEveryBlunderIsRefusedForItsReason(t *testing.T) {
	t.Parallel()
	l, err := seeds.BuiltIn(seeds.Default)
	if err != nil {
		t.Fatal(err)
	}
	register := seeds.NewRegister(map[string]*seeds.History{l.Plan.ID: seeds.NewHistory(seeds.Revision{Ledger: l})})
	for n, b := range slices.Concat(blunders, stageBlunders) {
		tried := 0
		for _, m := range l.Measures() {
			r := newReporter(l, m, 1)
			readings := r.readings()
			i := slices.IndexFunc(readings, func(d *draft) bool { return d.event.Type == schema.Reported })
			if b.fits != nil && !b.fits(r, readings[i]) {
				continue
			}
			tried++
			wrong := *readings[i]
			b.commit(r, &wrong)
			got, err := wrong.message()
			if err != nil {
				t.Fatal(err)
			}
			in := &schema.Message{Subject: got.Subject, Header: got.Header, Body: got.Body}
			schema.Policy{AllowSimulation: true}.Open(in, func(o *schema.Opened) {
				if o.Rejection == nil {
					o.Rejection = register.Admit(&o.Record)
				}
				if o.Rejection == nil || o.Rejection.Reason != b.reason {
					t.Errorf("blunder %d of %s: got %v, want %s", n, m.ID, o.Rejection, b.reason)
				}
			})
		}
		if tried == 0 {
			t.Errorf("blunder %d (%s) fits no measure", n, b.reason)
		}
	}
}
