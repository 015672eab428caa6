package schema

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// Document is a JSON document within an act. A large one travels as the base64 of its gzip: a ledger of ten
// thousand measures is larger than what a message may hold.
type Document []byte

const (
	packedFrom  = 1 << 20  // bytes; what is smaller stays readable in the log
	maxDocument = 64 << 20 // bytes, unpacked
)

// MarshalJSON writes the document as it is, or packed.
func (d Document) MarshalJSON() ([]byte, error) {
	if len(d) < packedFrom {
		return jsontext.Value(d).MarshalJSON()
	}
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	if _, err := w.Write(d); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return json.Marshal(packed.Bytes())
}

// UnmarshalJSON reads either. It refuses a document that unpacks to more than 64 MiB.
func (d *Document) UnmarshalJSON(text []byte) error {
	if len(text) == 0 || text[0] != '"' {
		*d = bytes.Clone(text)
		return nil
	}
	var packed []byte
	if err := json.Unmarshal(text, &packed); err != nil {
		return fmt.Errorf("a packed document is the base64 of its gzip: %w", err)
	}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return fmt.Errorf("a packed document is the base64 of its gzip: %w", err)
	}
	unpacked, err := io.ReadAll(io.LimitReader(r, maxDocument+1))
	switch {
	case err != nil:
		return fmt.Errorf("unpack a document: %w", err)
	case len(unpacked) > maxDocument:
		return fmt.Errorf("a document unpacks to more than %d bytes", maxDocument)
	}
	*d = unpacked
	return nil
}
