package office_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"xushi/deploy/embedded/natsdtest"
	"xushi/schema"
	"xushi/seeds"
	"xushi/seeds/office"
)

const plan = "hongqiao-2024"

// day is a simulated moment of 2024.
func day(month time.Month, day int) time.Time {
	return time.Date(2024, month, day, 9, 0, 0, 0, schema.Shanghai)
}

func first(l *seeds.Ledger) office.Application {
	return office.Application{Ledger: l, By: "督查室", Reason: "首版"}
}

func messages(t *testing.T, js jetstream.JetStream) uint64 {
	t.Helper()
	s, err := js.Stream(t.Context(), schema.OfficeStream)
	if err != nil {
		t.Fatal(err)
	}
	return s.CachedInfo().State.Msgs
}

func TestApplyTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	js := natsdtest.JetStream(t)
	acts := natsdtest.Acts(t, js)
	if _, ok := acts.History(plan); ok {
		t.Fatal("an empty log has a history")
	}
	for i, want := range []bool{true, false, false} {
		changed, err := acts.Apply(t.Context(), first(natsdtest.Hongqiao(t)))
		if err != nil || changed != want {
			t.Errorf("application %d changed something: %v, %v; want %v", i+1, changed, err, want)
		}
	}
	if n := messages(t, js); n != 1 {
		t.Errorf("the log holds %d acts, want 1", n)
	}
	h, ok := acts.History(plan)
	if !ok || h.InForce().Version != natsdtest.Hongqiao(t).Version || string(h.InForce().JSON()) != string(natsdtest.Hongqiao(t).JSON()) {
		t.Errorf("in force is not what was applied: %v", ok)
	}
}

// A changed target without an approver is refused, with what needs one; with an approver it comes into force.
func TestAChangedTargetNeedsAnApprover(t *testing.T) {
	t.Parallel()
	acts := natsdtest.Acts(t, natsdtest.JetStream(t))
	before := natsdtest.Hongqiao(t)
	natsdtest.Apply(t, acts, office.Application{Ledger: before, At: day(1, 1)})
	p := office.Application{Ledger: natsdtest.Raised(t), Base: before.Version, By: "督查室", Reason: "区委全会调整", At: day(7, 3)}
	_, err := acts.Apply(t.Context(), p)
	refusal, ok := errors.AsType[*seeds.UnapprovedError](err)
	if !ok || len(refusal.Changes) != 1 || !strings.Contains(err.Error(), "目标值：84.7万平方米 → 90万平方米") {
		t.Fatalf("err = %v, want one that lists the target", err)
	}
	p.Approver = "区长"
	if changed, err := acts.Apply(t.Context(), p); err != nil || !changed {
		t.Fatalf("with an approver: %v, %v", changed, err)
	}
	h, _ := acts.History(plan)
	for at, want := range map[time.Time]string{
		day(1, 1).Add(-time.Hour): "847000", day(7, 3).Add(-time.Microsecond): "847000", day(7, 3): "900000", day(12, 31): "900000",
	} {
		if m, _ := h.At(at).Measure(natsdtest.Floor); m.TargetValue.String() != want {
			t.Errorf("target at %s: %s, want %s", at, m.TargetValue, want)
		}
	}
	if r := h.Revisions(day(7, 1), day(7, 8)); len(r) != 1 || r[0].Approver != "区长" || len(r[0].Changes) == 0 {
		t.Errorf("revisions of the week: %+v", r)
	}
}

// Two who apply at once, each against what they saw: one wins, the other is told to look again.
func TestOfManyWhoApplyAtOnceOneWins(t *testing.T) {
	t.Parallel()
	js := natsdtest.JetStream(t)
	before := natsdtest.Hongqiao(t)
	natsdtest.Apply(t, natsdtest.Acts(t, js), office.Application{Ledger: before})
	const many = 8
	versions := make([]*seeds.Ledger, many)
	for i := range versions {
		versions[i] = natsdtest.Changed(t, before, `"title_en":"Floor area completed"`, fmt.Sprintf(`"title_en":"Version %d"`, i))
	}
	var start, done sync.WaitGroup
	start.Add(1)
	errs := make([]error, many)
	for i := range versions {
		acts := natsdtest.Acts(t, js)
		done.Go(func() {
			start.Wait()
			_, errs[i] = acts.Apply(t.Context(), office.Application{Ledger: versions[i], Base: before.Version, By: "督查室", Reason: "改名"})
		})
	}
	start.Done()
	done.Wait()
	won := ""
	for i, err := range errs {
		switch {
		case err == nil && won == "":
			won = versions[i].Version
		case !errors.Is(err, office.ErrSuperseded):
			t.Errorf("applier %d: %v, want ErrSuperseded", i, err)
		}
	}
	acts := natsdtest.Acts(t, js)
	h, _ := acts.History(plan)
	if won == "" || h.InForce().Version != won || messages(t, js) != 2 || len(acts.Refused()) != 0 {
		t.Errorf("%s won, %s is in force, %d acts, %d refused", won, h.InForce().Version, messages(t, js), len(acts.Refused()))
	}
}

