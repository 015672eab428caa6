package supervision

import (
	"time"

	"xushi/jobs/assessment"
	"xushi/schema"
)

// State is how far a supervision item is.
type State string

// States of an item. The first three are open.
const (
	Open      State = "open"      // 待答复
	Answered  State = "answered"  // 已答复: the department has explained since the item was opened
	Escalated State = "escalated" // 逾期未答复: not answered by its due date
	Recovered State = "recovered" // 已恢复序时: what was behind has caught up, and nothing else is behind
	Verified  State = "verified"  // 已销号: completed, and verified by the office with evidence
	Lapsed    State = "lapsed"    // 销号失效: verified, and corrected below its target since
	Closed    State = "closed"    // 已办结: closed by the office with a reason, or gone from the ledger
)

// Label is the state in Chinese, as offices read it.
func (s State) Label() string {
	return map[State]string{
		Open: "待答复", Answered: "已答复", Escalated: "逾期未答复",
		Recovered: "已恢复序时", Verified: "已销号", Lapsed: "销号失效", Closed: "已办结",
	}[s]
}

// Item is a supervision item (督办事项): a commitment that lags, from the letter that first said so until it
// has recovered or the office has closed it.
type Item struct {
	Number     string // 2024-012: the plan's year and the item's place in it
	Commitment string
	Department string // that is to answer: the commitment's lead, as the ledger last had it
	State      State
	Opened     schema.Week
	OpenedAt   time.Time // the moment of which that letter speaks
	AskedAt    time.Time // what that letter knew of: an explanation received later is an answer
	Measures   []string  // of the commitment, that were behind in any letter while it was open

	Answer     *assessment.Explanation // the newest since it was opened; nil: none, or withdrawn
	AnsweredAt time.Time               // received_at of the first of those; zero without one
	Due        schema.Date             // by whose 24:00 an answer is expected; the first letter after it escalates
	Unanswered int                     // letters that asked for an answer and had none by the next

	RecoveredAt time.Time // of the first letter by which what was behind had caught up; zero: none yet
	ClosedAt    time.Time // zero while it is open: the moment of the letter or of the act that closed it
	ClosedBy    string    // "": the rule
	Reason      string    // why it was closed
	Evidence    []string  // of a verification

	Extensions []Extension // of its measures while it was open, oldest first
}

// IsOpen tells whether the item is still followed.
func (i *Item) IsOpen() bool { return i.State == Open || i.State == Answered || i.State == Escalated }

// Extension (延期) is a change of a due date or of a curve, which an approver allowed.
type Extension struct {
	At               time.Time // from when it is in force
	Measure          string
	Field            string // due_date or curve
	Before, After    string // in words
	Approver, Reason string
}

// OpenItems are those that a department has to answer or follow, by number; "" gives those of all.
func (w *Week) OpenItems(department string) []Item {
	var open []Item
	for i := range w.Items {
		if item := &w.Items[i]; item.IsOpen() && (department == "" || item.Department == department) {
			open = append(open, *item)
		}
	}
	return open
}

// ItemOf is the newest item of a commitment; nil if it never had one.
func (w *Week) ItemOf(commitment string) *Item {
	for i := len(w.Items) - 1; i >= 0; i-- {
		if w.Items[i].Commitment == commitment {
			return &w.Items[i]
		}
	}
	return nil
}
