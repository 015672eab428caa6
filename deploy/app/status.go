package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// serveStatus serves the status pages until ctx ends:
//
//	/healthz  200 while this process can recover by itself, so that a supervisor restarts it only where that helps
//	/readyz   200, or 503 with what is waited for, one part a line
//	/metrics  for Prometheus
//
// None of them asks a server: they tell what is known.
func (a *App) serveStatus(ctx context.Context) error {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(a.reg, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", probe(a.Alive))
	mux.HandleFunc("GET /readyz", probe(a.Health))
	listener, err := net.Listen("tcp", a.Config.HTTP.Listen)
	if err != nil {
		return fmt.Errorf("status page (http.listen): %w", err)
	}
	a.log.Info("status page", "url", "http://"+listener.Addr().String()+"/readyz")
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	defer context.AfterFunc(ctx, func() { _ = server.Close() })() // its error would be the listener's, which Serve returns
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("http.listen: %w", err)
	}
	return nil
}

func probe(wrong func() error) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if err := wrong(); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		_, _ = fmt.Fprintln(w, "ok") // a client that went away needs no answer
	}
}

// Alive is nil, or says what only a restart of this process can mend. A server that is away is not that.
func (a *App) Alive() error {
	if a.NATS.IsClosed() {
		return errors.New("NATS: the connection was closed for good")
	}
	return nil
}

// Health is nil, or says what this process is waiting for, one part a line.
func (a *App) Health() error {
	var errs []error
	if s := a.NATS.Status(); s != nats.CONNECTED {
		errs = append(errs, fmt.Errorf("NATS: %s", s))
	}
	if a.ingest != nil {
		errs = append(errs, a.ingest.Health(), a.follow.Health())
	}
	if a.post != nil {
		errs = append(errs, a.post.Health())
	}
	return errors.Join(append(errs, a.watch.health())...)
}
