// Package deadletters is what the office does about refused events: it finds them in the store, sends them
// once more, after a ledger was mended or with an edited body, and writes them into files and back.
//
// What was refused is never changed. Its original is in the log (PROGRESS), a replay is a new message there
// that names it (schema.ReplaysHeader), and what became of both is in the store's view refusals. That a
// refused event is dropped is an act of the office (seeds/office). Nothing is kept here.
//
// It gives no verdicts: those are the ingest's, whose own code also judges a trial.
package deadletters

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"xushi/schema"
)

// State is what became of a refused event.
type State string

// States, as the view refusals has them.
const (
	Open     State = "open"
	Replayed State = "replayed"
	Dropped  State = "dropped"
)

// Letter is a refused event, as far as the store keeps it.
type Letter struct {
	schema.Address // of its subject; what is no id there is "unknown"

	Position   schema.Position
	ReceivedAt time.Time // by the log's clock
	Subject    string    // where it was published
	Refusal    schema.Rejection
	Body       []byte // of one that is too large the first bytes
	Length     uint64 // of the whole body
	SHA256     string // of the whole body, hex
	Header     []Header
	Replays    schema.Position // the refused event that this one was once more; 0: none

	State          State
	ReplayedBy     schema.Position // 0: none
	ReplayOutcome  string          // accepted, refused, partly
	ReplayEdited   bool
	ReplayedAt     *time.Time
	DroppedBy      string
	DroppedAt      *time.Time
	DroppedBecause string
}

// Header is one line of a message's header.
type Header struct{ Name, Value string }

// Cut tells whether the store has only the beginning of the body.
func (l *Letter) Cut() bool { return uint64(len(l.Body)) < l.Length }

// Name is how people call a refused event: the sequence of its message in the log, and #3 for what has the
// index 3 in a batch. A spreadsheet takes neither for a number of another kind.
func Name(p schema.Position) string {
	name := strconv.FormatUint(p.Sequence(), 10)
	if p.Index() > 0 {
		name += "#" + strconv.Itoa(p.Index())
	}
	return name
}

// ParseName reads what Name writes.
func ParseName(name string) (schema.Position, error) {
	text, index, inBatch := strings.Cut(name, "#")
	sequence, err := strconv.ParseUint(text, 10, 48)
	n := uint64(0)
	if err == nil && inBatch {
		n, err = strconv.ParseUint(index, 10, 16)
	}
	if err != nil || sequence == 0 {
		return 0, fmt.Errorf("%q is no refused event: write the sequence of its message, as 812, or 812#3 for the one with index 3 in a batch", name)
	}
	return schema.At(sequence, int(n)), nil
}

// accepts tells whether a replay at an address is linked with the letter, as the view refusals has it: from
// elsewhere anybody could claim another's letter. An id that was itself what was wrong may change.
func (l *Letter) accepts(a schema.Address) bool {
	a = a.OrUnknown()
	return (a.Plan == l.Plan || l.Refusal.Reason == schema.UnknownPlan) &&
		(a.Department == l.Department || l.Refusal.Reason == schema.UnknownDepartment)
}
