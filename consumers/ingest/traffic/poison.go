package traffic

import (
	"bytes"
	"slices"
	"strings"
	"time"

	"xushi/schema"
	"xushi/seeds"
)

// poison is one way to be refused. It begins with a good reading of one of the measures.
type poison struct {
	reason  schema.Reason
	of      func(*measures) []*seeds.Measure
	event   func(*Generator, *Element, *seeds.Measure) // before it has bytes
	bytes   func([]byte) []byte                        // after
	message func(*Generator, *Message)                 // what only a message of its own can have
}

// element tells whether one event of a batch can be bad in this way: alone, and not as another department's.
func (p *poison) element() bool {
	if p.message != nil {
		return false
	}
	switch p.reason {
	case schema.MalformedJSON, schema.UnknownPlan, schema.UnknownDepartment, schema.DepartmentNotInvolved:
		return false
	}
	return true
}

func anyOf(m *measures) []*seeds.Measure       { return m.all }
func plainOf(m *measures) []*seeds.Measure     { return m.plain }
func openOf(m *measures) []*seeds.Measure      { return m.open }
func closedOf(m *measures) []*seeds.Measure    { return m.closed }
func milestoneOf(m *measures) []*seeds.Measure { return m.milestones }
func ratioOf(m *measures) []*seeds.Measure     { return m.ratios }

// rare are those whose messages are large: of so many poisoned ones, one.
const rare = 200

// poison is a message that is refused, whole.
func (g *Generator) poison() Message {
	if g.rng.IntN(rare) == 0 {
		return g.large()
	}
	for {
		p := &poisons[g.rng.IntN(len(poisons))]
		of := p.of(&g.measures)
		if len(of) == 0 {
			continue
		}
		m := of[g.rng.IntN(len(of))]
		message := single(g.spoil(p, m.ReportingDepartment, m), typed(schema.StructuredContent))
		if p.message != nil {
			p.message(g, &message)
		}
		return message
	}
}

// badElement is one for a batch of the department.
func (g *Generator) badElement(department string) Element {
	for {
		p := &poisons[g.rng.IntN(len(poisons))]
		of := slices.DeleteFunc(slices.Clone(p.of(&g.measures)), func(m *seeds.Measure) bool { return m.ReportingDepartment != department })
		if p.element() && len(of) > 0 {
			return g.spoil(p, department, of[g.rng.IntN(len(of))])
		}
	}
}

func (g *Generator) spoil(p *poison, department string, m *seeds.Measure) Element {
	e := g.readingBy(department, m)
	e.Refused = p.reason
	if p.event != nil {
		p.event(g, &e, m)
	}
	e.Raw = encode(&e.Event)
	if p.bytes != nil {
		e.Raw = p.bytes(e.Raw)
	}
	return e
}

// number puts a number in place of whatever the reading says.
func number(value string) func(*Generator, *Element, *seeds.Measure) {
	return func(_ *Generator, e *Element, m *seeds.Measure) {
		d := &e.Event.Data
		d.Value, d.Numerator, d.Denominator, d.Unit = value, "", "", m.Unit
	}
}

func data(set func(*schema.Data)) func(*Generator, *Element, *seeds.Measure) {
	return func(_ *Generator, e *Element, _ *seeds.Measure) { set(&e.Event.Data) }
}

// envelope sets something of the event itself.
func envelope(set func(*schema.Event)) func(*Generator, *Element, *seeds.Measure) {
	return func(_ *Generator, e *Element, _ *seeds.Measure) { set(&e.Event) }
}

func replace(old, with string) func([]byte) []byte {
	return func(body []byte) []byte { return bytes.Replace(body, []byte(old), []byte(with), 1) }
}

func header(name, value string) func(*Generator, *Message) {
	return func(_ *Generator, m *Message) { m.Header.Set(name, value) }
}

// subject publishes where the event does not belong.
func subject(of func(schema.Address) string) func(*Generator, *Message) {
	return func(_ *Generator, m *Message) { m.Subject = of(m.Elements[0].Event.Address()) }
}

const version = `"specversion":"1.0"`

