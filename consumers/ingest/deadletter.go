package ingest

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"

	"xushi/schema"
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
	headerOriginal = "Xushi-Original-"       // prefix

	maxOriginalHeaders = 16 << 10 // bytes; a header block larger than this is left in PROGRESS
	maxElementHeaders  = 1 << 10  // the same for a batch, whose headers would be copied for each element
)

type deadLetter struct {
	reason  schema.Reason
	message *nats.Msg
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
	copyOriginal(msg.Header, m.Header, most)
	msg.Data = o.Raw
	if o.Rejection.Reason == schema.TooLarge && len(o.Raw) > schema.DeadLetterBytes {
		sum := sha256.Sum256(o.Raw)
		set(headerLength, strconv.Itoa(len(o.Raw)))
		set(headerSHA256, hex.EncodeToString(sum[:]))
		msg.Data = o.Raw[:schema.DeadLetterBytes]
	}
	return deadLetter{reason: o.Rejection.Reason, message: msg}
}

func copyOriginal(to nats.Header, from map[string][]string, most int) {
	size := 0
	for name, values := range from {
		for _, v := range values {
			size += len(name) + len(v)
		}
	}
	if size > most {
		return
	}
	for name, values := range from {
		for _, v := range values {
			to.Add(headerOriginal+name, v)
		}
	}
}
