package schema

import "strconv"

// replaysOf is the position of the refused event that a message sends once more, 0 if it is of none. What
// cannot be read is none: the header says where an event comes from and nothing of what it says, and a bad
// link must not cost the event. Nor is the link believed: see the view refusals.
func replaysOf(h map[string][]string) Position {
	if len(h) == 0 {
		return 0
	}
	n, err := strconv.ParseUint(header(h, ReplaysHeader), 10, 64)
	if err != nil {
		return 0
	}
	return Position(n)
}
