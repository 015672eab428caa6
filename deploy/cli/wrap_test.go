package cli

import (
	"bytes"
	"strings"
	"testing"

	"github.com/mattn/go-runewidth"
)

func TestWrappedEndsLinesWhereTheLanguageDoes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                           "",
		"再次退回":                       "再次退回",
		"事件不能更正或撤销自己。":               "事件不能更/正或撤销自/己。",
		"要再次重放请加 --again。":           "要再次重放/请加 --/again。",
		"unknown_measure data.value": "unknown_me/asure/data.value",
		"new-schools":                "new-/schools",
		"a\x1b[2J":                   `a\x1b[2J`,
	} {
		if got := strings.ReplaceAll(wrapped(text, 10), "\n", "/"); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func FuzzWrappedFits(f *testing.F) {
	f.Add("指标“完工建筑面积”不分项目报送，请删去 data.item。", 24)
	f.Add("\u200b\r\n e\u0301👩‍👩‍👧", 0)
	f.Fuzz(func(t *testing.T, text string, columns int) {
		columns = min(max(columns, leastWidth), 1000)
		for line := range strings.Lines(wrapped(text, columns)) {
			if w := runewidth.StringWidth(strings.TrimRight(line, "\n")); w > columns {
				t.Errorf("%q is %d wide, not %d", line, w, columns)
			}
		}
	})
}

func TestWidthOfWhatIsNoTerminal(t *testing.T) {
	t.Parallel()
	if got := width(&bytes.Buffer{}); got != usualWidth {
		t.Errorf("%d, want %d", got, usualWidth)
	}
}
