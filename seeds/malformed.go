package seeds

import "math"

// lines are those of one entry of a ledger's file.
type lines struct {
	file     string
	from, to int
}

// malformed are the entries that complaints about their form name: a whole commitment for a number in it
// that is none. What is wrong with their sense may only follow from that, so it is not complained of before
// that is mended. What is wrong with all other entries is.
func (p *places) malformed(err error) []lines {
	var entries []lines
	for _, c := range Complaints(err) {
		for _, part := range p.all() {
			if part.file == c.File {
				entries = append(entries, part.entryAt(c.Line))
			}
		}
	}
	return entries
}

// entryAt is the entry of a list, or the member of a mapping, that the line is of.
func (p place) entryAt(line int) lines {
	found := lines{p.file, 0, math.MaxInt}
	for _, n := range p.node.Content {
		if n.Line > line {
			found.to = n.Line - 1
			break
		}
		found.from = n.Line
	}
	return found
}
