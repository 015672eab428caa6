package schema

import (
	"fmt"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// MarshalJSON writes the structured mode, as one sends it. It is written by hand because it is the whole
// cost of publishing that is ours. What is not UTF-8 is an error.
func (e *Event) MarshalJSON() ([]byte, error) {
	w := writer{buf: make([]byte, 0, 512)}
	w.open('{')
	w.text("specversion", "1.0")
	w.text("id", e.ID)
	w.text("source", e.Source)
	w.text("type", string(e.Type))
	w.name("time")
	w.buf = append(w.buf, '"')
	w.buf = e.Time.AppendFormat(w.buf, time.RFC3339Nano)
	w.buf = append(w.buf, '"')
	w.text("datacontenttype", JSONContent)
	w.text("plan", e.Plan)
	w.text("department", e.Department)
	w.name("data")
	w.data(&e.Data)
	w.buf = append(w.buf, '}')
	if w.err != nil {
		return nil, fmt.Errorf("event %q: %w", e.ID, w.err)
	}
	return w.buf, nil
}

// writer writes JSON into buf. Its names are our own and need no quoting.
type writer struct {
	buf   []byte
	first bool // nothing stands in the object yet
	err   error
}

func (w *writer) open(c byte) {
	w.buf, w.first = append(w.buf, c), true
}

func (w *writer) comma() {
	if !w.first {
		w.buf = append(w.buf, ',')
	}
	w.first = false
}

func (w *writer) name(name string) {
	w.comma()
	w.buf = append(append(append(w.buf, '"'), name...), '"', ':')
}

func (w *writer) text(name, value string) {
	w.name(name)
	w.quote(value)
}

// some leaves out what is empty.
func (w *writer) some(name, value string) {
	if value != "" {
		w.text(name, value)
	}
}

// quote spares the usual text, an id or a number, the search for what needs an escape.
func (w *writer) quote(value string) {
	if isPlain(value) {
		w.buf = append(append(append(w.buf, '"'), value...), '"')
		return
	}
	quoted, err := jsontext.AppendQuote(w.buf, value)
	if err != nil && w.err == nil {
		w.err = err
	}
	w.buf = quoted
}

func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

func (w *writer) data(d *Data) {
	w.open('{')
	w.text("commitment", d.Commitment)
	w.some("measure", d.Measure)
	w.some("item", d.Item)
	w.some("mode", string(d.Mode))
	w.some("value", d.Value)
	w.some("numerator", d.Numerator)
	w.some("denominator", d.Denominator)
	w.some("unit", d.Unit)
	w.some("stage", d.Stage)
	w.some("replaces", d.Replaces)
	w.evidence(d.Evidence)
	w.some("note", d.Note)
	w.some("voids", d.Voids)
	w.some("reason", d.Reason)
	w.some("name", d.Name)
	w.some("planned_date", d.PlannedDate)
	w.some("problem", d.Problem)
	w.some("next_step", d.NextStep)
	w.buf = append(w.buf, '}')
}

func (w *writer) evidence(list []string) {
	if len(list) == 0 {
		return
	}
	w.name("evidence")
	w.open('[')
	for _, value := range list {
		w.comma()
		w.quote(value)
	}
	w.buf = append(w.buf, ']')
}
