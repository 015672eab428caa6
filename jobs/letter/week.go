package letter

import (
	"fmt"
	"time"

	"xushi/schema"
)

// Week is an ISO week of an ISO year, reckoned in Asia/Shanghai.
type Week struct{ Year, Number int }

// WeekOf is the week that contains t.
func WeekOf(t time.Time) Week {
	year, number := t.In(schema.Shanghai).ISOWeek()
	return Week{year, number}
}

// String is the ISO form, 2024-W27; it sorts, and it can be a token of a subject or a file name.
func (w Week) String() string { return fmt.Sprintf("%d-W%02d", w.Year, w.Number) }

func (w Week) chinese() string { return fmt.Sprintf("%d年第%d周", w.Year, w.Number) }
