package schema

import (
	"testing"
	"time"
)

// TestPlainMoments: the fast way is taken for what ordinary clients send, else it would be of no use.
func TestPlainMoments(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"2024-06-28T18:00:00+08:00", "2024-06-01T00:00:00Z", "2024-12-28T23:59:59.123456789-05:30", "2024-02-03T04:05:06.7Z"} {
		if _, ok := plainMoment(text); !ok {
			t.Errorf("not plain: %s", text)
		}
	}
}

// FuzzPlainMoment: what the fast way reads, time.Parse reads too, and to the same effect.
func FuzzPlainMoment(f *testing.F) {
	for _, s := range []string{
		"2024-06-28T18:00:00+08:00", "2024-06-30T18:00:00Z", "2024-02-30T00:00:00Z", "2024-06-28T24:00:00Z", "2024-06-28T18:60:00Z", "2024-06-28T18:00:60Z",
		"2024-06-28T18:00:00", "2024-06-28T18:00:00.", "2024-06-28T18:00:00.Z", "2024-06-28T18:00:00.1234567891Z", "2024-06-28T18:00:00,5Z", "2024-06-28t18:00:00z",
		"2024-00-28T18:00:00Z", "2024-13-28T18:00:00Z", "2024-06-00T18:00:00Z", "2024-06-28T18:00:00+24:00", "2024-06-28T18:00:00+08:60", "2024-06-28T18:00:00 08:00",
		"2024-06-28T18:00:00-08:00", "1970-01-01T00:00:00+08:00", "2199-12-31T23:59:59-08:00", "2024-06-2aT18:00:00Z", "2024-06-28T18:00:00.999999999+00:00", "2024-06-28T18:00:00ZZ",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, ok := plainMoment(text)
		if !ok {
			return
		}
		want, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			t.Fatalf("time.Parse refuses it: %v", err)
		}
		if !got.Equal(want) || storable(got) != storable(want) {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	})
}
