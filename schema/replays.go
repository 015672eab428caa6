package schema

import "strconv"

// replays is the position of the refused event that a message sends once more, 0 if it is of none. What
// cannot be read is none: the header says where an event comes from and nothing of what it says, and a bad
// link must not cost the event. Nor is the link believed: see the view refusals.
func (h *headers) replays() Position {
	text := h[replaysHeader]
	if text == "" {
		return 0
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return 0
	}
	return Position(n)
}
