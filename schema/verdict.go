package schema

// Verdict is what became of one event: the ingest publishes it, as JSON, to the inbox that the
// message's VerdictToHeader names, after the event is stored or its dead letter is.
type Verdict struct {
	Sequence uint64 `json:"sequence"` // of the message in PROGRESS
	Index    int    `json:"index"`    // in its batch
	ID       string `json:"id"`       // of the event; "" where it could not be read
	Accepted bool   `json:"accepted"`
	Reason   Reason `json:"reason,omitempty"`
	Field    string `json:"field,omitempty"`
	Message  string `json:"message,omitempty"`
}

// Verdict is the verdict on an opened event.
func (o *Opened) Verdict() Verdict {
	v := Verdict{
		Sequence: o.Record.Position.Sequence(), Index: o.Record.Position.Index(),
		ID: o.Record.ID, Accepted: o.Rejection == nil,
	}
	if o.Rejection != nil {
		v.Reason, v.Field, v.Message = o.Rejection.Reason, o.Rejection.Field, o.Rejection.Message
	}
	return v
}

// inboxPrefix is the only place that verdicts are sent to: a sender must not be able to make the
// ingest publish anywhere else.
const inboxPrefix = "_INBOX"

// VerdictTo is the inbox that wants to hear the verdicts on this message, "" if none does.
func (m *Message) VerdictTo() string {
	to := readHeaders(m.Header)[verdictToHeader]
	if len(to) <= len(inboxPrefix)+1 || len(to) > 256 || to[:len(inboxPrefix)] != inboxPrefix || !isLiteralSubject(to) {
		return ""
	}
	return to
}

func isLiteralSubject(s string) bool {
	empty := true
	for i := range len(s) {
		switch c := s[i]; {
		case c == '.':
			if empty {
				return false
			}
			empty = true
		case c <= ' ' || c > '~' || c == '*' || c == '>':
			return false
		default:
			empty = false
		}
	}
	return !empty
}