// A confirmation shows from its moment on, holds through versions that leave what was confirmed alone, and
// lapses for good when that changes.
func TestAConfirmationShowsAndLapses(t *testing.T) {
	t.Parallel()
	acts := natsdtest.Acts(t, natsdtest.JetStream(t))
	one := natsdtest.Hongqiao(t)
	natsdtest.Apply(t, acts, office.Application{Ledger: one, At: day(1, 1)})
	for i, want := range []bool{true, false} {
		changed, err := acts.Confirm(t.Context(), plan, seeds.Confirmation{
			Object: "measure", ID: natsdtest.Floor, Field: "curve", By: "区住建委", Reason: "复函", At: day(2, 1).AddDate(0, i, 0)})
		if err != nil || changed != want {
			t.Fatalf("confirmation %d: %v, %v", i+1, changed, err)
		}
	}
	if _, err := acts.Confirm(t.Context(), plan, seeds.Confirmation{
		Object: "commitment", ID: "new-construction", Field: "lead_department", By: "区政府办", Reason: "分工", At: day(3, 1)}); err != nil {
		t.Fatal(err)
	}
	natsdtest.Apply(t, acts, office.Application{Ledger: natsdtest.Raised(t), At: day(4, 1)}) // the curve stays
	elsewhere := natsdtest.Changed(t, natsdtest.Raised(t), curveOf(t, `"start":"2024-01-01"`), curveOf(t, `"start":"2024-02-01"`))
	natsdtest.Apply(t, acts, office.Application{Ledger: elsewhere, At: day(5, 1)})
	h := natsdtest.Apply(t, acts, office.Application{Ledger: natsdtest.Raised(t), At: day(6, 1)}) // back again
	for _, tt := range []struct {
		at          time.Time
		curve, lead string
	}{
		{day(1, 31), "", ""}, {day(2, 1), "区住建委", ""}, {day(3, 1), "区住建委", "区政府办"}, {day(4, 1), "区住建委", "区政府办"},
		{day(5, 1), "", "区政府办"}, {day(6, 1), "", "区政府办"},
	} {
		l := h.At(tt.at)
		m, _ := l.Measure(natsdtest.Floor)
		got := []string{m.CurveConfirmedBy, l.ConfirmedBy("measure", natsdtest.Floor, "curve"), l.ConfirmedBy("commitment", "new-construction", "lead_department")}
		if diff := cmp.Diff([]string{tt.curve, tt.curve, tt.lead}, got); diff != "" {
			t.Errorf("at %s (-want +got)\n%s", tt.at, diff)
		}
		if m.Commitment.ID != "new-construction" || m.ReportingDepartment == "" {
			t.Errorf("at %s: the measure lost its commitment", tt.at)
		}
	}
	if m, _ := one.Measure(natsdtest.Floor); m.CurveConfirmedBy != "" {
		t.Error("the ledger that was applied was changed")
	}
}

// curveOf is a curve that only the floor area has, so that it can be replaced in the canonical form.
func curveOf(t *testing.T, part string) string {
	t.Helper()
	m, _ := natsdtest.Hongqiao(t).Measure(natsdtest.Floor)
	if m.Curve.Kind != seeds.Linear {
		t.Fatalf("the floor area's curve is %s now; choose another measure for this test", m.Curve.Kind)
	}
	return `"due_date":"2024-12-31","curve":{"kind":"linear",` + part
}

