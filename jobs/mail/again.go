package mail

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"mime"
	"strings"

	"github.com/emersion/go-message/textproto"
)

// Resending is what a message that is sent again says of that.
type Resending struct {
	Number int // the first time 1
	Reason string
	By     string
}

// ResendMark stands before the subject of a message that is sent again.
const ResendMark = "【重发】"

// Again makes of a message that Build made one that is sent again: with a mark in its subject, an id of its own
// that refers to the first one's, and the same body, byte for byte.
func Again(message []byte, r Resending) (again []byte, id string, err error) {
	in := bufio.NewReader(bytes.NewReader(message))
	h, err := textproto.ReadHeader(in)
	if err != nil {
		return nil, "", fmt.Errorf("read the message to be sent again: %w", err)
	}
	body, err := io.ReadAll(in)
	if err != nil {
		return nil, "", fmt.Errorf("read the message to be sent again: %w", err)
	}
	first := h.Get("Message-Id")
	local, domain, ok := strings.Cut(strings.Trim(first, "<>"), "@")
	if !ok {
		return nil, "", fmt.Errorf("the message to be sent again has no proper Message-ID but %q", first)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(h.Get("Subject"))
	if err != nil {
		return nil, "", fmt.Errorf("the subject of %s: %w", first, err)
	}
	id = fmt.Sprintf("<%s.resend-%d@%s>", local, r.Number, domain)
	h.Set("Message-Id", id)
	h.Set("References", first)
	h.Set("Subject", encodedWords(ResendMark+subject))
	h.Set("Xushi-Resend-Of", first)
	h.Set("Xushi-Reason", encodedWords(r.Reason))
	h.Set("Xushi-By", encodedWords(r.By))
	var b bytes.Buffer
	if err := textproto.WriteHeader(&b, h); err != nil {
		return nil, "", fmt.Errorf("write the header of %s: %w", id, err)
	}
	return append(b.Bytes(), body...), id, nil
}
