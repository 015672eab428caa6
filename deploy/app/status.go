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

// serveStatus serves /healthz (200, or 503 with what is waited for) and /metrics until ctx ends.
func (a *App) serveStatus(ctx context.Context) error {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(a.reg, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		if err := a.Health(); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
			return
		}
		_, _ = fmt.Fprintln(w, "ok") // a client that went away needs no answer
	})
	listener, err := net.Listen("tcp", a.Config.HTTP.Listen)
	if err != nil {
		return fmt.Errorf("status page (http.listen): %w", err)
	}
	a.log.Info("status page", "url", "http://"+listener.Addr().String()+"/healthz")
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	defer context.AfterFunc(ctx, func() { _ = server.Close() })() // its error would be the listener's, which Serve returns
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("http.listen: %w", err)
	}
	return nil
}

// Health is nil, or says what this process is waiting for.
func (a *App) Health() error {
	var errs []error
	if s := a.NATS.Status(); s != nats.CONNECTED {
		errs = append(errs, fmt.Errorf("NATS: %s", s))
	}
	if a.ingest != nil {
		errs = append(errs, a.ingest.Health(), a.follow.Health())
	}
	return errors.Join(errs...)
}