func TestWhatCannotBeConfirmed(t *testing.T) {
	t.Parallel()
	acts := natsdtest.Acts(t, natsdtest.JetStream(t))
	c := seeds.Confirmation{Object: "measure", ID: natsdtest.Floor, Field: "curve", By: "区住建委", Reason: "复函"}
	if _, err := acts.Confirm(t.Context(), plan, c); err == nil || !strings.Contains(err.Error(), "apply one first") {
		t.Errorf("without a version: %v", err)
	}
	natsdtest.Apply(t, acts, office.Application{Ledger: natsdtest.Hongqiao(t)})
	for want, change := range map[string]func(*seeds.Confirmation){
		`none of commitment, measure, department`: func(c *seeds.Confirmation) { c.Object = "plan" },
		`no measure "nothing"`:                    func(c *seeds.Confirmation) { c.ID = "nothing" },
		`no commitment "new"`:                     func(c *seeds.Confirmation) { c.Object, c.ID, c.Field = "commitment", "new", "lead_department" },
		`no department "nobody"`:                  func(c *seeds.Confirmation) { c.Object, c.ID, c.Field = "department", "nobody", "name" },
		`no field "colour"`:                       func(c *seeds.Confirmation) { c.Field = "colour" },
		`no field "target_value" that somebody`:   func(c *seeds.Confirmation) { c.Field = "target_value" },
		`confirmed_by must say something`:         func(c *seeds.Confirmation) { c.By = " " },
		`reason must say something`:               func(c *seeds.Confirmation) { c.Reason = "" },
	} {
		refused := c
		change(&refused)
		if _, err := acts.Confirm(t.Context(), plan, refused); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v, want %q", refused, err, want)
		}
	}
}

