package schema

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
	"unsafe"
)

// written is what an event's envelope says that the Event keeps in another form, or not at all.
type written struct {
	specVersion, time, dataContentType string
}

// plainReader reads JSON written in the plainest way, as nearly all events are: members we know, each once,
// strings that are not empty and have no escapes. It takes a tenth of the time of a JSON decoder, and it
// never refuses: of anything else it says ok false, and the decoder judges. Where it says ok, the decoder
// would have read the same; a fuzz test holds that.
//
// The strings share the memory of text, which must not change as long as they live.
type plainReader struct {
	text     []byte
	at       int // read up to here
	event    *Event
	written  *written
	dataRead bool
	lists    []string // memory for the events' lists
}

// readPlain reads one event, alone in text.
func (p *plainReader) readPlain(text []byte, e *Event, w *written) (ok bool) {
	p.text, p.at = text, 0
	return p.readEvent(e, w) && p.end()
}

func (p *plainReader) readEvent(e *Event, w *written) bool {
	p.event, p.written, p.dataRead = e, w, false
	return p.object((*plainReader).envelopeMember)
}

func (p *plainReader) envelopeMember(name string) bool {
	if name == "data" && !p.dataRead {
		p.dataRead = true
		return p.object((*plainReader).dataMember)
	}
	return p.member(p.inEnvelope(name))
}

func (p *plainReader) dataMember(name string) bool {
	if name == "evidence" {
		return p.event.Data.Evidence == nil && p.list(&p.event.Data.Evidence)
	}
	return p.member(p.event.Data.member(name))
}

// member reads a string into a member that exists and has not been read.
func (p *plainReader) member(to *string) bool {
	if to == nil || *to != "" {
		return false
	}
	text, ok := p.string()
	*to = text
	return ok && text != ""
}

func (p *plainReader) object(member func(p *plainReader, name string) bool) bool {
	if !p.skip('{') {
		return false
	}
	for {
		name, ok := p.string()
		if !ok || !p.skip(':') || !member(p, name) {
			return false
		}
		if !p.skip(',') {
			return p.skip('}')
		}
	}
}

func (p *plainReader) list(to *[]string) bool {
	if !p.skip('[') {
		return false
	}
	begin := len(p.lists)
	for {
		text, ok := p.string()
		if !ok {
			return false
		}
		p.lists = append(p.lists, text)
		if !p.skip(',') {
			end := len(p.lists)
			*to = p.lists[begin:end:end]
			return p.skip(']')
		}
	}
}

// forget gives back what is left of the events that were read.
func (p *plainReader) forget() {
	const keep = 1 << 12
	clear(p.lists)
	p.lists = p.lists[:0]
	if cap(p.lists) > keep {
		p.lists = nil
	}
	p.text, p.event, p.written = nil, nil, nil
}

// A word is eight bytes of text; ones and tops have the lowest and the highest bit of each.
const (
	ones = 0x0101010101010101
	tops = 0x80 * ones
)

// ends marks, by its top bit, the first byte of a word that ends what is plain in a string: a quote, a
// backslash or a control character. (Bytes behind the first may be marked in error.)
func ends(word uint64) uint64 {
	quote, backslash := word^'"'*ones, word^'\\'*ones
	return ((quote-ones)&^quote | (backslash-ones)&^backslash | (word-' '*ones)&^word) & tops
}

func (p *plainReader) string() (text string, ok bool) {
	if !p.skip('"') {
		return "", false
	}
	begin, i := p.at, p.at
	foreign := uint64(0) // with a top bit where a byte was not ASCII
	for ; i+8 <= len(p.text); i += 8 {
		word := binary.LittleEndian.Uint64(p.text[i:])
		if end := ends(word); end != 0 {
			first := bits.TrailingZeros64(end) &^ 7
			foreign |= word & (1<<first - 1)
			i += first / 8
			break
		}
		foreign |= word
	}
	for ; i < len(p.text); i++ {
		switch c := p.text[i]; {
		case c == '"':
			text, p.at = unsafe.String(&p.text[begin], i-begin), i+1
			return text, foreign&tops == 0 || utf8.ValidString(text)
		case c == '\\' || c < ' ':
			return "", false
		default:
			foreign |= uint64(c)
		}
	}
	return "", false
}

// skip steps over white space and then over c, if that is what comes.
func (p *plainReader) skip(c byte) bool {
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return p.space() && p.skip(c)
}

// space steps over white space, and tells whether there was some.
func (p *plainReader) space() bool {
	begin := p.at
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case ' ', '\t', '\r', '\n':
			p.at++
			continue
		}
		break
	}
	return p.at > begin
}

func (p *plainReader) end() bool {
	p.space()
	return p.at == len(p.text)
}

// inEnvelope is where the string of that name is kept, nil if there is none.
func (p *plainReader) inEnvelope(name string) *string {
	switch name {
	case "specversion":
		return &p.written.specVersion
	case "id":
		return &p.event.ID
	case "source":
		return &p.event.Source
	case "type":
		return (*string)(&p.event.Type)
	case "time":
		return &p.written.time
	case "datacontenttype":
		return &p.written.dataContentType
	case "plan":
		return &p.event.Plan
	case "department":
		return &p.event.Department
	}
	return nil
}

// member is where the data keep the string of that name, nil if there is none.
func (d *Data) member(name string) *string {
	switch name {
	case "commitment":
		return &d.Commitment
	case "measure":
		return &d.Measure
	case "item":
		return &d.Item
	case "mode":
		return (*string)(&d.Mode)
	case "value":
		return &d.Value
	case "numerator":
		return &d.Numerator
	case "denominator":
		return &d.Denominator
	case "unit":
		return &d.Unit
	case "stage":
		return &d.Stage
	case "replaces":
		return &d.Replaces
	case "note":
		return &d.Note
	case "voids":
		return &d.Voids
	case "reason":
		return &d.Reason
	case "name":
		return &d.Name
	case "planned_date":
		return &d.PlannedDate
	case "problem":
		return &d.Problem
	case "next_step":
		return &d.NextStep
	}
	return nil
}
