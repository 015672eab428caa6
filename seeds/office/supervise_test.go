package office_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go"

	"xushi/deploy/embedded/natsdtest"
	"xushi/schema"
	"xushi/seeds/office"
)

var (
	closing      = schema.Closing{Item: "2024-012", By: "督查室", Reason: "区长办公会议定"}
	verification = schema.Verification{Commitment: "new-construction", Evidence: []string{"验收单", "https://example.org/1"}, By: "督查室", Reason: "现场核查"}
)

// Closings and verifications are acts of a plan that every reader has in the order of the log; no version hears
// of them.
func TestSupervision(t *testing.T) {
	t.Parallel()
	js := natsdtest.JetStream(t)
	acts := natsdtest.Acts(t, js)
	history := natsdtest.Apply(t, acts, office.Application{Ledger: natsdtest.Hongqiao(t), At: day(1, 1)})
	if _, err := acts.Close(t.Context(), plan, closing, day(7, 2)); err != nil {
		t.Fatal(err)
	}
	if j, err := acts.Verify(t.Context(), plan, verification, day(7, 3)); err != nil || !j.Changed || !j.Simulated() || !j.At.Equal(day(7, 3)) {
		t.Fatalf("%+v, %v", j, err)
	}
	for name, reader := range map[string]*office.Acts{"who wrote them": acts, "another": natsdtest.Acts(t, js)} {
		got := reader.Supervision(plan)
		if len(got) != 2 || len(reader.Refused()) != 0 {
			t.Fatalf("%s: %+v", name, got)
		}
		if diff := cmp.Diff(&closing, got[0].Closed) + cmp.Diff(&verification, got[1].Verified); diff != "" || !got[0].At.Equal(day(7, 2)) {
			t.Errorf("%s: at %s (-want +got)\n%s", name, got[0].At, diff)
		}
		if len(reader.Supervision("other")) != 0 {
			t.Errorf("%s: another plan has them too", name)
		}
	}
	if after, _ := acts.History(plan); !after.Since().Equal(history.Since()) {
		t.Errorf("the ledger is known otherwise since %s", after.Since())
	}
}

func TestWhatCannotBeClosedOrVerified(t *testing.T) {
	t.Parallel()
	js := natsdtest.JetStream(t)
	acts := natsdtest.Acts(t, js)
	if _, err := acts.Close(t.Context(), plan, closing, time.Time{}); err == nil || !strings.Contains(err.Error(), "no version of plan") {
		t.Errorf("closed without a version: %v", err)
	}
	natsdtest.Apply(t, acts, office.Application{Ledger: natsdtest.Hongqiao(t)})
	for want, spoil := range map[string]func(*schema.Closing){
		"item must be a number as 2024-012": func(c *schema.Closing) { c.Item = "12" },
		"by must say something":             func(c *schema.Closing) { c.By = " " },
		"reason must say something":         func(c *schema.Closing) { c.Reason = "" },
		"reason must be one line":           func(c *schema.Closing) { c.Reason = "a\nb" },
	} {
		c := closing
		if spoil(&c); !refused(t, acts, schema.Act{Closed: &c}, want) {
			t.Errorf("%+v is not refused for %q", c, want)
		}
	}
	for want, spoil := range map[string]func(*schema.Verification){
		`no commitment "nothing"`:         func(v *schema.Verification) { v.Commitment = "nothing" },
		"commitment must say something":   func(v *schema.Verification) { v.Commitment = "" },
		"by must say something":           func(v *schema.Verification) { v.By = "" },
		"reason must be one line":         func(v *schema.Verification) { v.Reason = "\u202e" },
		"evidence must be 1 to 16 pieces": func(v *schema.Verification) { v.Evidence = nil },
		"not 17":                          func(v *schema.Verification) { v.Evidence = make([]string, 17) },
		"evidence 2 must say something":   func(v *schema.Verification) { v.Evidence = []string{"验收单", ""} },
		"evidence 1 has 513 bytes":        func(v *schema.Verification) { v.Evidence = []string{strings.Repeat("a", 513)} },
	} {
		v := verification
		if spoil(&v); !refused(t, acts, schema.Act{Verified: &v}, want) {
			t.Errorf("%+v is not refused for %q", v, want)
		}
	}
	if n := messages(t, js); n != 1 {
		t.Errorf("the log holds %d acts, want the version alone", n)
	}
}

func refused(t *testing.T, acts *office.Acts, a schema.Act, want string) bool {
	t.Helper()
	var err error
	if a.Closed != nil {
		_, err = acts.Close(t.Context(), plan, *a.Closed, time.Time{})
	} else {
		_, err = acts.Verify(t.Context(), plan, *a.Verified, time.Time{})
	}
	return err != nil && strings.Contains(err.Error(), want)
}

// What somebody else puts there is listed with the reason, and is none of the plan's acts.
func TestSupervisionThatDoesNotHold(t *testing.T) {
	t.Parallel()
	js := natsdtest.JetStream(t)
	natsdtest.Apply(t, natsdtest.Acts(t, js), office.Application{Ledger: natsdtest.Hongqiao(t)})
	wants := []string{`no commitment "nothing"`, "office.hongqiao-2024.supervision", "colour"}
	for i, act := range []struct{ subject, kind, data string }{
		{"office." + plan + ".commitment", "commitment.verified.v1", `{"commitment":"nothing","evidence":["a"],"by":"b","reason":"c"}`},
		{"office." + plan + ".commitment", "supervision.closed.v1", `{"item":"2024-001","by":"b","reason":"c"}`},
		{"office." + plan + ".supervision", "supervision.closed.v1", `{"item":"2024-001","by":"b","reason":"c","colour":"red"}`},
	} {
		m := nats.NewMsg(act.subject)
		m.Data = []byte(`{"specversion":"1.0","id":"x","source":"/xushi","type":"` + act.kind + `","datacontenttype":"application/json","plan":"` + plan + `","data":` + act.data + `}`)
		if _, err := js.PublishMsg(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		acts := natsdtest.Acts(t, js)
		if all := acts.Refused(); len(all) != i+1 || !strings.Contains(all[i].Refused.Error(), wants[i]) || len(acts.Supervision(plan)) != 0 {
			t.Errorf("refused: %+v", all)
		}
	}
}
