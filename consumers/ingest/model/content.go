package model

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"xushi/consumers/ingest/traffic"
	"xushi/schema"
)

// key stands for some texts, at a fixed size: a million events have to be in memory.
type key [16]byte

func keyOf(texts ...string) key {
	h := make([]byte, 0, 512)
	for _, text := range texts {
		h = binary.AppendUvarint(h, uint64(len(text)))
		h = append(h, text...)
	}
	sum := sha256.Sum256(h)
	return key(sum[:len(key{})])
}

// messageKey tells one message from another: where it was published, its headers and its bytes.
func messageKey(subject string, header map[string][]string, body []byte) key {
	texts := []string{subject, string(body)}
	names := make([]string, 0, len(header))
	for name := range header {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		texts = append(append(texts, name), header[name]...)
	}
	return keyOf(texts...)
}

// fate is what must become of one element, wherever in the log it stands.
type fate struct {
	refused schema.Reason // "" means accepted
	raw     key           // of a refused one: the bytes that its dead letter keeps

	identity  key // plan, department, source, id
	content   key // everything that it says
	withdraws key // identity that a void or a correction withdraws; zero: none
	kind      schema.Type
	occurred  int64 // microseconds

	plan, department, commitment, measure string
	piece                                 string // item or stage
	millionths                            int64
}

func fateOf(e *traffic.Element, ledgerVersion string) fate {
	if e.Refused != "" {
		return fate{refused: e.Refused, raw: keptBytes(e)}
	}
	event, d := &e.Event, &e.Event.Data
	f := fate{
		identity: keyOf(event.Plan, event.Department, event.Source, event.ID),
		content:  contentOf(e, ledgerVersion),
		kind:     event.Type, occurred: event.Time.UnixMicro(),
		plan: event.Plan, department: event.Department, commitment: d.Commitment, measure: d.Measure,
		piece: d.Item + d.Stage, millionths: e.Quantity.Millionths,
	}
	if target := d.Voids + d.Replaces; target != "" {
		f.withdraws = keyOf(event.Plan, event.Department, event.Source, target)
	}
	return f
}

func keptBytes(e *traffic.Element) key {
	raw := e.Raw
	if e.Refused == schema.TooLarge {
		raw = raw[:min(len(raw), 64<<10)]
	}
	return keyOf(string(raw))
}

// contentOf is everything that a row of the store says of an accepted event, but where it stands in the log
// and when it came.
func contentOf(e *traffic.Element, ledgerVersion string) key {
	event, d := &e.Event, &e.Event.Data
	r := row{
		plan: event.Plan, department: event.Department, source: event.Source, kind: string(event.Type), id: event.ID,
		occurred: event.Time, commitment: d.Commitment, measure: d.Measure, item: d.Item, mode: string(d.Mode),
		value: number(e.Quantity), numerator: number(e.Numerator), denominator: number(e.Denominator),
		reported: d.Value, unit: d.Unit, stage: d.Stage, replaces: d.Replaces, voids: d.Voids, reason: d.Reason,
		evidence: d.Evidence, note: d.Note, name: d.Name, planned: d.PlannedDate, problem: d.Problem, nextStep: d.NextStep,
		ledgerVersion: ledgerVersion,
	}
	return r.content()
}

func number(q traffic.Quantity) *decimal.Decimal {
	if !q.Valid {
		return nil
	}
	d := decimal.New(q.Millionths, -6)
	return &d
}

// row is a row of events_clean.
type row struct {
	position                                              uint64
	received                                              time.Time
	plan, department, source, kind, id                    string
	occurred                                              time.Time
	commitment, measure, item, mode                       string
	value, numerator, denominator                         *decimal.Decimal
	reported, unit, stage, replaces, voids, reason        string
	evidence                                              []string
	note, name, planned, problem, nextStep, ledgerVersion string
	simulated                                             bool
}

func (r *row) identity() key { return keyOf(r.plan, r.department, r.source, r.id) }

func (r *row) content() key {
	texts := []string{
		r.plan, r.department, r.source, r.kind, r.id, strconv.FormatInt(r.occurred.UnixMicro(), 10),
		r.commitment, r.measure, r.item, r.mode, exactly(r.value), exactly(r.numerator), exactly(r.denominator),
		r.reported, r.unit, r.stage, r.replaces, r.voids, r.reason, r.note, r.name, r.planned, r.problem, r.nextStep,
		r.ledgerVersion, strconv.FormatBool(r.simulated),
	}
	return keyOf(append(texts, r.evidence...)...)
}

func exactly(d *decimal.Decimal) string {
	if d == nil {
		return "none"
	}
	return d.StringFixed(6)
}
