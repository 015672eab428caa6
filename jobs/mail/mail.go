// Package mail puts a letter into an envelope and hands it to an SMTP server. Build is pure: the same
// letter to the same recipient is the same message, byte for byte, so that what was queued, what was
// sent and what a sink keeps can be compared. Sender speaks SMTP and says of every failure whether
// trying again may help.
//
// It keeps no queue and never tries twice: package jobs/post does that.
package mail

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/mail"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-message"

	"xushi/jobs/letter"
	"xushi/schema"
)

const xlsx = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// Build makes the message, an .eml file: plain text, and as far as the letter has them the same in HTML and
// the workbook. From and to are single addresses, with or without a name; its date is the letter's as-of moment.
//
// It is written with go-message rather than go-mail, which takes a boundary for one multipart only and
// draws the inner one at random.
func Build(l *letter.Letter, from, to string) ([]byte, error) {
	sender, err := parse(from)
	if err != nil {
		return nil, fmt.Errorf("build letter: from: %w", err)
	}
	recipient, err := parse(to)
	if err != nil {
		return nil, fmt.Errorf("build letter: to: %w", err)
	}
	id := MessageID(l, from, to)
	h := content(l, id)                       // headers are written in the reverse order of setting
	h.Set("Auto-Submitted", "auto-generated") // RFC 3834: no out-of-office replies, please
	h.Set("Message-ID", id)
	h.Set("Date", l.AsOf.In(schema.Shanghai).Format(time.RFC1123Z))
	h.Set("Subject", encodedWords(l.Subject))
	h.Set("To", recipient.String())
	h.Set("From", sender.String())

	var b bytes.Buffer
	if err := write(&b, h, func(w *message.Writer) error { return body(w, l, id) }); err != nil {
		return nil, fmt.Errorf("build letter to %s: %w", recipient.Address, err)
	}
	return b.Bytes(), nil
}

// content is the outermost type of the letter: what is attached makes it mixed, what can be read in two forms
// an alternative, and a plain text is just that.
func content(l *letter.Letter, id string) (h message.Header) {
	switch {
	case l.Workbook != nil:
		h.SetContentType("multipart/mixed", map[string]string{"boundary": boundary("mixed", id)})
	case l.HTML != "":
		h.SetContentType("multipart/alternative", map[string]string{"boundary": boundary("alternative", id)})
	default:
		h.Set("Content-Transfer-Encoding", "base64")
		h.SetContentType("text/plain", utf8)
	}
	return h
}

func body(w *message.Writer, l *letter.Letter, id string) error {
	switch {
	case l.Workbook != nil:
		if err := readable(w, l, id); err != nil {
			return err
		}
		return part(w, xlsx, map[string]string{"name": l.WorkbookName}, l.WorkbookName, l.Workbook)
	case l.HTML != "":
		return alternatives(w, l)
	default:
		_, err := io.WriteString(w, crlf(l.Text))
		return err
	}
}

// MessageID is the same for the same plan, period, kind, sender and recipient, so that a letter sent twice is
// known as one letter. Names beside the addresses do not count.
func MessageID(l *letter.Letter, from, to string) string {
	from, to = bare(from), bare(to)
	sum := sha256.Sum256([]byte(from + "\x00" + to))
	return fmt.Sprintf("<%s.%s.%s.%s@%s>", l.Plan, l.Period, l.Kind, hex.EncodeToString(sum[:6]), from[strings.LastIndexByte(from, '@')+1:])
}

// readable is the part of a letter that is read where it has an attachment too.
func readable(mixed *message.Writer, l *letter.Letter, id string) error {
	if l.HTML == "" {
		return part(mixed, "text/plain", utf8, "", []byte(crlf(l.Text)))
	}
	var h message.Header
	h.SetContentType("multipart/alternative", map[string]string{"boundary": boundary("alternative", id)})
	w, err := mixed.CreatePart(h)
	if err != nil {
		return err
	}
	if err := alternatives(w, l); err != nil {
		return err
	}
	return w.Close()
}

// alternatives are the letter in two forms: programs show the last one that they understand.
func alternatives(w *message.Writer, l *letter.Letter) error {
	if err := part(w, "text/plain", utf8, "", []byte(crlf(l.Text))); err != nil {
		return err
	}
	return part(w, "text/html", utf8, "", []byte(crlf(l.HTML)))
}

var utf8 = map[string]string{"charset": "utf-8"}

// part is in base64: Chinese is a third longer in it, and three times longer in quoted-printable. A file
// name is ASCII (the letter sees to that): mail programs disagree about the encodings of any other.
func part(parent *message.Writer, mediaType string, params map[string]string, file string, content []byte) error {
	var h message.Header
	h.Set("Content-Transfer-Encoding", "base64")
	if file != "" {
		h.SetContentDisposition("attachment", map[string]string{"filename": file})
	}
	h.SetContentType(mediaType, params)
	w, err := parent.CreatePart(h)
	if err != nil {
		return err
	}
	if _, err := w.Write(content); err != nil {
		return err
	}
	return w.Close()
}

func write(to io.Writer, h message.Header, body func(*message.Writer) error) error {
	w, err := message.CreateWriter(to, h)
	if err != nil {
		return err
	}
	if err := body(w); err != nil {
		return err
	}
	return w.Close()
}

func bare(address string) string {
	if a, err := mail.ParseAddress(address); err == nil {
		return a.Address
	}
	return address
}

// Address is the bare address in one that may bear a name: what tells mailboxes apart. Its error says what
// cannot be delivered everywhere.
func Address(address string) (string, error) {
	a, err := parse(address)
	if err != nil {
		return "", err
	}
	return a.Address, nil
}

// parse takes one address that plain SMTP can carry.
func parse(address string) (*mail.Address, error) {
	a, err := mail.ParseAddress(address)
	if err != nil {
		return nil, fmt.Errorf("address %q: %w", address, err)
	}
	for _, r := range a.Address {
		if r <= ' ' || r > '~' {
			return nil, fmt.Errorf("address %q: only printable ASCII can be delivered everywhere", address)
		}
	}
	if strings.ContainsAny(a.Name, "\r\n") {
		return nil, fmt.Errorf("address %q: a name is one line", address)
	}
	return a, nil
}

// encodedWords writes a header's text as RFC 2047 asks: words short enough that no line has to be longer
// than 76 characters, each of whole characters, the white space between them meaning nothing.
func encodedWords(s string) string {
	const characters = 12 // 36 bytes of Chinese, 48 in base64
	var words []string
	for piece := range slices.Chunk([]rune(s), characters) {
		words = append(words, "=?utf-8?b?"+base64.StdEncoding.EncodeToString([]byte(string(piece)))+"?=")
	}
	return strings.Join(words, " ")
}

// boundary cannot occur in a body, every one of which is in base64.
func boundary(kind, id string) string {
	sum := sha256.Sum256([]byte(kind + id))
	return "=_" + kind + "_" + hex.EncodeToString(sum[:12])
}

func crlf(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }
