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
	text  []byte
	at    int // read up to here
	event *Event
	texts [memberCount]*string // where the event's members are kept, nil of those that are no text
	data  bool                 // were read
	after [memberCount]member  // which member came after this one, when it was read last
	lists []string             // memory for the events' lists
}

// readPlain reads one event, alone in text.
func (p *plainReader) readPlain(text []byte, e *Event, w *written) (ok bool) {
	p.text, p.at = text, 0
	return p.readEvent(e, w) && p.end()
}

func (p *plainReader) readEvent(e *Event, w *written) bool {
	p.event, p.data = e, false
	places(&p.texts, e, w)
	return p.object(noMember)
}

// object reads the object that is the value of a member, or the event as a whole.
func (p *plainReader) object(of member) bool {
	if !p.skip('{') {
		return false
	}
	for m := of; ; {
		var ok bool
		if m, ok = p.name(m); !ok || m.inData() != (of == dataMember) || !p.value(m) {
			return false
		}
		if !p.step(',') && !p.skip(',') {
			return p.skip('}')
		}
	}
}

// name reads a member's name and the colon. A sender writes the members of all its events in one order, so
// the name that came after the same member the last time is mostly the one that comes: to compare it takes
// less than to find its end and look it up.
func (p *plainReader) name(before member) (m member, ok bool) {
	m = p.after[before]
	if end := p.at + len(memberNames[m].written); m != noMember && end <= len(p.text) && string(p.text[p.at:end]) == memberNames[m].written {
		p.at = end
		return m, true
	}
	name, ok := p.string()
	if !ok || !p.skip(':') {
		return noMember, false
	}
	m, ok = membersByName[name]
	p.after[before] = m
	return m, ok
}

// value reads the value of a member that has not been read.
func (p *plainReader) value(m member) bool {
	switch m {
	case dataMember:
		if p.data {
			return false
		}
		p.data = true
		return p.object(dataMember)
	case evidenceMember:
		return p.event.Data.Evidence == nil && p.list(&p.event.Data.Evidence)
	}
	to := p.texts[m]
	if *to != "" {
		return false
	}
	text, ok := p.string()
	*to = text
	return ok && text != ""
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
	p.text, p.event, p.texts = nil, nil, [memberCount]*string{}
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
	if !p.step('"') && !p.skip('"') { // step is inlined
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
	return p.step(c) || p.space() && p.step(c)
}

// step steps over c, if that is what comes.
func (p *plainReader) step(c byte) bool {
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
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
