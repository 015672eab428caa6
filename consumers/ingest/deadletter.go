package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"

	"xushi/schema"
	"xushi/schema/store"
)

// Headers of a dead letter. Its body is the refused event's own bytes; its headers are the original
// ones under a prefix of their own, so that none of them can act on the server a second time.
const (
	headerReason   = "Xushi-Reason"          // reason code
	headerField    = "Xushi-Field"           // path of the field
	headerMessage  = "Xushi-Message"         // the sentence, percent-encoded UTF-8
	headerSubject  = "Xushi-Subject"         // where it had been published
	headerSequence = "Xushi-Stream-Sequence" // of the message in PROGRESS
	headerIndex    = "Xushi-Batch-Index"     //
	headerTime     = "Xushi-Stream-Time"     // JetStream's timestamp, RFC 3339
	headerLength   = "Xushi-Length"          // of the whole body, if it was cut
	headerSHA256   = "Xushi-Sha256"          // of the whole body, if it was cut
	headerOriginal = "Xushi-Original-"       // prefix; after it the name, percent-encoded

	maxOriginalHeaders = 16 << 10 // bytes, as they are in a dead letter; a header block larger than this is left in PROGRESS
	maxElementHeaders  = 1 << 10  // the same for a batch, whose headers would be copied for each element
)

// deadLetterHeader is the header of a dead letter that keeps an original one. A sender may write names that our own
// client does not: one that could not be published would hold up the log for ever.
func deadLetterHeader(name string) string { return headerOriginal + url.PathEscape(name) }

// deadLetter is a refused event on its way to those who may mend it: to its department, as a message, and
// to the office's analysts, as a row.
type deadLetter struct {
	reason  schema.Reason
	message *nats.Msg
	row     store.Row
}

func newDeadLetter(m *schema.Message, o *schema.Opened) deadLetter {
	address, _ := schema.ParseAddress(m.Subject)
	position := o.Record.Position
	msg := nats.NewMsg(address.DeadLetterSubject(o.Rejection.Reason))
	set := msg.Header.Set
	set(nats.MsgIdHdr, strconv.FormatUint(uint64(position), 10))
	set(headerReason, string(o.Rejection.Reason))
	set(headerField, url.PathEscape(o.Rejection.Field))
	set(headerMessage, url.PathEscape(o.Rejection.Message))
	set(headerSubject, m.Subject)
	set(headerSequence, strconv.FormatUint(position.Sequence(), 10))
	set(headerIndex, strconv.Itoa(position.Index()))
	set(headerTime, m.Timestamp.UTC().Format(time.RFC3339Nano))
	most := maxOriginalHeaders
	if address.Commitment == schema.BatchToken {
		most = maxElementHeaders
	}
	names, values := originalHeaders(m.Header, most)
	for i, name := range names {
		msg.Header.Add(deadLetterHeader(name), values[i])
	}
	msg.Data = o.Raw
	if o.Rejection.Reason == schema.TooLarge {
		cut(msg)
	}
	return deadLetter{o.Rejection.Reason, msg, letterRow(m, o, names, values, msg.Data)}
}

// cut leaves of a large body its beginning, and tells of the whole.
func cut(letter *nats.Msg) {
	if len(letter.Data) <= schema.DeadLetterBytes {
		return
	}
	sum := sha256.Sum256(letter.Data)
	letter.Header.Set(headerLength, strconv.Itoa(len(letter.Data)))
	letter.Header.Set(headerSHA256, hex.EncodeToString(sum[:]))
	letter.Data = letter.Data[:schema.DeadLetterBytes]
}

// headerLineBytes is what a header takes beside its name and value.
const headerLineBytes = len(": \r\n")

// originalHeaders are the message's own in one order, so that a row written again is the same row; none
// where they would take more than most bytes of the dead letter, of which the server bounds all headers together.
func originalHeaders(h map[string][]string, most int) (names, values []string) {
	for _, name := range slices.Sorted(maps.Keys(h)) {
		line := len(deadLetterHeader(name)) + headerLineBytes
		for _, v := range h[name] {
			if most -= line + len(v); most < 0 {
				return nil, nil
			}
			names, values = append(names, name), append(values, v)
		}
	}
	return names, values
}
