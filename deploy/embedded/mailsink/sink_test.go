package mailsink_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"xushi/deploy/embedded/mailsink"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const letter = "From: a@example.gov.cn\r\nTo: b@example.gov.cn\r\nDate: Mon, 01 Jul 2024 08:00:00 +0800\r\nMessage-ID: <one@example.gov.cn>\r\n\r\nbody\r\n"

func start(t *testing.T, o mailsink.Options) *mailsink.Sink {
	t.Helper()
	o.Logger = slog.New(slog.DiscardHandler)
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	s, err := mailsink.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return s
}

func send(s *mailsink.Sink, to, message string) error {
	c, err := smtp.Dial(s.Addr())
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	if err := c.SendMail("a@example.gov.cn", []string{to}, strings.NewReader(message)); err != nil {
		return err
	}
	return c.Quit()
}

// kept lists the files of a sink's folder with their contents.
func kept(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = string(content)
	}
	return files
}

func TestKeepsALetterByteForByteAndOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := start(t, mailsink.Options{Dir: dir})
	second := strings.Replace(letter, "<one@", "<two@", 1)
	for _, m := range []struct{ to, message string }{
		{"b@example.gov.cn", letter}, {"b@example.gov.cn", letter}, // delivered again
		{"b@example.gov.cn", second}, {"c@example.gov.cn", letter},
	} {
		if err := send(s, m.to, m.message); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for name, content := range kept(t, dir) {
		got = append(got, name[:strings.LastIndexByte(name, '_')]+" "+content) // the hash is not for people
	}
	slices.Sort(got)
	want := []string{
		"2024-07-01_0800_b@example.gov.cn " + letter,
		"2024-07-01_0800_b@example.gov.cn " + second,
		"2024-07-01_0800_c@example.gov.cn " + letter,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestARecipientCannotChooseAPath(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := start(t, mailsink.Options{Dir: dir})
	if err := send(s, "/etc/x*y@example.gov.cn", letter); err != nil {
		t.Fatal(err)
	}
	for name := range kept(t, dir) {
		if !strings.HasPrefix(name, "2024-07-01_0800__etc_x_y@example.gov.cn_") {
			t.Errorf("file %q", name)
		}
	}
	if n := len(kept(t, dir)); n != 1 {
		t.Errorf("%d files, want 1", n)
	}
}

func TestRefusesWhatItCannotKeep(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s := start(t, mailsink.Options{Dir: dir, MaxBytes: 1000})
	for name, tc := range map[string]struct {
		message string
		code    int
	}{
		"too large":    {letter + strings.Repeat("0123456789\r\n", 100), 552},
		"not a letter": {"no header here\r\n", 554},
	} {
		err := send(s, "b@example.gov.cn", tc.message)
		reply, ok := errors.AsType[*smtp.SMTPError](err)
		if !ok || reply.Code != tc.code {
			t.Errorf("%s: %v, want code %d", name, err, tc.code)
		}
	}
	if files := kept(t, dir); len(files) != 0 {
		t.Errorf("kept %v", files)
	}
}

func TestAFolderThatIsGoneIsATemporaryFailure(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "mail")
	s := start(t, mailsink.Options{Dir: dir})
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	reply, ok := errors.AsType[*smtp.SMTPError](send(s, "b@example.gov.cn", letter))
	if !ok || !reply.Temporary() {
		t.Errorf("%v, want a temporary failure", reply)
	}
}

func TestSweepsWhatAKilledProcessLeft(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, content := range map[string]string{".x.eml.123.part": "half", "kept.eml": "whole"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	start(t, mailsink.Options{Dir: dir})
	if diff := cmp.Diff(map[string]string{"kept.eml": "whole"}, kept(t, dir)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

func TestSaysWhichPortIsInUse(t *testing.T) {
	t.Parallel()
	s := start(t, mailsink.Options{Dir: t.TempDir()})
	_, err := mailsink.Start(t.Context(), mailsink.Options{Listen: s.Addr(), Dir: t.TempDir(), Logger: slog.New(slog.DiscardHandler)})
	taken, ok := errors.AsType[*mailsink.PortInUseError](err)
	if !ok || taken.Addr != s.Addr() {
		t.Errorf("%v, want a PortInUseError of %s", err, s.Addr())
	}
}

func TestListensOnLoopbackOnly(t *testing.T) {
	t.Parallel()
	for _, listen := range []string{"0.0.0.0:0", ":0", "[::]:0", "example.gov.cn:25", "2525"} {
		_, err := mailsink.Start(t.Context(), mailsink.Options{Listen: listen, Dir: t.TempDir(), Logger: slog.New(slog.DiscardHandler)})
		if err == nil {
			t.Errorf("it listens on %s", listen)
		}
	}
}

// A client that hangs on must not keep the program from ending.
func TestStopCutsWhoHangsOn(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	s, err := mailsink.Start(t.Context(), mailsink.Options{Listen: "127.0.0.1:0", Dir: t.TempDir(), Logger: slog.New(slog.NewTextHandler(&log, nil))})
	if err != nil {
		t.Fatal(err)
	}
	silent, err := net.Dial("tcp", s.Addr())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.Close() }()
	greeting := make([]byte, 3)
	if _, err := silent.Read(greeting); err != nil || string(greeting) != "220" {
		t.Fatalf("greeting %q, %v", greeting, err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	for range 2 { // twice is safe
		if err := s.Stop(ctx); err != nil {
			t.Error(err)
		}
	}
	if _, err := net.Dial("tcp", s.Addr()); err == nil {
		t.Error("it still listens")
	}
	if log.Len() > 0 {
		t.Errorf("a planned stop was logged as trouble: %s", log.String())
	}
}

func TestStopRightAfterStart(t *testing.T) {
	t.Parallel()
	for range 200 {
		s, err := mailsink.Start(t.Context(), mailsink.Options{Listen: "127.0.0.1:0", Dir: t.TempDir(), Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Stop(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
}
