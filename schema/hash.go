package schema

import (
	"crypto/sha256"
	"encoding/binary"
)

// hash is over what the event says: its type, time and data, each member with its length before it, so
// that no two events share a form.
func (e *Event) hash() ContentHash {
	buf := make([]byte, 0, 512)
	buf = appendText(buf, string(e.Type))
	buf = binary.BigEndian.AppendUint64(buf, uint64(e.Time.UnixNano()))
	texts := e.Data.texts()
	for _, text := range &texts { // not a copy of it
		buf = appendText(buf, *text)
	}
	for _, text := range e.Data.Evidence {
		buf = appendText(buf, text)
	}
	sum := sha256.Sum256(buf)
	return ContentHash(sum[:len(ContentHash{})])
}

func appendText(buf []byte, s string) []byte {
	if s == "" { // as most members are
		return append(buf, 0)
	}
	buf = binary.AppendUvarint(buf, uint64(len(s)))
	return append(buf, s...)
}
