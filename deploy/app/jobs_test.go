package app_test

import (
	"context"
	"log/slog"
	"net"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"xushi/deploy/app"
	"xushi/deploy/config"
	"xushi/deploy/embedded/engine"
	"xushi/deploy/embedded/mailsink"
	"xushi/deploy/embedded/natsd"
	"xushi/deploy/embedded/natsdtest"
	"xushi/schema"
)

// Two processes with the role jobs start on the Monday on which a letter is due: each mailbox gets one, both
// processes say on /metrics that it was sent, and the letters to come are due.
func TestTwoProcessesSendOneLetter(t *testing.T) {
	t.Parallel()
	e, err := engine.Start(t.Context(), engine.Options{DataDir: t.TempDir(), Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Stop(context.Background()) })
	dir := t.TempDir()
	sink, err := mailsink.Start(t.Context(), mailsink.Options{Listen: "127.0.0.1:0", Dir: dir, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sink.Stop(context.Background()) })
	cfg := jobsAlone(t, natsdtest.Start(t, natsd.Options{Dir: t.TempDir()}).URL(), e.DSN("progress"), sink.Addr())
	var pages []string
	for range 2 {
		pages = append(pages, start(t, cfg))
	}
	for _, page := range pages {
		for deadline := time.Now().Add(patience); ; <-time.After(100 * time.Millisecond) {
			_, figures := get(t, page+"/metrics")
			if strings.Contains(figures, `xushi_weekly_last_success_timestamp{plan="hongqiao-2024"}`) &&
				strings.Contains(figures, `xushi_weekly_due_timestamp{plan="hongqiao-2024"} 1.719792e+09`) &&
				strings.Contains(figures, `xushi_weekly_late{plan="hongqiao-2024"} 0`) && strings.Contains(figures, `xushi_mail_letters{state="sent"} 2`) {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("the letters' figures are\n%s", figures)
			}
		}
	}
	if sent, err := filepath.Glob(filepath.Join(dir, "*.eml")); err != nil || len(sent) != 2 {
		t.Errorf("%v were sent (%v), want one letter to each of two mailboxes", sent, err)
	}
}

func jobsAlone(t *testing.T, natsURL, clickhouse, smtp string) config.Config {
	t.Helper()
	cfg := config.Default()
	cfg.NATS.URL, cfg.ClickHouse.URL, cfg.Roles, cfg.HTTP.Listen = natsURL, clickhouse, []string{config.JobsRole}, "127.0.0.1:0"
	cfg.Simulation.Allow = true // the plan's first version is in force from its first day
	cfg.Letter.Recipients, cfg.Letter.English = []string{"a@example.org", "b@example.org"}, []string{"b@example.org"}
	host, port, err := net.SplitHostPort(smtp)
	if err != nil {
		t.Fatal(err)
	}
	if cfg.SMTP.Port, err = strconv.Atoi(port); err != nil {
		t.Fatal(err)
	}
	cfg.SMTP.Host = host
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	return cfg
}

// start runs a process whose clock began at the moment of a letter, and tells where its status page is.
func start(t *testing.T, cfg config.Config) (page string) {
	t.Helper()
	monday, began := time.Date(2024, 7, 1, 8, 0, 0, 0, schema.Shanghai), time.Now()
	log := &statusLog{url: make(chan string, 1)}
	a, err := app.Open(t.Context(), cfg, slog.New(slog.NewTextHandler(log, nil)), func() time.Time { return monday.Add(time.Since(began)) }, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range a.Offices {
		if _, err := o.Begin(t.Context(), monday); err != nil {
			t.Fatal(err)
		}
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
	return <-log.url
}
