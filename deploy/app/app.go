// Package app wires a process: from a configuration to connections, streams, migrations, ledgers and
// the roles that run on them. `xushi run` and `xushi up` start the same App; only addresses differ.
package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/cenkalti/backoff/v5"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"golang.org/x/sync/errgroup"

	"xushi/consumers/ingest"
	follow "xushi/consumers/office"
	"xushi/deploy/config"
	"xushi/jobs/mail"
	"xushi/jobs/post"
	"xushi/jobs/weekly"
	"xushi/schema"
	"xushi/schema/store"
	"xushi/seeds"
	"xushi/seeds/office"
)

// App is a prepared process: connected, with streams, tables and ledgers in place. Run runs its roles.
type App struct {
	Config    config.Config
	Plans     []string // that the configuration names, by their ledgers
	NATS      *nats.Conn
	JetStream jetstream.JetStream
	Store     driver.Conn
	Acts      *office.Acts     // the office's, which say what ledger is in force when
	Offices   []*weekly.Office // one per plan; empty without the jobs role

	log    *slog.Logger
	now    func() time.Time
	ingest *ingest.Ingest   // nil without the ingest role
	follow *follow.Follower // likewise
	post   *post.Post       // nil without the jobs role
	held   chan struct{}    // nil, or closed when the clock's jobs may begin

	deliveries *weekly.Deliveries // nil without the jobs role

	reg   *prometheus.Registry
	watch *watch
	stops Stops
}

// Open connects to what the configuration names and prepares it. now is the plans' clock: the wall
// clock, unless a simulation has one of its own. wait bounds how long absent servers are waited for.
func Open(ctx context.Context, cfg config.Config, log *slog.Logger, now func() time.Time, wait time.Duration) (_ *App, err error) {
	a := &App{Config: cfg, log: log, now: now, reg: prometheus.NewRegistry()}
	a.reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	defer func() {
		if err != nil {
			err = errors.Join(err, a.Close(context.WithoutCancel(ctx)))
		}
	}()
	ledgers, err := LoadLedgers(cfg.Ledgers)
	if err != nil {
		return nil, err
	}
	if err := a.connectNATS(ctx, wait); err != nil {
		return nil, err
	}
	if err := a.connectStore(ctx, wait); err != nil {
		return nil, err
	}
	if err := a.establish(ctx, ledgers); err != nil {
		return nil, err
	}
	a.watch = newWatch(a.JetStream, a.Store, ingest.Readers(cfg.Ingest.Partitions), log)
	a.reg.MustRegister(a.watch)
	return a, a.prepareRoles(ctx)
}

// Close undoes Open.
func (a *App) Close(ctx context.Context) error { return a.stops.Stop(ctx) }

// LoadLedgers loads built-in ledgers by name and others by directory, all errors at once.
func LoadLedgers(names []string) ([]*seeds.Ledger, error) {
	var ledgers []*seeds.Ledger
	var errs []error
	for _, name := range names {
		l, err := loadLedger(name)
		if err != nil {
			errs = append(errs, fmt.Errorf("ledger %w", err))
			continue
		}
		ledgers = append(ledgers, l)
	}
	return ledgers, errors.Join(errs...)
}

func loadLedger(name string) (*seeds.Ledger, error) {
	files, err := LedgerFiles(name)
	if err != nil {
		return nil, err
	}
	l, err := seeds.Load(files)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return l, nil
}

// LedgerFiles are the files of a ledger, built in or in a folder. It looks for a built-in one first, so
// that a name means the same in every folder.
func LedgerFiles(name string) (fs.FS, error) {
	if slices.Contains(seeds.BuiltIns(), name) {
		return seeds.BuiltInFiles(name)
	}
	if info, err := os.Stat(name); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("%s: no built-in ledger has this name, and no folder; built in: %s", name, strings.Join(seeds.BuiltIns(), ", "))
	}
	if _, err := os.Stat(filepath.Join(name, "plan.yaml")); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: no ledger is in this folder: it has no plan.yaml; `xushi seeds new` begins one", name)
	}
	return os.DirFS(name), nil
}

