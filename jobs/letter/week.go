package letter

import (
	"fmt"

	"xushi/schema"
)

func chinese(w schema.Week) string { return fmt.Sprintf("%d年第%d周", w.Year, w.Number) }
