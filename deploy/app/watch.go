package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"

	"xushi/schema"
	"xushi/schema/store"
)

const (
	watchEvery  = 10 * time.Second
	watchAnswer = 5 * time.Second // that a server has for its figures
	fillWarning = 0.8             // of a stream that refuses what is beyond its MaxBytes
)

// watch asks the servers how full and how late everything is, again and again, so that a scrape or a probe tells
// what was last heard and never waits for a server that hangs.
type watch struct {
	js    jetstream.JetStream
	store driver.Conn
	reads []schema.Reader // who bring the log into the store
	log   *slog.Logger

	letters question // of the office's letters; nil without the jobs role

	tight   map[string]bool   // streams that are nearly full
	failing map[string]string // views that cannot be refreshed, and why

	mu    sync.Mutex
	heard map[string]heard // by server: "streams", "store", "letters" (of the bucket)
}

// heard is what one server said the last time, and when it last gave figures.
type heard struct {
	figures []prometheus.Metric
	at      time.Time
	err     error
}

func newWatch(js jetstream.JetStream, conn driver.Conn, readers []schema.Reader, log *slog.Logger) *watch {
	return &watch{js: js, store: conn, reads: readers, log: log, heard: map[string]heard{}, tight: map[string]bool{}, failing: map[string]string{}}
}

// run asks until ctx ends. The servers are asked side by side: one that hangs does not hide the other's figures.
func (w *watch) run(ctx context.Context) error {
	var asking sync.WaitGroup
	asking.Go(func() { w.again(ctx, "streams", w.streams) })
	asking.Go(func() { w.again(ctx, "store", w.views) })
	if w.letters != nil {
		asking.Go(func() { w.again(ctx, "letters", w.letters) })
	}
	asking.Wait()
	return nil
}

type question func(context.Context) ([]prometheus.Metric, error)

func (w *watch) again(ctx context.Context, server string, ask question) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		asking, cancel := context.WithTimeout(ctx, watchAnswer)
		figures, err := ask(asking)
		cancel()
		if ctx.Err() != nil {
			return
		}
		w.hear(server, figures, err)
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// hear keeps an answer. Where there was none it keeps the figures of before, and logs where that begins and ends.
func (w *watch) hear(server string, figures []prometheus.Metric, err error) {
	w.mu.Lock()
	before := w.heard[server]
	now := heard{figures, time.Now(), nil}
	if err != nil {
		now = heard{before.figures, before.at, err}
	}
	w.heard[server] = now
	w.mu.Unlock()
	switch {
	case err != nil && before.err == nil:
		w.log.Warn("a server does not give its figures", "server", server, "err", err)
	case err == nil && before.err != nil:
		w.log.Warn("a server gives its figures again", "server", server, "after", now.at.Sub(before.at).Round(time.Second))
	}
}

// health is what could not be asked the last time.
func (w *watch) health() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	var errs []error
	for _, server := range []string{"streams", "store"} {
		err := w.heard[server].err
		switch {
		case store.Missing(err):
			errs = append(errs, fmt.Errorf("%s: the database is gone; `xushi replay` makes it anew from the logs: %w", server, err))
		case err != nil:
			errs = append(errs, fmt.Errorf("%s: no figures: %w", server, err))
		}
	}
	return errors.Join(errs...)
}

// Describe says nothing: which streams and consumers there are is known only when they were asked.
func (w *watch) Describe(chan<- *prometheus.Desc) {}

// Collect tells what was heard, and asks nobody.
func (w *watch) Collect(to chan<- prometheus.Metric) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, h := range w.heard {
		for _, m := range h.figures {
			to <- m
		}
	}
	at := func(server string) float64 { return float64(w.heard[server].at.Unix()) }
	answers := func(server string) bool { return !w.heard[server].at.IsZero() && w.heard[server].err == nil }
	to <- gauge(streamConnected, number(w.js.Conn().IsConnected()))
	to <- gauge(streamAnswered, max(0, at("streams")))
	to <- gauge(storeConnected, number(answers("store")))
	to <- gauge(storeAnswered, max(0, at("store")))
}

// streams asks of every stream how full it is, and of the log how far its readers are.
func (w *watch) streams(ctx context.Context) (figures []prometheus.Metric, err error) {
	for _, name := range []string{schema.ProgressStream, schema.OfficeStream, schema.DeadLettersStream, schema.MailStream} {
		stream, err := w.js.Stream(ctx, name)
		if err != nil {
			return nil, fmt.Errorf("stream %s: %w", name, err)
		}
		w.warn(stream.CachedInfo())
		figures = append(figures, streamFigures(stream.CachedInfo())...)
		if name != schema.ProgressStream {
			continue
		}
		readers, err := w.readers(ctx, stream)
		if err != nil {
			return nil, fmt.Errorf("consumers of stream %s: %w", name, err)
		}
		figures = append(figures, readers...)
	}
	return figures, nil
}

// warn says when a stream gets nearly full, and when it has room again. One that drops its oldest messages is meant
// to be full.
func (w *watch) warn(info *jetstream.StreamInfo) {
	tight := fill(info) >= fillWarning
	if info.Config.Discard != jetstream.DiscardNew || tight == w.tight[info.Config.Name] {
		return
	}
	w.tight[info.Config.Name] = tight
	log := w.log.With("stream", info.Config.Name, "bytes", info.State.Bytes, "max_bytes", info.Config.MaxBytes)
	if tight {
		log.Warn("a stream is nearly full; once it is, it refuses everything new: give it more (nats.progress_bytes, nats.office_bytes, nats.mail_bytes)")
		return
	}
	log.Info("a stream has room again")
}

// readers tells of every consumer by which this installation stores the log how far behind it is. Those of before the
// log was divided otherwise may still be there, and get further and further behind.
func (w *watch) readers(ctx context.Context, stream jetstream.Stream) (figures []prometheus.Metric, err error) {
	for _, r := range w.reads {
		c, err := stream.Consumer(ctx, r.Consumer)
		if errors.Is(err, jetstream.ErrConsumerNotFound) {
			continue // no ingest has started yet
		}
		if err != nil {
			return nil, err
		}
		figures = append(figures, readerFigures(c.CachedInfo(), lateness(ctx, stream, c.CachedInfo()))...)
	}
	return figures, nil
}

// lateness is how long ago the oldest message came that is not acknowledged; 0: there is none.
func lateness(ctx context.Context, stream jetstream.Stream, c *jetstream.ConsumerInfo) time.Duration {
	if c.NumPending == 0 && c.NumAckPending == 0 {
		return 0
	}
	oldest, err := stream.GetMsg(ctx, c.AckFloor.Stream+1, jetstream.WithGetMsgSubject(c.Config.FilterSubject))
	if err != nil {
		return 0 // it was acknowledged meanwhile; if it is the server, the next question tells
	}
	return max(0, time.Since(oldest.Time))
}

// views asks the store how old its refreshed views are, and so whether it is there.
func (w *watch) views(ctx context.Context) (figures []prometheus.Metric, err error) {
	ages, err := store.ViewAges(ctx, w.store)
	if err != nil {
		return nil, err
	}
	for _, a := range ages {
		figures = append(figures, viewFigures(a)...)
		if before := w.failing[a.View]; a.Failure != "" && before == "" {
			w.log.Warn("a view cannot be refreshed, and shows what it last had", "view", a.View, "err", a.Failure)
		} else if a.Failure == "" && before != "" {
			w.log.Info("a view is refreshed again", "view", a.View)
		}
		w.failing[a.View] = a.Failure
	}
	return figures, nil
}