// Acts that do not hold change nothing, for any reader, and are listed with the reason.
func TestActsThatDoNotHold(t *testing.T) {
	t.Parallel()
	js := natsdtest.JetStream(t)
	acts := natsdtest.Acts(t, js)
	l := natsdtest.Hongqiao(t)
	natsdtest.Apply(t, acts, office.Application{Ledger: l})
	reworded := natsdtest.Changed(t, l, `"definition":"完工项目的建筑面积`, `"definition":"完工项目的面积`)
	body := func(ledger string, data string) string {
		return `{"specversion":"1.0","id":"x","source":"/xushi","type":"ledger.applied.v1","datacontenttype":"application/json","plan":"` + plan +
			`","data":{"ledger":` + ledger + `,` + data + `}}`
	}
	approved := `"base_version":"` + l.Version + `","by":"b","reason":"r","approver":"a"`
	raised := natsdtest.Raised(t)
	hostile := []struct{ subject, body, header, want string }{
		{"office.x.y", "nonsense", "", "no act in structured JSON"},
		{"office." + plan + ".ledger", `{}`, "", "specversion"},
		{"office.other.ledger", body(string(raised.JSON()), `"ledger_version":"`+raised.Version+`",`+approved), "", "belongs on subject office.hongqiao-2024.ledger"},
		{"office." + plan + ".ledger", body(string(raised.JSON()), `"ledger_version":"0123456789ab",`+approved), "", "the act says 0123456789ab"},
		{"office." + plan + ".ledger", body(string(raised.JSON()), `"ledger_version":"`+raised.Version+`","base_version":"0","by":"b","reason":"r","approver":"a"`), "", "another version has come into force"},
		{"office." + plan + ".ledger", body(string(raised.JSON()), `"ledger_version":"`+raised.Version+`","base_version":"`+l.Version+`","by":"b","reason":"r"`), "", "needs an approver"},
		{"office." + plan + ".ledger", body(string(l.JSON()), `"ledger_version":"`+l.Version+`",`+approved), "", "in force already"},
		{"office." + plan + ".ledger", body(strings.Replace(string(l.JSON()), `"lead_department":"zhujianwei"`, `"lead_department":"nobody"`, 1), `"ledger_version":"0",`+approved), "", `no department "nobody"`},
		{"office." + plan + ".ledger", body(`{"plan":{}}`, `"ledger_version":"0",`+approved), "", "holds no commitment"},
		{"office." + plan + ".ledger", body(string(reworded.JSON()), `"ledger_version":"`+reworded.Version+`",`+approved), "2024-01-01T00:00:00Z", "header Xushi-Received-At is for source /simulator alone"},
		{"office." + plan + ".ledger", body(string(reworded.JSON()), `"ledger_version":"`+reworded.Version+`","colour":"red",`+approved), "", "colour"},
	}
	var want []string
	for _, h := range hostile {
		m := nats.NewMsg(h.subject)
		m.Data = []byte(h.body)
		if h.header != "" {
			m.Header.Set(schema.ReceivedAtHeader, h.header)
		}
		if _, err := js.PublishMsg(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		want = append(want, h.want)
	}
	fresh := natsdtest.Acts(t, js)
	if err := acts.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, reader := range map[string]*office.Acts{"as they came": acts, "read at once": fresh} {
		refused := reader.Refused()
		if len(refused) != len(want) {
			t.Fatalf("%s: %d acts refused, want %d", name, len(refused), len(want))
		}
		for i, r := range refused {
			if !strings.Contains(r.Refused.Error(), want[i]) {
				t.Errorf("%s: act %d is refused for %q, want %q", name, r.Sequence, r.Refused, want[i])
			}
		}
		if h, _ := reader.History(plan); h.InForce().Version != l.Version {
			t.Errorf("%s: version %s is in force", name, h.InForce().Version)
		}
	}
	// And the next proper one holds.
	natsdtest.Apply(t, acts, office.Application{Ledger: raised})
	if h, _ := acts.History(plan); h.InForce().Version != raised.Version {
		t.Error("after acts that do not hold, a proper one does not either")
	}
}

// A different way of counting is a new measure id.
func TestAMeasureIsNeverCountedAnew(t *testing.T) {
	t.Parallel()
	acts := natsdtest.Acts(t, natsdtest.JetStream(t))
	l := natsdtest.Hongqiao(t)
	natsdtest.Apply(t, acts, office.Application{Ledger: l})
	added := natsdtest.Changed(t, l, `"target_value":"11","unit":"个","comparator":"as_written","mode":"to_date"`, `"target_value":"11","unit":"个","comparator":"as_written","mode":"increment"`)
	_, err := acts.Apply(t.Context(), office.Application{Ledger: added, Base: l.Version, By: "督查室", Reason: "换口径", Approver: "区长"})
	if err == nil || !strings.Contains(err.Error(), "a different way of counting is a new measure") {
		t.Errorf("added up instead of to date: %v", err)
	}
}

// Where no simulation is allowed, a simulated act does not hold, and none is published.
func TestSimulatedActs(t *testing.T) {
	t.Parallel()
	js := natsdtest.JetStream(t)
	natsdtest.Apply(t, natsdtest.Acts(t, js), office.Application{Ledger: natsdtest.Hongqiao(t), At: day(1, 1)})
	strict, err := office.Open(t.Context(), js, schema.Policy{}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if refused := strict.Refused(); len(refused) != 1 || !strings.Contains(refused[0].Refused.Error(), "no simulation is allowed") {
		t.Errorf("refused: %+v", refused)
	}
	p := first(natsdtest.Hongqiao(t))
	p.At = day(1, 1)
	if _, err := strict.Apply(t.Context(), p); err == nil {
		t.Error("a simulated act was published where none is allowed")
	}
	p.At = time.Time{}
	if changed, err := strict.Apply(t.Context(), p); err != nil || !changed {
		t.Errorf("a real one after it: %v, %v", changed, err)
	}
	// For those who count simulated acts, that real one was of a version in force: refused, alike for all.
	if refused := natsdtest.Acts(t, js).Refused(); len(refused) != 1 {
		t.Errorf("refused: %+v", refused)
	}
}

// A simulated moment before what is already so would change what was known then.
func TestASimulatedActDoesNotReachBack(t *testing.T) {
	t.Parallel()
	acts := natsdtest.Acts(t, natsdtest.JetStream(t))
	l := natsdtest.Hongqiao(t)
	natsdtest.Apply(t, acts, office.Application{Ledger: l, At: day(7, 1)})
	_, err := acts.Apply(t.Context(), office.Application{Ledger: natsdtest.Raised(t), Base: l.Version, By: "a", Reason: "b", Approver: "c", At: day(7, 1)})
	if err == nil || !strings.Contains(err.Error(), "acts follow each other") {
		t.Errorf("err = %v", err)
	}
	js := natsdtest.JetStream(t)
	acts = natsdtest.Acts(t, js)
	natsdtest.Apply(t, acts, office.Application{Ledger: l, At: day(1, 1)})
	event := nats.NewMsg("progress." + plan + ".zhujianwei.new-construction")
	event.Header.Set(schema.ReceivedAtHeader, day(6, 1).Format(time.RFC3339Nano))
	if _, err := js.PublishMsg(t.Context(), event); err != nil {
		t.Fatal(err)
	}
	raise := office.Application{Ledger: natsdtest.Raised(t), Base: l.Version, By: "a", Reason: "b", Approver: "c", At: day(6, 1)}
	if _, err := acts.Apply(t.Context(), raise); err == nil || !strings.Contains(err.Error(), "has an event that was received at 2024-06-01 09:00:00") {
		t.Errorf("before an event that was judged: %v", err)
	}
	raise.At = raise.At.Add(time.Microsecond)
	if _, err := acts.Apply(t.Context(), raise); err != nil {
		t.Errorf("after that event: %v", err)
	}
}

// A server that is away is an error, never an old answer taken for a new one.
func TestSyncSaysWhenItCannotKnow(t *testing.T) {
	t.Parallel()
	js := natsdtest.JetStream(t)
	acts := natsdtest.Acts(t, js)
	js.Conn().Close()
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if err := acts.Sync(ctx); err == nil {
		t.Error("Sync without a server says that all is known")
	}
}

// meanwhile is a connection on which something else happens just before each act is published.
type meanwhile struct {
	jetstream.JetStream
	happens func()
}

func (m meanwhile) PublishMsg(ctx context.Context, msg *nats.Msg, options ...jetstream.PublishOpt) (*jetstream.PubAck, error) {
	m.happens()
	return m.JetStream.PublishMsg(ctx, msg, options...)
}

// Who confirms is told what became of it, whatever came in between.
func TestAConfirmationIsOvertaken(t *testing.T) {
	t.Parallel()
	c := seeds.Confirmation{Object: "measure", ID: natsdtest.Floor, Field: "curve", By: "区住建委", Reason: "复函"}
	for _, test := range []struct {
		name    string
		happens func(t *testing.T, other *office.Acts)
		refused string
	}{
		{"by another confirmation", func(t *testing.T, other *office.Acts) {
			if _, err := other.Confirm(t.Context(), plan, c); err != nil {
				t.Fatal(err)
			}
		}, ""},
		{"by another curve", func(t *testing.T, other *office.Acts) {
			natsdtest.Apply(t, other, office.Application{Ledger: natsdtest.Changed(t, natsdtest.Hongqiao(t), curveOf(t, `"start":"2024-01-01"`), curveOf(t, `"start":"2024-02-01"`))})
		}, "has changed since version"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			js := natsdtest.JetStream(t)
			other := natsdtest.Acts(t, js)
			natsdtest.Apply(t, other, office.Application{Ledger: natsdtest.Hongqiao(t)})
			acts := natsdtest.Acts(t, meanwhile{js, func() { test.happens(t, other) }})
			changed, err := acts.Confirm(t.Context(), plan, c)
			if changed || (err == nil) != (test.refused == "") || err != nil && !strings.Contains(err.Error(), test.refused) {
				t.Errorf("changed %v, %v; want nothing changed and %q", changed, err, test.refused)
			}
		})
	}
}

// Words of an act go into letters, mail and terminals: one line of what can be seen.
func TestWordsOfAnActAreSeen(t *testing.T) {
	t.Parallel()
	acts := natsdtest.Acts(t, natsdtest.JetStream(t))
	natsdtest.Apply(t, acts, office.Application{Ledger: natsdtest.Hongqiao(t)})
	good := office.Application{Ledger: natsdtest.Raised(t), Base: natsdtest.Hongqiao(t).Version, By: "督查室", Reason: "区委全会调整", Approver: "区长"}
	for name, spoil := range map[string]func(*office.Application){
		"approver": func(p *office.Application) { p.Approver = " " },
		"by":       func(p *office.Application) { p.By = "督查室\r\nBcc: a@example.org" },
		"reason":   func(p *office.Application) { p.Reason = "\x1b[2J" },
		"approver must be one line of plain text": func(p *office.Application) { p.Approver = "区\u202e长" },
	} {
		p := good
		spoil(&p)
		if _, err := acts.Apply(t.Context(), p); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if changed, err := acts.Apply(t.Context(), good); err != nil || !changed {
		t.Errorf("with good words: %v, %v", changed, err)
	}
}

// An act holds for ever. This one is of the time when acts were first written, by a check that let a clause
// go unowned: a ledger's form may grow and its check become stricter, but it must go on being read, and as
// the version that it was. If this test fails, mend the reading, not the file.
func TestAnActOfOldHolds(t *testing.T) {
	t.Parallel()
	act, err := os.ReadFile("testdata/ledger.applied.v1.json")
	if err != nil {
		t.Fatal(err)
	}
	js := natsdtest.JetStream(t)
	if _, err := js.Publish(t.Context(), "office.example-2025.ledger", act); err != nil {
		t.Fatal(err)
	}
	acts := natsdtest.Acts(t, js)
	for _, refused := range acts.Refused() {
		t.Fatal(refused.Refused)
	}
	h, ok := acts.History("example-2025")
	if !ok || h.InForce().Version != "3c23cab571bc" || h.First().By != "区政府督查室" {
		t.Fatalf("in force: %+v", h)
	}
	again := office.Application{Ledger: h.InForce(), By: "督查室", Reason: "再次生效"}
	if _, err := natsdtest.Acts(t, natsdtest.JetStream(t)).Apply(t.Context(), again); err == nil || !strings.Contains(err.Error(), "nothing owns the clause") {
		t.Errorf("applied today: %v, want today's complaint", err)
	}
}