func (a *App) connectNATS(ctx context.Context, wait time.Duration) error {
	options := []nats.Option{
		nats.Name("xushi"), nats.MaxReconnects(-1), nats.ReconnectWait(500 * time.Millisecond),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				a.log.Warn("NATS is away; reconnecting", "err", err)
			}
		}),
		nats.ReconnectHandler(func(c *nats.Conn) { a.log.Warn("NATS is back", "url", c.ConnectedUrlRedacted()) }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			if errors.Is(err, nats.ErrBadHeaderMsg) {
				return // a publisher's doing: the message is judged without its headers
			}
			a.log.Warn("NATS", "err", err)
		}),
	}
	if a.Config.NATS.Credentials != "" {
		options = append(options, nats.UserCredentials(a.Config.NATS.Credentials))
	}
	err := a.await(ctx, wait, "NATS", func() (err error) {
		a.NATS, err = nats.Connect(a.Config.NATS.URL, options...)
		return err
	})
	if err != nil {
		return &ServerError{Server: "NATS at " + Redacted(a.Config.NATS.URL), Key: "nats.url", Err: err}
	}
	a.stops.On("NATS connection", func(context.Context) error { return a.NATS.Drain() })
	if a.JetStream, err = jetstream.New(a.NATS); err != nil {
		return err
	}
	streams := a.Config.NATS.Streams(schema.DefaultStreamOptions())
	streams.Simulation, streams.Partitions = a.Config.Simulation.Allow, a.Config.Ingest.Partitions
	return schema.EnsureStreams(ctx, a.JetStream, streams)
}

func (a *App) connectStore(ctx context.Context, wait time.Duration) error {
	err := a.await(ctx, wait, "ClickHouse", func() error {
		if err := store.Migrate(ctx, a.Config.ClickHouse.URL); err != nil {
			return err
		}
		var err error
		a.Store, err = store.Open(ctx, a.Config.ClickHouse.URL)
		return err
	})
	if err != nil {
		return &ServerError{Server: "ClickHouse", Key: "clickhouse.url", Err: err}
	}
	a.stops.On("store connection", func(context.Context) error { return a.Store.Close() })
	return nil
}

// await tries until it succeeds or wait is over.
func (a *App) await(ctx context.Context, wait time.Duration, what string, try func() error) error {
	if wait <= 0 {
		return try()
	}
	_, err := backoff.Retry(ctx, func() (struct{}, error) { return struct{}{}, try() },
		backoff.WithMaxElapsedTime(wait),
		backoff.WithNotify(func(err error, in time.Duration) {
			a.log.Warn("waiting for a server", "server", what, "in", in.Round(time.Millisecond), "err", err)
		}))
	return err
}

func (a *App) prepareRoles(ctx context.Context) error {
	if a.Config.Has(config.IngestRole) {
		a.follow = follow.New(a.Acts, a.Store, a.log)
		if err := a.follow.Follow(ctx); err != nil {
			return err
		}
		a.ingest = ingest.New(a.JetStream, a.Store, a.Acts, a.log, a.reg, ingest.Options{
			BatchRows: a.Config.Ingest.BatchRows, BatchAge: a.Config.Ingest.BatchAge,
			Partitions: a.Config.Ingest.Partitions, Policy: a.policy(),
		})
	}
	if !a.Config.Has(config.JobsRole) {
		return nil
	}
	sender, err := mail.NewSender(a.Config.SMTP)
	if err != nil {
		return fmt.Errorf("smtp: %w", err)
	}
	sending := a.Config.Post
	sending.GiveUp = a.Config.Letter.GiveUp
	a.post = post.New(a.JetStream, a.Store, sender, a.log, a.reg, sending)
	if err := a.openOffices(); err != nil {
		return err
	}
	a.watch.letters = a.letters
	return nil
}

// Run runs the roles until ctx ends or one of them fails.
func (a *App) Run(ctx context.Context) error {
	roles, ctx := errgroup.WithContext(ctx)
	if a.ingest != nil {
		roles.Go(func() error { return a.ingest.Run(ctx) })
		roles.Go(func() error { return a.follow.Run(ctx) })
	}
	if a.Config.Has(config.JobsRole) {
		roles.Go(func() error { return a.post.Run(ctx) })
		roles.Go(func() error { return a.runJobs(ctx) })
	}
	if a.Config.HTTP.Listen != "" {
		roles.Go(func() error { return a.watch.run(ctx) })
		roles.Go(func() error { return a.serveStatus(ctx) })
	}
	return roles.Wait()
}

// Pending is how many messages of the log may not yet be stored: none, when everything is.
func (a *App) Pending(ctx context.Context) (uint64, error) {
	b, err := a.backlog(ctx)
	return b.Pending(), err
}

func (a *App) backlog(ctx context.Context) (schema.Backlog, error) {
	return schema.BacklogOf(ctx, a.JetStream, schema.ProgressStream, ingest.Readers(a.Config.Ingest.Partitions)...)
}
