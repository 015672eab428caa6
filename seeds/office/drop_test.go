package office_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xushi/deploy/embedded/natsdtest"
	"xushi/schema"
	"xushi/seeds/office"
)

// Refused events are dropped by acts of their plan, also of one that never had a ledger; no version hears of it.
func TestDrop(t *testing.T) {
	t.Parallel()
	js := natsdtest.JetStream(t)
	acts := natsdtest.Acts(t, js)
	history := natsdtest.Apply(t, acts, office.Application{Ledger: natsdtest.Hongqiao(t)})
	many := make([]schema.Position, schema.MaxDroppedLetters+1)
	for i := range many {
		many[i] = schema.At(uint64(i+1), 0)
	}
	for plan, letters := range map[string][]schema.Position{"hongqiao-2024": many, "unknown": {schema.At(7, 3)}} {
		if err := acts.Drop(t.Context(), plan, schema.Drop{Letters: letters, By: "督查室", Reason: "测试数据"}); err != nil {
			t.Fatal(err)
		}
	}
	for name, d := range map[string]schema.Drop{
		"by must say something":     {Letters: many[:1], Reason: "测试"},
		"reason must say something": {Letters: many[:1], By: "督查室"},
		"by must be one line":       {Letters: many[:1], By: "督\n查室", Reason: "测试"},
	} {
		if err := acts.Drop(t.Context(), "hongqiao-2024", d); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%v, want %q", err, name)
		}
	}
	dropped := map[string][]schema.Position{}
	for _, j := range natsdtest.Acts(t, js).Judged(0) {
		if j.Refused != nil {
			t.Errorf("act %d: %v", j.Sequence, j.Refused)
		}
		if d := j.Dropped; d != nil {
			if j.Type != schema.DeadLetterDropped || d.By != "督查室" || d.Reason != "测试数据" || j.Revision != nil {
				t.Errorf("%+v", j)
			}
			dropped[j.Plan] = append(dropped[j.Plan], d.Letters...)
		}
	}
	if diff := cmp.Diff([]schema.Position{schema.At(7, 3)}, dropped["unknown"]); diff != "" || !slices.Equal(many, dropped["hongqiao-2024"]) {
		t.Errorf("%d of one plan, want %d; of the other (-want +got)\n%s", len(dropped["hongqiao-2024"]), len(many), diff)
	}
	if after, _ := acts.History("hongqiao-2024"); !after.Since().Equal(history.Since()) {
		t.Errorf("the ledger is known otherwise since %s", after.Since())
	}
	if _, ok := acts.History("unknown"); ok {
		t.Error("a plan came to be")
	}
	if err := acts.Drop(t.Context(), "hongqiao-2024", schema.Drop{By: "督查室", Reason: "无"}); err != nil || len(acts.Refused()) > 0 {
		t.Errorf("nothing is dropped: %v", err)
	}
}
