package schema_test

import (
	"testing"
	"time"

	"xushi/schema"
)

func TestAMonthBeginsAtMidnightInShanghai(t *testing.T) {
	t.Parallel()
	june := schema.Month{Year: 2024, Month: time.June}
	start := time.Date(2024, time.May, 31, 16, 0, 0, 0, time.UTC)
	if !june.Start().Equal(start) || !june.End().Equal(time.Date(2024, time.June, 30, 16, 0, 0, 0, time.UTC)) {
		t.Errorf("June is %s to %s", june.Start(), june.End())
	}
	if got := schema.MonthOf(start); got != june {
		t.Errorf("the first moment of June is in %s", got)
	}
	if got := schema.MonthOf(start.Add(-time.Nanosecond)); got != june.Before() {
		t.Errorf("the last moment of May is in %s", got)
	}
	if got := (schema.Month{Year: 2024, Month: time.January}).Before().String(); got != "2023-12" {
		t.Errorf("before January is %s", got)
	}
}

func TestMonthsAreReadAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	for text, ok := range map[string]bool{"2024-06": true, "2024-12": true, "2024-13": false, "2024-6": false, "2024-06-01": false, "": false} {
		m, err := schema.ParseMonth(text)
		if (err == nil) != ok || ok && m.String() != text {
			t.Errorf("%q is read as %s, error %v", text, m, err)
		}
	}
}
