package seeds_test

import (
	"testing"

	"xushi/seeds"
)

func TestThresholdsThatContradictEachOther(t *testing.T) {
	t.Parallel()
	if err := seeds.DefaultThresholds().Validate(); err != nil {
		t.Errorf("the default: %v", err)
	}
	err := seeds.DefaultThresholds().With(seeds.Overrides{"lagging_gap_points": 31, "severe_attainment_percent": 81, "grace_days": -1}).Validate()
	want := `grace_days is -1: must be between 0 and 366
lagging_gap_points is 31: must be between 1 and 30
severe_attainment_percent is 81: must be between 1 and 80`
	if err == nil || err.Error() != want {
		t.Errorf("got:\n%v\nwant all three mistakes:\n%s", err, want)
	}
}
