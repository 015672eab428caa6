package letter

import "fmt"

// Language is that of a letter's own words. Whatever is quoted, from the text, a department or the ledger,
// stays in Chinese, verbatim.
type Language string

// Languages of letters; the zero value is Chinese.
const (
	Chinese Language = "zh"
	English Language = "en"
)

func (l Language) check() error {
	switch l {
	case "", Chinese, English:
		return nil
	}
	return fmt.Errorf("language %q: must be %s or %s", l, Chinese, English)
}
