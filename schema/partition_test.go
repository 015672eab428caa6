package schema_test

import (
	"testing"

	"xushi/schema"
)

// A reader sees what was published, however the log stores it.
func TestPublishedSubject(t *testing.T) {
	t.Parallel()
	for stored, want := range map[string]string{
		"progress.hongqiao-2024.zhujianwei.housing":    "progress.hongqiao-2024.zhujianwei.housing",
		"partition.0.hongqiao-2024.zhujianwei.housing": "progress.hongqiao-2024.zhujianwei.housing",
		"partition.7.3.zhujianwei.batch":               "progress.3.zhujianwei.batch",
		"progress.3.zhujianwei.batch":                  "progress.3.zhujianwei.batch",
		"progress.a":                                   "progress.a",
		"progress.partition.0.a.b":                     "progress.partition.0.a.b",
	} {
		if got := schema.PublishedSubject(stored); got != want {
			t.Errorf("%s was published to %s, want %s", stored, got, want)
		}
	}
}
