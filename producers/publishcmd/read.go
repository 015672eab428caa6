package publishcmd

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"

	"xushi/schema"
)

// entry is one event of the call and what became of it.
type entry struct {
	event   *schema.Event // nil where it could not be read
	verdict schema.Verdict
	err     error
}

// maxInput bounds what is read; more than this is a log, not a report.
const maxInput = 64 << 20

// read takes one event, an array of events, or events one after another. An event that cannot be read is
// an entry with its rejection; only input that is not JSON at all fails as a whole.
func read(r io.Reader) ([]*entry, error) {
	body, err := io.ReadAll(io.LimitReader(r, maxInput+1))
	if err != nil {
		return nil, err
	}
	if len(body) > maxInput {
		return nil, fmt.Errorf("more than %d bytes; split the file", maxInput)
	}
	lenient := []jsontext.Options{jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)}
	d := jsontext.NewDecoder(bytes.NewReader(body), lenient...) // each event is decoded strictly, on its own
	var entries []*entry
	for {
		inArray := d.StackDepth() == 1
		if kind := d.PeekKind(); kind == '[' && !inArray || kind == ']' {
			if _, err := d.ReadToken(); err != nil {
				return nil, fmt.Errorf("after event %d: %w", len(entries), err)
			}
			continue
		}
		raw, err := d.ReadValue()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("line %d, after event %d: not JSON: %w", lineOf(body, err), len(entries), err)
		}
		entries = append(entries, decode(raw))
	}
	if len(entries) == 0 {
		return nil, errors.New("no events in it")
	}
	return entries, nil
}

// lineOf is the line of body in which the error is.
func lineOf(body []byte, err error) int {
	offset := len(body)
	if e, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		offset = min(int(e.ByteOffset), len(body))
	}
	return 1 + bytes.Count(body[:offset], []byte("\n"))
}

func decode(raw []byte) *entry {
	e := new(schema.Event)
	if err := e.UnmarshalJSON(raw); err != nil {
		return &entry{event: e, err: err}
	}
	return &entry{event: e}
}
