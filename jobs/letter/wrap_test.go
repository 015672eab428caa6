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
