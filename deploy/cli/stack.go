package cli

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"

	"xushi/deploy/app"
	"xushi/deploy/embedded/engine"
	"xushi/deploy/embedded/mailsink"
	"xushi/deploy/embedded/natsd"
	"xushi/schema/store"
)

// stack is the servers that `xushi up` works with: embedded ones, or those it was pointed at.
type stack struct {
	natsURL, clickhouseURL string
	smtpHost               string
	smtpPort               int
	mailDir                string

	engine *engine.Process // nil if one that is there is used
}

func startStack(ctx context.Context, out io.Writer, o upOptions, stops *app.Stops) (*stack, error) {
	s := &stack{natsURL: o.natsURL, clickhouseURL: o.clickhouseURL, mailDir: filepath.Join(o.data, "mail")}
	log := warnings()
	if s.natsURL == "" {
		server, err := natsd.Start(natsd.Options{Listen: o.natsListen, Dir: filepath.Join(o.data, "nats"), Logger: log})
		if err != nil {
			return nil, nameFlag(err, "--nats-listen")
		}
		stops.On("NATS", server.Stop)
		s.natsURL = server.URL()
		showServer(out, "NATS", server.Version(), s.natsURL)
	}
	if s.clickhouseURL == "" {
		process, err := engine.Start(ctx, engine.Options{
			Listen: o.clickhouseListen, DataDir: filepath.Join(o.data, "clickhouse"), Logger: log, Progress: os.Stderr,
		})
		if err != nil {
			return nil, nameFlag(err, "--clickhouse-listen")
		}
		stops.On("ClickHouse", process.Stop)
		s.engine, s.clickhouseURL = process, process.URL()+"/"+store.DefaultDatabase
		showServer(out, "ClickHouse", process.Version(), process.URL())
	}
	sink, err := mailsink.Start(ctx, mailsink.Options{Listen: o.smtpListen, Dir: s.mailDir, Logger: log})
	if err != nil {
		return nil, nameFlag(err, "--smtp-listen")
	}
	stops.On("mail sink", sink.Stop)
	host, port, err := net.SplitHostPort(sink.Addr())
	if err != nil {
		return nil, fmt.Errorf("mail sink: %w", err)
	}
	s.smtpHost = host
	s.smtpPort, err = strconv.Atoi(port)
	return s, err
}

func showServer(out io.Writer, name, version, at string) {
	fmt.Fprintf(out, "%-22s%s\n", name+" "+version, at)
}

// showForeign names the servers that were there.
func showForeign(out io.Writer, s *stack, a *app.App, o upOptions) error {
	if o.natsURL != "" {
		showServer(out, "NATS", a.NATS.ConnectedServerVersion(), a.NATS.ConnectedUrlRedacted())
	}
	if o.clickhouseURL == "" {
		return nil
	}
	v, err := a.Store.ServerVersion()
	if err != nil {
		return fmt.Errorf("ask ClickHouse for its version: %w", err)
	}
	showServer(out, "ClickHouse", v.Version.String(), app.Redacted(s.clickhouseURL))
	return nil
}

// watch fails the work when the embedded engine dies.
func (s *stack) watch(work context.Context, fail context.CancelCauseFunc) {
	if s.engine == nil {
		return
	}
	select {
	case <-s.engine.Done():
		fail(fmt.Errorf("%w; start again on the same folder, nothing stored is lost", s.engine.Err()))
	case <-work.Done():
	}
}
