package cli

import (
	"fmt"
	"io"
	"os"

	"github.com/mattn/go-runewidth"
	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// bar is a progress bar on a terminal and one line elsewhere.
type bar struct {
	out  io.Writer
	what string
	live *progressbar.ProgressBar
}

func newBar(out io.Writer, what string) *bar {
	b := &bar{out: out, what: what}
	if f, ok := out.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		b.live = progressbar.NewOptions(1, progressbar.OptionSetWriter(out), progressbar.OptionSetDescription(what),
			progressbar.OptionShowCount(), progressbar.OptionClearOnFinish(), progressbar.OptionSetWidth(30))
	}
	return b
}

func (b *bar) show(done, total int) {
	if b.live != nil {
		b.live.ChangeMax(total)
		_ = b.live.Set(done) // a terminal that went away loses the bar, not the work
	}
}

func (b *bar) finish(done int, remark string) {
	if b.live != nil {
		_ = b.live.Clear() // likewise
	}
	fmt.Fprintf(b.out, "%s %d%s\n", runewidth.FillRight(b.what, 30), done, remark)
}
