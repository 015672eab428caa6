package schema

import (
	"cmp"
	"time"
)

// Type is the CloudEvents type of a progress event.
type Type string

// The five things a department can say.
const (
	Reported  Type = "progress.reported.v1"  // a reading
	Unchanged Type = "progress.unchanged.v1" // no change this period; keeps data fresh without inventing numbers
	Voided    Type = "progress.voided.v1"    // withdraws an earlier event of the same department and source
	ItemAdded Type = "progress.item.v1"      // registers an item of an open list
	Explained Type = "progress.explained.v1" // 存在问题 and 下一步措施
)

// Mode is how a measure is read; the ledger declares it and a reading repeats it, because sending a
// total where an addition is expected is the costliest mistake a department can make.
type Mode string

// Reading modes.
const (
	Increment Mode = "increment" // 本次新增: summed
	ToDate    Mode = "to_date"   // 累计: the latest per item, summed over items
	Level     Mode = "level"     // 水平值 (a rate, an intensity): the latest, never summed
)

// Title is the mode in Chinese, as offices read it.
func (m Mode) Title() string {
	return map[Mode]string{Increment: "本次新增", ToDate: "累计", Level: "水平值"}[m]
}

// SimulatorSource is the CloudEvents source of every simulated event.
const SimulatorSource = "/simulator"

// Event is one CloudEvent 1.0 of ours. Plan and Department are extension attributes of the envelope,
// because they decide where the event travels and who may send it.
type Event struct {
	ID         string    // unique within (plan, department, source), for ever; 1–128 printable ASCII bytes
	Source     string    // the sending system, a URI reference such as /zhujianwei/projects
	Type       Type      //
	Time       time.Time // when it happened (occurred_at)
	Plan       string    //
	Department string    //
	Data       Data      //
}

// Data is the payload of every type; which members a type takes, and which it must have, is the table
// in form.go. One flat struct, because it becomes one row of progress.events. Numbers are decimal
// strings, as written by the sender and in the sender's unit.
type Data struct {
	Commitment  string   `json:"commitment"`
	Measure     string   `json:"measure,omitempty"`
	Item        string   `json:"item,omitempty"`
	Mode        Mode     `json:"mode,omitempty"`
	Value       string   `json:"value,omitempty"`       // "84.7"; a percentage is "80", not "0.8"
	Numerator   string   `json:"numerator,omitempty"`   // instead of Value, where the measure is a ratio
	Denominator string   `json:"denominator,omitempty"` //
	Unit        string   `json:"unit,omitempty"`        // the measure's unit, or 万 of it
	Stage       string   `json:"stage,omitempty"`       // of a milestone
	Replaces    string   `json:"replaces,omitempty"`    // id of the event this reading corrects
	Evidence    []string `json:"evidence,omitempty"`    // links or document numbers (佐证材料)
	Note        string   `json:"note,omitempty"`        //
	Voids       string   `json:"voids,omitempty"`       // id of the event that is withdrawn
	Reason      string   `json:"reason,omitempty"`      // why it is withdrawn
	Name        string   `json:"name,omitempty"`        // of a registered item
	PlannedDate string   `json:"planned_date,omitempty"`
	Problem     string   `json:"problem,omitempty"`   // 存在问题
	NextStep    string   `json:"next_step,omitempty"` // 下一步措施
}

// Piece is what a reading is of, if not of its measure as a whole: its item or its stage. An admitted
// reading never has both.
func (d *Data) Piece() string { return cmp.Or(d.Item, d.Stage) }

// Position is an event's place in the log: stream sequence and index in its batch. The lowest
// position of an identity wins, for ever.
type Position uint64

const indexBits = 16

// At returns the position of the index-th event (0 for a message that is no batch) of a stream sequence.
func At(sequence uint64, index int) Position {
	return Position(sequence<<indexBits | uint64(index))
}

// Sequence is the stream sequence of the message that carried the event.
func (p Position) Sequence() uint64 { return uint64(p) >> indexBits }

// Index is the event's index in its batch, 0 for a message that is no batch.
func (p Position) Index() int { return int(p & (1<<indexBits - 1)) }
