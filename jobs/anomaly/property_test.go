package anomaly_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"xushi/jobs/anomaly"
	"xushi/schema"
	"xushi/seeds"
)

// Whatever is reported, by whomever and in whatever order, can be asked about: no readings keep the letter back.
// And a part of an increase is never more than all of it.
func TestWhateverIsReportedCanBeAskedAbout(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		mode := rapid.SampledFrom([]schema.Mode{schema.ToDate, schema.Increment}).Draw(rt, "mode")
		begins := schema.Day(2024, time.April, 30) + schema.Date(rapid.IntRange(-2, 1).Draw(rt, "begins")) // around a month's last day
		l := plan(func(m *seeds.Measure) { m.Mode, m.Curve.Start = mode, begins })
		var readings []reading
		for range rapid.IntRange(0, 12).Draw(rt, "readings") {
			d := schema.Day(2024, time.April, 20) + schema.Date(rapid.IntRange(0, 71).Draw(rt, "day"))
			readings = append(readings, reading{
				on:         d.String()[len("2024-"):],
				value:      fmt.Sprint(10_000 * rapid.IntRange(-3, 12).Draw(rt, "value")),
				department: rapid.SampledFrom([]string{"housing", "planning"}).Draw(rt, "department"),
				source:     rapid.SampledFrom([]string{"/projects", "/manual"}).Draw(rt, "source"),
			})
		}
		for _, q := range questions(t, l, "2024-07-01", readings...) {
			if q.Kind == anomaly.PeriodEndJump && (q.Value.Sign() <= 0 || q.Value.Cmp(q.Against) > 0) {
				rt.Errorf("%s of %s: %s", q.Value, q.Against, q.Chinese)
			}
		}
	})
}
