package letter

import (
	"strings"
	"testing"
)

func TestWrapFitsTheColumnsAndKeepsPunctuationUp(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("推进项目建设，", 20) + "\n\n第二段"
	lines := strings.Split(wrap(16, text), "\n")
	if len(lines) < 4 {
		t.Fatalf("only %d lines", len(lines))
	}
	for i, line := range lines {
		width := cells.StringWidth(line)
		if i == 0 {
			width += 16
		} else if !strings.HasPrefix(line, strings.Repeat(" ", 16)) {
			t.Errorf("line %d is not indented: %q", i, line)
		}
		if width > columns+2 { // one hanging comma
			t.Errorf("line %d is %d columns wide", i, width)
		}
		if strings.HasPrefix(strings.TrimSpace(line), "，") {
			t.Errorf("line %d begins with a comma", i)
		}
	}
}

func TestWrapKeepsDatesAndIdsWhole(t *testing.T) {
	t.Parallel()
	for before := range columns {
		lead := strings.Repeat("a", before%2) + strings.Repeat("路", before/2)
		for _, word := range []string{"2024-12-20", "847000", "s1-housing-support-households-000528", "20.5%", "08:00", "42.12万平方米", "-19.9个百分点", "182天", "3个阶段"} {
			if got := wrap(4, lead+"，"+word+"，后文"); !strings.Contains(got, word) {
				t.Errorf("after %d columns %s is broken:\n%s", before, word, got)
			}
		}
	}
	for before := range columns {
		if got := wrap(4, strings.Repeat("a", before%2)+strings.Repeat("路", before/2)+"未启动（严重滞后）"); strings.Contains(got, "（\n") {
			t.Errorf("after %d columns a bracket opens at the end of a line:\n%s", before, got)
		}
	}
	long := strings.Repeat("x", 3*columns)
	for line := range strings.SplitSeq(wrap(4, "网址 "+long), "\n") {
		if width := cells.StringWidth(line); width > columns {
			t.Errorf("a word longer than a line makes a line of %d columns", width)
		}
	}
}
