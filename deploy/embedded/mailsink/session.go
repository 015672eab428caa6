package mailsink

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/mail"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/emersion/go-smtp"

	"xushi/schema"
)

// session is one client's conversation.
type session struct {
	sink *Sink
	to   []string
}

// Mail takes any sender.
func (s *session) Mail(string, *smtp.MailOptions) error { return nil }

// Rcpt takes any recipient.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.to = append(s.to, to)
	return nil
}

// Data keeps the message; the client is told 250 only once it is on disk.
func (s *session) Data(r io.Reader) error {
	message, err := io.ReadAll(r)
	if err != nil {
		return err // too large, or the connection broke
	}
	name, err := fileName(message, s.to)
	if err != nil {
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: err.Error()}
	}
	if err := save(s.sink.dir, name, message); err != nil {
		s.sink.log.Error("keep letter", "file", name, "err", err)
		return &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 3, 1}, Message: "cannot store the message now"}
	}
	s.sink.log.Info("letter kept", "file", filepath.Join(s.sink.dir, name), "bytes", len(message))
	return nil
}

// Reset begins a new message.
func (s *session) Reset() { s.to = nil }

// Logout ends the conversation.
func (s *session) Logout() error { return nil }

// fileName is 2024-07-01_0800_<recipient>_<hash>.eml: sortable by date, readable, and the same for the
// same Message-ID and recipients.
func fileName(message []byte, to []string) (string, error) {
	m, err := mail.ReadMessage(bytes.NewReader(message))
	if err != nil {
		return "", fmt.Errorf("not an Internet message: %w", err)
	}
	date := "undated"
	if t, err := m.Header.Date(); err == nil {
		date = t.In(schema.Shanghai).Format("2006-01-02_1504")
	}
	identity := []byte(m.Header.Get("Message-ID"))
	if len(identity) == 0 {
		identity = message
	}
	recipients := slices.Sorted(slices.Values(to))
	sum := sha256.Sum256(append(identity, "\x00"+strings.Join(recipients, "\x00")...))
	return fmt.Sprintf("%s_%s_%s.eml", date, harmless(recipients[0]), hex.EncodeToString(sum[:4])), nil
}

const longest = 64

// harmless keeps what is safe in a file name on every system.
func harmless(address string) string {
	safe := strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', strings.ContainsRune("@.-+", r):
			return r
		default:
			return '_'
		}
	}, address)
	return safe[:min(len(safe), longest)]
}

const unfinished = ".part"

// save writes the file whole or not at all, and returns once it would survive a power cut.
func save(dir, name string, content []byte) error {
	f, err := os.CreateTemp(dir, "."+name+".*"+unfinished)
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }() // after the renaming there is nothing left to remove
	if _, err := f.Write(content); err != nil {
		_ = f.Close()
		return err
	}
	if err := f.Sync(); err != nil {
		_ = f.Close()
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if err := os.Chmod(f.Name(), 0o644); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), filepath.Join(dir, name)); err != nil {
		return err
	}
	return syncDir(dir)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	return d.Sync()
}
