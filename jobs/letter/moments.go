package letter

import (
	"time"

	"xushi/schema"
)

// instant is how a command or an address is told a moment.
func instant(t time.Time) string { return t.In(schema.Shanghai).Format(time.RFC3339) }

// onDay is the day of a moment, if there is one.
func onDay(t *time.Time) string {
	if t == nil {
		return "无"
	}
	return t.In(schema.Shanghai).Format(time.DateOnly)
}
