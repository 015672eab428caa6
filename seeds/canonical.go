package seeds

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// JSON is the ledger's canonical form, complete with its source text: the same ledger gives the same
// bytes, whatever its files' spacing, order of keys or comments. Parse reads it back.
func (l *Ledger) JSON() []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(l); err != nil {
		panic(fmt.Sprintf("seeds: a ledger is plain data: %v", err))
	}
	return b.Bytes()
}

// versionOf is the first 12 hex digits of the SHA-256 of the canonical form.
func versionOf(l *Ledger) string {
	sum := sha256.Sum256(l.JSON())
	return hex.EncodeToString(sum[:])[:12]
}
