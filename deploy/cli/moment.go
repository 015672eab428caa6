package cli

import (
	"fmt"
	"time"

	"xushi/schema"
)

// momentForms is how a person may write a moment.
const momentForms = `"2024-07-01 08:00" or 2024-07-01 (Asia/Shanghai), or RFC 3339`

// minuteForm is how moments are read and shown, in Asia/Shanghai.
const minuteForm = "2006-01-02 15:04"

// parseMoment reads the moment that a flag holds; none is now.
func parseMoment(flag, text string) (time.Time, error) {
	if text == "" {
		return time.Now(), nil
	}
	for _, layout := range []string{minuteForm, time.DateTime, time.DateOnly, time.RFC3339} {
		if t, err := time.ParseInLocation(layout, text, schema.Shanghai); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("%s %q is no moment; write %s", flag, text, momentForms)
}
