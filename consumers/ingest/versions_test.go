package ingest_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xushi/consumers/ingest"
	"xushi/deploy/embedded/natsdtest"
	"xushi/schema"
	"xushi/seeds/office"
)

// support is a reading by a department that supports the commitment in the first version alone.
func support(id string) schema.Event {
	e := reading(id, "1")
	e.Plan, e.Department, e.Source = "hongqiao-2024", "guiziju", "/guiziju/projects"
	e.Data.Commitment, e.Data.Measure, e.Data.Mode = "new-construction", natsdtest.Floor, schema.ToDate
	return e
}

// judgements are the accepted events with their ledger versions, and how many were refused.
func (w *world) judgements() map[string]string {
	w.Helper()
	rows, err := w.conn.Query(w.Context(), "SELECT id, ledger_version FROM events FINAL")
	if err != nil {
		w.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	all := map[string]string{}
	for rows.Next() {
		var id, version string
		if err := rows.Scan(&id, &version); err != nil {
			w.Fatal(err)
		}
		all[id] = version
	}
	if err := rows.Err(); err != nil {
		w.Fatal(err)
	}
	return all
}

// An event is judged by the version in force when it was received: whether the ingest runs while a version
// is applied, reads a backlog from before it, or reads everything again.
func TestEveryEventIsJudgedByItsVersion(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one := natsdtest.Hongqiao(t)
	two := natsdtest.Changed(t, one,
		`"lead_department":"zhujianwei","supporting_departments":["guiziju","fagaiwei"]`,
		`"lead_department":"zhujianwei","supporting_departments":["fagaiwei"]`)
	three := natsdtest.Raised(t)
	acts := natsdtest.Acts(t, w.js)
	natsdtest.Apply(t, acts, office.Application{Ledger: one})

	w.publish(message(t, support("backlog-under-one")))
	natsdtest.Apply(t, acts, office.Application{Ledger: two})
	last := w.publish(message(t, support("backlog-under-two")))
	r := w.runBy(natsdtest.Acts(t, w.js), short)
	w.settled(last)
	natsdtest.Apply(t, acts, office.Application{Ledger: three}) // while the ingest runs
	w.settled(w.publish(message(t, support("live-under-three"))))
	natsdtest.Apply(t, acts, office.Application{Ledger: two})
	last = w.publish(message(t, support("live-under-two")))
	w.settled(last)
	want := map[string]string{"backlog-under-one": one.Version, "live-under-three": three.Version}
	if diff := cmp.Diff(want, w.judgements()); diff != "" {
		t.Errorf("accepted (-want +got)\n%s", diff)
	}
	r.end(t)

	if err := w.js.DeleteConsumer(t.Context(), schema.ProgressStream, ingest.Consumer); err != nil {
		t.Fatal(err)
	}
	if err := w.conn.Exec(t.Context(), "TRUNCATE TABLE events"); err != nil {
		t.Fatal(err)
	}
	w.runBy(natsdtest.Acts(t, w.js), short)
	w.settled(last)
	if diff := cmp.Diff(want, w.judgements()); diff != "" {
		t.Errorf("accepted, read again (-want +got)\n%s", diff)
	}
}

// What was reported of a plan before it had a version is refused, also when it is read again after the plan
// has one.
func TestAPlanBeginsWithItsFirstVersion(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	acts := natsdtest.Acts(t, w.js)
	w.publish(message(t, support("too-early")))
	for _, when := range []string{"live", "read again"} {
		r := w.runBy(natsdtest.Acts(t, w.js), short)
		natsdtest.Apply(t, acts, office.Application{Ledger: natsdtest.Hongqiao(t)})
		w.settled(w.publish(message(t, support("in-time"))))
		if diff := cmp.Diff(map[string]string{"in-time": natsdtest.Hongqiao(t).Version}, w.judgements()); diff != "" {
			t.Errorf("%s: accepted (-want +got)\n%s", when, diff)
		}
		r.end(t)
		if err := w.js.DeleteConsumer(t.Context(), schema.ProgressStream, ingest.Consumer); err != nil {
			t.Fatal(err)
		}
	}
}

// unsteady is a register that cannot be brought up to date a few times.
type unsteady struct {
	ingest.Register
	failures atomic.Int64
	early    atomic.Int64 // events judged before it could
}

func (u *unsteady) Sync(ctx context.Context) error {
	if u.failures.Add(-1) >= 0 {
		return errors.New("no answer")
	}
	return u.Register.Sync(ctx)
}

func (u *unsteady) Admit(rec *schema.Record) *schema.Rejection {
	if u.failures.Load() >= 0 {
		u.early.Add(1)
	}
	return u.Register.Admit(rec)
}

// While the acts cannot be read nothing is judged; then everything is.
func TestNothingIsJudgedOnOldKnowledge(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	natsdtest.Apply(t, natsdtest.Acts(t, w.js), office.Application{Ledger: natsdtest.Hongqiao(t)})
	u := &unsteady{Register: natsdtest.Acts(t, w.js)}
	u.failures.Store(3)
	r := w.runBy(u, short)
	w.settled(w.publish(message(t, support("e-1"))))
	if n := u.early.Load(); n != 0 {
		t.Errorf("%d events were judged before the acts were known", n)
	}
	if len(w.judgements()) != 1 {
		t.Error("the event was not accepted in the end")
	}
	if err := r.Health(); err != nil {
		t.Errorf("all is well again, yet: %v", err)
	}
}
