package schema

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// OfficeSource is the source of the office's acts, but for simulated ones, whose source is SimulatorSource.
const OfficeSource = "/xushi"

// ActType is the CloudEvents type of an act of the office.
type ActType string

// Types of acts.
const (
	LedgerApplied       ActType = "ledger.applied.v1"       // puts a version of a plan's ledger in force
	AssignmentConfirmed ActType = "assignment.confirmed.v1" // somebody stands for what the text does not give
	DeadLetterDropped   ActType = "deadletter.dropped.v1"   // nothing more is to be done about refused events
	SupervisionClosed   ActType = "supervision.closed.v1"   // a supervision item is closed by hand (办结)
	CommitmentVerified  ActType = "commitment.verified.v1"  // a completed commitment is verified with evidence (核实销号)
)

// Act is something the office did: a CloudEvent of the OFFICE stream, in structured JSON on
// office.<plan>.<kind>. Acts are few, and for ever.
type Act struct {
	ID     string
	Source string
	Type   ActType
	Plan   string

	Applied   *Application  // of LedgerApplied
	Confirmed *Confirmation // of AssignmentConfirmed
	Dropped   *Drop         // of DeadLetterDropped
	Closed    *Closing      // of SupervisionClosed
	Verified  *Verification // of CommitmentVerified

	Sequence uint64    // in OFFICE
	At       time.Time // JetStream's timestamp, or the simulator's stand-in
}

// Application is what LedgerApplied says.
type Application struct {
	Ledger        Document `json:"ledger"`                 // in its canonical form, complete
	LedgerVersion string   `json:"ledger_version"`         // of that ledger
	BaseVersion   string   `json:"base_version,omitempty"` // version in force that it was compared with; "": the plan's first
	By            string   `json:"by"`
	Reason        string   `json:"reason"`
	Approver      string   `json:"approver,omitempty"` // needed where a target, a curve or a due date changes
}

// Confirmation is what AssignmentConfirmed says.
type Confirmation struct {
	Object        string `json:"object"` // commitment, measure or department
	ID            string `json:"id"`     // of that object
	Field         string `json:"field"`  // by its name in the ledger's files: lead_department, curve, name …
	LedgerVersion string `json:"ledger_version"`
	ConfirmedBy   string `json:"confirmed_by"`
	Reason        string `json:"reason"`
}

// Drop is what DeadLetterDropped says.
type Drop struct {
	Letters []Position `json:"letters"` // of the refused events, of the act's plan
	By      string     `json:"by"`
	Reason  string     `json:"reason"`
}

// Closing is what SupervisionClosed says.
type Closing struct {
	Item   string `json:"item"` // its number, as 2024-012
	By     string `json:"by"`
	Reason string `json:"reason"`
}

// Verification is what CommitmentVerified says.
type Verification struct {
	Commitment string   `json:"commitment"`
	Evidence   []string `json:"evidence"` // links or names of documents, at least one
	By         string   `json:"by"`
	Reason     string   `json:"reason"`
}

// MaxDroppedLetters is how many refused events one act drops.
const MaxDroppedLetters = 10_000

// ActSubject is where acts of a type travel: office.<plan>.<kind>.
func ActSubject(plan string, t ActType) string {
	kind, _, _ := strings.Cut(string(t), ".")
	return "office." + plan + "." + kind
}

// Simulated tells whether the simulator's clock stands in for the act's time.
func (a *Act) Simulated() bool { return a.Source == SimulatorSource }

// actEnvelope is an act as it travels. Acts have one sender, this product, so that even an extension
// attribute is a mistake.
type actEnvelope struct {
	SpecVersion     string         `json:"specversion"`
	ID              string         `json:"id"`
	Source          string         `json:"source"`
	Type            ActType        `json:"type"`
	DataContentType string         `json:"datacontenttype"`
	Plan            string         `json:"plan"`
	Data            jsontext.Value `json:"data"`
}

// MarshalJSON writes the act as it travels; its sequence and time are the stream's.
func (a *Act) MarshalJSON() ([]byte, error) {
	data, err := json.Marshal(a.data())
	if err != nil {
		return nil, fmt.Errorf("act %q: %w", a.ID, err)
	}
	return json.Marshal(actEnvelope{"1.0", a.ID, a.Source, a.Type, JSONContent, a.Plan, data})
}

// data is whichever of the act's contents its type has.
func (a *Act) data() any {
	switch a.Type {
	case AssignmentConfirmed:
		return a.Confirmed
	case DeadLetterDropped:
		return a.Dropped
	case SupervisionClosed:
		return a.Closed
	case CommitmentVerified:
		return a.Verified
	default:
		return a.Applied
	}
}

// OpenAct reads a message of the OFFICE stream, strictly. Its error is for whoever keeps the office's
// credentials: a person made a mistake, or somebody else publishes there. What can be told of an act that
// is refused, its place, its time and the plan of its subject, is returned with the error.
func (p Policy) OpenAct(m *Message) (Act, error) {
	rest, _ := strings.CutPrefix(m.Subject, "office.")
	plan, _, _ := strings.Cut(rest, ".")
	refused := Act{Sequence: m.Sequence, At: m.Timestamp.UTC(), Plan: tokenOrUnknown(plan)}
	a, err := readAct(m.Body)
	if err != nil {
		return refused, err
	}
	a.Sequence = m.Sequence
	if a.At, err = p.actTime(m, a.Source); err != nil {
		return refused, err
	}
	if want := ActSubject(a.Plan, a.Type); m.Subject != want {
		return refused, fmt.Errorf("the act belongs on subject %s, not on %q", want, clip(m.Subject))
	}
	return a, nil
}

