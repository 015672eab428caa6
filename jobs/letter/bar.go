package letter

import (
	"math/big"
	"strings"
)

// bar draws planned against actual, of the annual target, in so many pieces: done, due and not done, and not
// yet due, with a mark where the plan stands. It is drawn in characters, which print in black and white and
// stay where a mail client strips colours; the figures stand beside it in words.
type bar struct {
	Done  int // up to the plan
	Short int // between what is done and the plan
	Extra int // done beyond the plan
	Rest  int // neither planned nor done
}

const barLength = 24

// Characters of a bar. The mark stands between what is due and what is not.
const (
	doneMark, shortMark, planMark, restMark = "▓", "░", "│", "·"
)

// Bar is drawn where both shares are known.
func (r row) Bar() *bar {
	if r.now.PlannedShare == nil || r.now.ActualShare == nil {
		return nil
	}
	planned, actual := pieces(r.now.PlannedShare), pieces(r.now.ActualShare)
	if planned == actual && r.now.ActualShare.Cmp(r.now.PlannedShare) < 0 && actual > 0 {
		actual-- // what is short is shown to be
	}
	b := &bar{Done: min(planned, actual), Short: max(planned-actual, 0), Extra: max(actual-planned, 0)}
	b.Rest = barLength - b.Done - b.Short - b.Extra
	return b
}

// pieces rounds a share to the bar's, none of which stands for less than nothing or more than all.
func pieces(share *big.Rat) int {
	n, _ := new(big.Rat).Mul(share, big.NewRat(barLength, 1)).Float64()
	return max(0, min(int(n+0.5), barLength))
}

// String is the whole bar: ▓▓▓▓▓░░│············
func (b *bar) String() string {
	return strings.Repeat(doneMark, b.Done) + strings.Repeat(shortMark, b.Short) + planMark +
		strings.Repeat(doneMark, b.Extra) + strings.Repeat(restMark, b.Rest)
}

// part is a cell of the bar in HTML.
type part struct {
	Kind, Text string
	Width      int // pixels
}

// Parts are the cells that are not empty, in their order; the mark is the border at the end of one.
func (b *bar) Parts() []part {
	var all []part
	for _, p := range []struct {
		kind, mark string
		n          int
	}{{"done", doneMark, b.Done}, {"short", shortMark, b.Short}, {"mark", planMark, 0}, {"done", doneMark, b.Extra}, {"rest", restMark, b.Rest}} {
		switch {
		case p.kind == "mark":
			all = append(all, part{Kind: p.kind, Text: p.mark, Width: 3})
		case p.n > 0:
			all = append(all, part{Kind: p.kind, Text: strings.Repeat(p.mark, p.n), Width: 10 * p.n})
		}
	}
	return all
}