var poisons = []poison{
	{reason: schema.MalformedJSON, of: anyOf, bytes: func(b []byte) []byte { return b[:len(b)-1] }},
	{reason: schema.MalformedJSON, of: anyOf, bytes: func(b []byte) []byte { return append(b, '}') }},
	{reason: schema.MalformedJSON, of: anyOf, bytes: func(b []byte) []byte { return append([]byte("not JSON: "), b...) }},
	{reason: schema.MalformedJSON, of: anyOf, message: func(_ *Generator, m *Message) {
		m.Header.Set(schema.ContentTypeHeader, schema.BatchContent) // and is no array
		m.Subject = strings.TrimSuffix(m.Subject, m.Elements[0].Event.Data.Commitment) + schema.BatchToken
	}},
	{reason: schema.InvalidUTF8, of: anyOf, event: data(func(d *schema.Data) { d.Note = "broken" }), bytes: replace(`"broken"`, "\"\xc3\x28\"")},
	{reason: schema.DuplicateKey, of: anyOf, bytes: replace(version, version+","+version)},
	{reason: schema.WrongType, of: plainOf, event: number("12"), bytes: replace(`"value":"12"`, `"value":12`)},
	{reason: schema.UnknownField, of: anyOf, bytes: replace(`"data":{`, `"data":{"surprise":"1",`)},
	{reason: schema.UnknownField, of: plainOf, event: data(func(d *schema.Data) { d.Voids = "e" })},
	{reason: schema.MissingField, of: anyOf, event: data(func(d *schema.Data) { d.Unit = "" })},
	{reason: schema.MissingField, of: anyOf, bytes: replace(`"id":`, `"nid":`)},
	{reason: schema.UnsupportedVersion, of: anyOf, bytes: replace(version, `"specversion":"0.3"`)},
	{reason: schema.UnsupportedContent, of: anyOf, message: header(schema.ContentTypeHeader, "application/xml")},
	{reason: schema.UnknownType, of: anyOf, event: envelope(func(e *schema.Event) { e.Type = "progress.guessed.v1" })},
	{reason: schema.InvalidID, of: anyOf, event: envelope(func(e *schema.Event) { e.ID += " with spaces" })},
	{reason: schema.InvalidID, of: anyOf, event: envelope(func(e *schema.Event) { e.ID += strings.Repeat("x", schema.MaxIDBytes) })},
	{reason: schema.TextTooLong, of: anyOf, event: data(func(d *schema.Data) { d.Note = strings.Repeat("长", schema.MaxLongText/3+1) })},
	{reason: schema.InvalidTime, of: anyOf, bytes: replace(`"time":"2`, `"time":"on 2`)},
	{reason: schema.FutureTime, of: anyOf, event: envelope(func(e *schema.Event) { e.Time = time.Date(2150, 1, 1, 0, 0, 0, 0, time.UTC) })},
	{reason: schema.ReceivedAtForbidden, of: anyOf, message: header(schema.ReceivedAtHeader, "2024-06-30T08:00:00+08:00")},
	{reason: schema.SimulationForbidden, of: anyOf, event: envelope(func(e *schema.Event) { e.Source = schema.SimulatorSource })},
	{reason: schema.SubjectMismatch, of: anyOf, message: subject(func(a schema.Address) string { return a.Subject() + "-other" })},
	{reason: schema.SubjectMismatch, of: anyOf, message: subject(func(a schema.Address) string { return a.Subject() + ".more" })},
	{reason: schema.SubjectMismatch, of: anyOf, message: subject(func(a schema.Address) string { return "progress." + a.Plan + "." + a.Department })},
	{reason: schema.SubjectMismatch, of: anyOf, message: subject(func(a schema.Address) string { return "progress." + a.Plan + ".住建委." + a.Commitment })},
	{reason: schema.SubjectMismatch, of: anyOf, message: subject(func(a schema.Address) string { a.Department = "another"; return a.Subject() })},
	{reason: schema.SelfReference, of: anyOf, event: envelope(func(e *schema.Event) { e.Data.Replaces = e.ID })},
	{reason: schema.NotDecimal, of: plainOf, event: number("1e3")},
	{reason: schema.NotDecimal, of: plainOf, event: number("12,000")},
	{reason: schema.TooPrecise, of: plainOf, event: number("0.1234567")},
	{reason: schema.TooManyDigits, of: plainOf, event: number("1234567890123456789")},
	{reason: schema.UnknownPlan, of: anyOf, event: envelope(func(e *schema.Event) { e.Plan = "no-such-plan" })},
	{reason: schema.UnknownDepartment, of: anyOf, event: envelope(func(e *schema.Event) { e.Department = "no-such-department" })},
	{reason: schema.UnknownCommitment, of: anyOf, event: data(func(d *schema.Data) { d.Commitment = "no-such-commitment" })},
	{reason: schema.UnknownMeasure, of: anyOf, event: data(func(d *schema.Data) { d.Measure = "no-such-measure" })},
	{reason: schema.DepartmentNotInvolved, of: anyOf, event: func(g *Generator, e *Element, m *seeds.Measure) { e.Event.Department = g.uninvolved(m) }},
	{reason: schema.WrongMode, of: plainOf, event: data(func(d *schema.Data) { d.Mode = schema.Level })},
	{reason: schema.WrongUnit, of: anyOf, event: data(func(d *schema.Data) { d.Unit = "吨" })},
	{reason: schema.ItemRequired, of: openOf, event: data(func(d *schema.Data) { d.Item = "" })},
	{reason: schema.ItemRefused, of: plainOf, event: data(func(d *schema.Data) { d.Item = "moni-01" })},
	{reason: schema.UnknownItem, of: closedOf, event: data(func(d *schema.Data) { d.Item = "no-such-item" })},
	{reason: schema.StageRequired, of: milestoneOf, event: data(func(d *schema.Data) { d.Stage = "" })},
	{reason: schema.UnknownStage, of: milestoneOf, event: data(func(d *schema.Data) { d.Stage = "no-such-stage" })},
	{reason: schema.UnknownStage, of: plainOf, event: data(func(d *schema.Data) { d.Stage = "draft" })},
	{reason: schema.ListClosed, of: closedOf, event: func(g *Generator, e *Element, m *seeds.Measure) {
		id := e.Event.ID
		*e = g.registered(m)
		e.Event.ID, e.Refused = id, schema.ListClosed
	}},
	{reason: schema.RatioRefused, of: plainOf, event: data(func(d *schema.Data) { d.Value, d.Numerator, d.Denominator = "", "1", "2" })},
	{reason: schema.ZeroDenominator, of: ratioOf, event: data(func(d *schema.Data) { d.Value, d.Numerator, d.Denominator = "", "1", "0" })},
	{reason: schema.OutOfBounds, of: plainOf, event: number("-1")},
	{reason: schema.OutOfBounds, of: ratioOf, event: number("1000000")},
	{reason: schema.OutOfBounds, of: milestoneOf, event: number("2")},
}

// large is a message that is too large for us, though not for NATS.
func (g *Generator) large() Message {
	m := g.any()
	e := g.readingBy(m.ReportingDepartment, m)
	e.Refused = schema.TooLarge
	address := e.Event.Address()
	address.Commitment = schema.BatchToken
	switch g.rng.IntN(3) {
	case 0:
		e.Event.Data.Note = strings.Repeat("大", schema.MaxEventBytes/3)
		e.Raw = encode(&e.Event)
		return single(e, typed(schema.StructuredContent))
	case 1:
		e.Raw = append(append([]byte(`["`+e.Event.ID+`",`), bytes.Repeat([]byte(" "), schema.MaxBatchBytes)...), ']')
	default:
		e.Refused = schema.TooManyEvents
		e.Raw = append(append([]byte(`["`+e.Event.ID+`"`), bytes.Repeat([]byte(",1"), schema.MaxBatchEvents)...), ']')
	}
	return Message{Subject: address.Subject(), Header: typed(schema.BatchContent), Body: e.Raw, Elements: []Element{e}}
}