func readAct(body []byte) (Act, error) {
	var w actEnvelope
	if err := json.Unmarshal(body, &w, strict); err != nil {
		return Act{}, fmt.Errorf("no act in structured JSON: %w", err)
	}
	a := Act{ID: w.ID, Source: w.Source, Type: w.Type, Plan: w.Plan}
	switch {
	case w.SpecVersion != "1.0" || w.DataContentType != JSONContent:
		return a, fmt.Errorf("specversion must be 1.0 and datacontenttype %s", JSONContent)
	case !printable(a.ID) || len(a.ID) > MaxIDBytes:
		return a, fmt.Errorf("id must be 1 to %d printable ASCII characters", MaxIDBytes)
	case a.Source != OfficeSource && a.Source != SimulatorSource:
		return a, fmt.Errorf("source %q is neither %s nor %s", clip(a.Source), OfficeSource, SimulatorSource)
	case !IsToken(a.Plan):
		return a, fmt.Errorf("plan %q is no id", clip(a.Plan))
	}
	switch a.Type {
	case LedgerApplied:
		a.Applied = new(Application)
	case AssignmentConfirmed:
		a.Confirmed = new(Confirmation)
	case DeadLetterDropped:
		a.Dropped = new(Drop)
	case SupervisionClosed:
		a.Closed = new(Closing)
	case CommitmentVerified:
		a.Verified = new(Verification)
	default:
		return a, fmt.Errorf("type %q is none of %s, %s, %s, %s, %s", clip(string(a.Type)),
			LedgerApplied, AssignmentConfirmed, DeadLetterDropped, SupervisionClosed, CommitmentVerified)
	}
	if err := json.Unmarshal(w.Data, a.data(), strict); err != nil {
		return a, fmt.Errorf("data: %w", err)
	}
	return a, a.CheckForm()
}

// CheckForm checks everything about an act that needs no ledger and no clock.
func (a *Act) CheckForm() error {
	if d := a.Dropped; d != nil && (len(d.Letters) == 0 || len(d.Letters) > MaxDroppedLetters) {
		return fmt.Errorf("letters must be 1 to %d positions, not %d", MaxDroppedLetters, len(d.Letters))
	}
	if c := a.Closed; c != nil && !itemNumber.MatchString(c.Item) {
		return fmt.Errorf("item must be a number as 2024-012, not %q", clip(c.Item))
	}
	if v := a.Verified; v != nil && (len(v.Evidence) == 0 || len(v.Evidence) > MaxEvidence) {
		return fmt.Errorf("evidence must be 1 to %d pieces, not %d", MaxEvidence, len(v.Evidence))
	}
	for _, t := range a.texts() {
		switch {
		case t.value == "" && t.optional:
		case strings.TrimSpace(t.value) == "":
			return fmt.Errorf("%s must say something", t.name)
		case strings.ContainsFunc(t.value, Unseen):
			return fmt.Errorf("%s must be one line of plain text, not %q", t.name, clip(t.value))
		case len(t.value) > t.most:
			return fmt.Errorf("%s has %d bytes, over %d", t.name, len(t.value), t.most)
		}
	}
	return nil
}

// itemNumber is what the number of a supervision item looks like.
var itemNumber = regexp.MustCompile(`^\d{4}-\d{3,6}$`)

// actText is a text that an act has.
type actText struct {
	name, value string
	most        int
	optional    bool
}

func (a *Act) texts() []actText {
	switch a.Type {
	case AssignmentConfirmed:
		d := a.Confirmed
		return []actText{
			{"object", d.Object, MaxTokenBytes, false}, {"id", d.ID, MaxTokenBytes, false}, {"field", d.Field, MaxTokenBytes, false},
			{"ledger_version", d.LedgerVersion, MaxShortText, false},
			{"confirmed_by", d.ConfirmedBy, MaxShortText, false}, {"reason", d.Reason, MaxLongText, false},
		}
	case DeadLetterDropped:
		return []actText{{"by", a.Dropped.By, MaxShortText, false}, {"reason", a.Dropped.Reason, MaxLongText, false}}
	case SupervisionClosed:
		return []actText{{"by", a.Closed.By, MaxShortText, false}, {"reason", a.Closed.Reason, MaxLongText, false}}
	case CommitmentVerified:
		d := a.Verified
		texts := []actText{{"commitment", d.Commitment, MaxTokenBytes, false}, {"by", d.By, MaxShortText, false}, {"reason", d.Reason, MaxLongText, false}}
		for i, piece := range d.Evidence {
			texts = append(texts, actText{fmt.Sprintf("evidence %d", i+1), piece, MaxShortText, false})
		}
		return texts
	default:
		d := a.Applied
		return []actText{
			{"ledger_version", d.LedgerVersion, MaxShortText, false}, {"base_version", d.BaseVersion, MaxShortText, true},
			{"by", d.By, MaxShortText, false}, {"reason", d.Reason, MaxLongText, false}, {"approver", d.Approver, MaxShortText, true},
		}
	}
}

// actTime is when the act was done, by the same policy as for events: JetStream's clock, unless the
// simulator's stands in and simulation is allowed.
func (p Policy) actTime(m *Message, source string) (time.Time, error) {
	text := readHeaders(m.Header)[receivedAtHeader]
	switch {
	case source == SimulatorSource && !p.AllowSimulation:
		return time.Time{}, fmt.Errorf("a simulated act (source %s), and no simulation is allowed here", SimulatorSource)
	case text == "":
		return m.Timestamp.UTC(), nil
	case source != SimulatorSource:
		return time.Time{}, fmt.Errorf("header %s is for source %s alone: the stream's clock says when an act was done", ReceivedAtHeader, SimulatorSource)
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil || !storable(t) {
		return time.Time{}, fmt.Errorf("header %s: %q is no RFC 3339 time", ReceivedAtHeader, clip(text))
	}
	return t.UTC(), nil
}
