package cli_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-message"
	_ "github.com/emersion/go-message/charset"

	"xushi/deploy/cli"
	"xushi/deploy/embedded/engine"
)

// asXushi marks a process that is to be the real command line: a test that kills one needs it to be a
// process of its own.
const asXushi = "XUSHI_TEST_AS_XUSHI"

func TestMain(m *testing.M) {
	engine.RunIfChild()
	if os.Getenv(asXushi) != "" {
		os.Exit(cli.Main(os.Args[1:]))
	}
	os.Exit(m.Run())
}

// xushi prepares the command line as a process.
func xushi(ctx context.Context, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, os.Args[0], args...)
	cmd.Env = append(os.Environ(), asXushi+"=1")
	return cmd
}

// upOnce runs `xushi up --once` to its end and returns what it printed.
func upOnce(t *testing.T, data string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	cmd := xushi(ctx, append([]string{"up", "--once", "--data", data, "--http-listen", "",
		"--nats-listen", "127.0.0.1:0", "--clickhouse-listen", "127.0.0.1:0", "--smtp-listen", "127.0.0.1:0"}, args...)...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("xushi up --once: %v\n%s\n%s", err, out, errs.Bytes())
	}
	return string(out)
}

// tableOf cuts the table of statuses out of what `up` printed.
func tableOf(t *testing.T, out string) string {
	t.Helper()
	from, to := strings.Index(out, "┌"), strings.LastIndex(out, "┘")
	if from < 0 || to < from {
		t.Fatalf("no table in:\n%s", out)
	}
	return out[from:to]
}

// lettersOf reads what the mail sink keeps of a run, by Message-ID: no letter may be there twice.
func lettersOf(t *testing.T, data string) map[string][]byte {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(data, "mail", "*.eml"))
	if err != nil {
		t.Fatal(err)
	}
	letters := map[string][]byte{}
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		m, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		id := m.Header.Get("Message-ID")
		if letters[id] != nil {
			t.Errorf("%s arrived twice", id)
		}
		letters[id] = raw
	}
	return letters
}

// letterOf reads the one letter of a week that a run left among so many, and returns its subject and its
// decoded text.
func letterOf(t *testing.T, data, week string, among int) (subject, text string) {
	t.Helper()
	letters := lettersOf(t, data)
	if len(letters) != among {
		t.Errorf("%d letters, want %d", len(letters), among)
	}
	var raw []byte
	for id, letter := range letters {
		if strings.Contains(id, "."+week+".") {
			raw = letter
		}
	}
	if raw == nil {
		t.Fatalf("no letter of %s among %d", week, len(letters))
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		t.Fatal(err)
	}
	entity, err := message.Read(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	err = entity.Walk(func(_ []int, part *message.Entity, err error) error {
		if err != nil {
			return err
		}
		if kind, _, _ := part.Header.ContentType(); kind == "text/plain" {
			body, err := io.ReadAll(part.Body)
			text = string(body)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return subject, text
}

// awaitLine reads from r until a line holds what is wanted, and keeps draining it afterwards.
func awaitLine(r *output, want string, within time.Duration) (string, error) {
	deadline := time.After(within)
	for {
		if line, ok := r.find(want); ok {
			return line, nil
		}
		select {
		case <-r.more:
		case <-r.done:
			if line, ok := r.find(want); ok {
				return line, nil
			}
			return "", errors.New("ended without " + want + "; it said:\n" + r.String())
		case <-deadline:
			return "", fmt.Errorf("no %q within %s; it said:\n%s", want, within, r)
		}
	}
}
