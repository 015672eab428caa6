package app_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"xushi/deploy/app"
	"xushi/deploy/config"
	"xushi/deploy/embedded/engine"
	"xushi/deploy/embedded/natsd"
	"xushi/deploy/embedded/natsdtest"
	"xushi/seeds"
)

// patience is for the slowest machine; what takes longer hangs.
const patience = 2 * time.Minute

// statusLog finds the status page's address in the log.
type statusLog struct {
	once sync.Once
	url  chan string
}

var statusURL = regexp.MustCompile(`url=(http://[0-9.:]+)/readyz`)

func (l *statusLog) Write(line []byte) (int, error) {
	if found := statusURL.FindSubmatch(line); found != nil {
		l.once.Do(func() { l.url <- string(found[1]) })
	}
	return len(line), nil
}

// serve runs a process with an engine of its own, and gives where it tells its status.
func serve(t *testing.T) (url string, e *engine.Process) {
	t.Helper()
	e, err := engine.Start(t.Context(), engine.Options{DataDir: t.TempDir(), Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Stop(context.Background()) })
	cfg := config.Default()
	cfg.NATS.URL = natsdtest.Start(t, natsd.Options{Dir: t.TempDir()}).URL()
	cfg.ClickHouse.URL, cfg.Ledgers, cfg.Roles = e.DSN("progress"), []string{seeds.Default}, []string{config.IngestRole}
	cfg.HTTP.Listen = "127.0.0.1:0"
	log := &statusLog{url: make(chan string, 1)}
	a, err := app.Open(t.Context(), cfg, slog.New(slog.NewTextHandler(log, nil)), time.Now, 0)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("Run: %v", err)
		}
		if err := a.Close(context.Background()); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	select {
	case url = <-log.url:
		return url, e
	case err := <-ended:
		ended <- err
		t.Fatalf("it ended: %v", err)
		return "", nil
	}
}

func get(t *testing.T, url string) (status int, body string) {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Body.Close() }()
	text, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(text)
}

// becomes waits until the page answers with a status and says something.
func becomes(t *testing.T, url string, status int, says string) {
	t.Helper()
	look, deadline := time.NewTicker(50*time.Millisecond), time.After(patience)
	defer look.Stop()
	for {
		got, body := get(t, url)
		if got == status && strings.Contains(body, says) {
			return
		}
		select {
		case <-look.C:
		case <-deadline:
			t.Fatalf("%s says %d %q; want %d %q", url, got, body, status, says)
		}
	}
}

// ClickHouse hangs (its process is stopped, its connections stay open). The process is alive, and says what it
// waits for; neither a probe nor a scrape waits with it. When ClickHouse goes on, so does it.
func TestStatusWhileTheStoreHangs(t *testing.T) {
	t.Parallel()
	url, e := serve(t)
	becomes(t, url+"/readyz", http.StatusOK, "ok")
	becomes(t, url+"/metrics", http.StatusOK, "\nxushi_store_connected 1\n")

	if err := syscall.Kill(e.PID(), syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Kill(e.PID(), syscall.SIGCONT) }) // it may be gone
	becomes(t, url+"/readyz", http.StatusServiceUnavailable, "store")
	if status, body := get(t, url+"/healthz"); status != http.StatusOK {
		t.Errorf("a restart would mend nothing, yet /healthz says %d %q", status, body)
	}
	becomes(t, url+"/metrics", http.StatusOK, "\nxushi_store_connected 0\n")

	if err := syscall.Kill(e.PID(), syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	becomes(t, url+"/readyz", http.StatusOK, "ok")
	becomes(t, url+"/metrics", http.StatusOK, "\nxushi_store_connected 1\n")
}

// Every metric has a name of ours with its unit, and what is promised to whoever watches is there from the start.
func TestMetricsThatAreThere(t *testing.T) {
	t.Parallel()
	url, _ := serve(t)
	becomes(t, url+"/metrics", http.StatusOK, `xushi_stream_fill_ratio{stream="PROGRESS"}`)
	becomes(t, url+"/metrics", http.StatusOK, `xushi_ingest_pending_messages{consumer="ingest"}`)
	becomes(t, url+"/metrics", http.StatusOK, `xushi_store_view_failed{view="progress_current"} 0`)
	_, body := get(t, url+"/metrics")
	for _, want := range []string{
		"xushi_ingest_rows_total", "xushi_ingest_insert_seconds_bucket", "xushi_ingest_batch_rows_bucket", "xushi_ingest_floor_sequence", `xushi_ingest_owned{consumer="ingest"}`,
		"xushi_ingest_floor_blocked_seconds", "xushi_ingest_last_success_timestamp_seconds", "xushi_ingest_unacknowledged_messages", "xushi_ingest_lag_seconds",
		"xushi_stream_bytes", "xushi_stream_connected", "xushi_store_connected", "go_goroutines", "process_resident_memory_bytes",
	} {
		if !strings.Contains(body, "\n"+want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
}
