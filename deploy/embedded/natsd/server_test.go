package natsd_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/goleak"

	"xushi/deploy/embedded/natsd"
	"xushi/deploy/embedded/natsdtest"
	"xushi/schema"
)

// childVariable makes this test binary a process that serves the folder it names, to be killed.
const childVariable = "XUSHI_NATSD_TEST_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childVariable); dir != "" {
		serveUntilKilled(dir)
	}
	goleak.VerifyTestMain(m)
}

func serveUntilKilled(dir string) {
	s, err := natsd.Start(natsd.Options{Dir: dir, Listen: "127.0.0.1:0"})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(s.URL())
	select {}
}

// connect gives JetStream with the product's streams.
func connect(t *testing.T, url string) jetstream.JetStream {
	t.Helper()
	js := natsdtest.Connect(t, url)
	natsdtest.EnsureStreams(t, js)
	return js
}

func publish(t *testing.T, js jetstream.JetStream, n int) {
	t.Helper()
	for i := range n {
		if _, err := js.Publish(t.Context(), "progress.p.d.c", fmt.Appendf(nil, "%d", i)); err != nil {
			t.Fatalf("publish %d: %v", i, err)
		}
	}
}

func stored(t *testing.T, js jetstream.JetStream) uint64 {
	t.Helper()
	stream, err := js.Stream(t.Context(), schema.ProgressStream)
	if err != nil {
		t.Fatalf("stream: %v", err)
	}
	return stream.CachedInfo().State.Msgs
}

func TestRestartKeepsWhatWasAcknowledged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := natsdtest.Start(t, natsd.Options{Dir: dir, SyncAlways: true})
	publish(t, connect(t, first.URL()), 10)
	natsdtest.Stop(t, first)
	natsdtest.Stop(t, first) // a second stop is safe

	second := natsdtest.Start(t, natsd.Options{Dir: dir})
	if got := stored(t, connect(t, second.URL())); got != 10 {
		t.Errorf("after a restart %d messages, want 10", got)
	}
}

func TestKillKeepsWhatWasAcknowledged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), childVariable+"="+dir)
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	url, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("child's address: %v", err)
	}
	publish(t, connect(t, strings.TrimSpace(url)), 100)
	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = child.Wait() // "signal: killed" is what we wanted

	s := natsdtest.Start(t, natsd.Options{Dir: dir})
	if got := stored(t, connect(t, s.URL())); got != 100 {
		t.Errorf("after kill -9 %d messages, want 100", got)
	}
}

func TestPayloadLimitIsTheContracts(t *testing.T) {
	t.Parallel()
	s := natsdtest.Start(t, natsd.Options{Dir: t.TempDir()})
	js := connect(t, s.URL())
	if got := js.Conn().MaxPayload(); got != schema.MaxPayload {
		t.Errorf("max_payload = %d, want %d", got, schema.MaxPayload)
	}
	if _, err := js.Publish(t.Context(), "progress.p.d.c", make([]byte, 2<<20)); err != nil {
		t.Errorf("2 MiB, which the ingest answers with a dead letter: %v", err)
	}
	if s.Version() == "" || s.Version() != js.Conn().ConnectedServerVersion() {
		t.Errorf("Version() = %q, the server says %q", s.Version(), js.Conn().ConnectedServerVersion())
	}
}

func TestPortInUse(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	dir := filepath.Join(t.TempDir(), "nats")
	_, err = natsd.Start(natsd.Options{Dir: dir, Listen: l.Addr().String()})
	inUse, ok := errors.AsType[*natsd.PortInUseError](err)
	if !ok || inUse.Addr != l.Addr().String() {
		t.Errorf("got %v, want a PortInUseError of %s", err, l.Addr())
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the data folder was touched (%v)", err)
	}
}

func TestDirInUse(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := natsdtest.Start(t, natsd.Options{Dir: dir})
	_, err := natsd.Start(natsd.Options{Dir: dir, Listen: "127.0.0.1:0"})
	if inUse, ok := errors.AsType[*natsd.DirInUseError](err); !ok || inUse.Dir != dir {
		t.Errorf("got %v, want a DirInUseError of %s", err, dir)
	}
	natsdtest.Stop(t, first)
	natsdtest.Start(t, natsd.Options{Dir: dir}) // the folder is free again
}

func TestWhatIsFatalToTheServerIsReturned(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	// Where JetStream wants its folder, there is a file.
	if err := os.WriteFile(filepath.Join(dir, "jetstream"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := natsd.Start(natsd.Options{Dir: dir, Listen: "127.0.0.1:0"})
	if err == nil || !strings.Contains(err.Error(), "JetStream") {
		t.Errorf("got %v, want an error that names JetStream", err)
	}
}

func TestStopIsBounded(t *testing.T) {
	t.Parallel()
	s := natsdtest.Start(t, natsd.Options{Dir: t.TempDir()})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	// Stopping may win the race against a context that has already ended; it must only not block or lie.
	if err := s.Stop(ctx); err != nil && !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want nil or context.Canceled", err)
	}
}

func TestDirIsRequired(t *testing.T) {
	t.Parallel()
	if _, err := natsd.Start(natsd.Options{Listen: "127.0.0.1:0"}); err == nil {
		t.Error("an empty Dir was taken")
	}
}
