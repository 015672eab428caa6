package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"xushi/deploy/app"
	"xushi/deploy/config"
	"xushi/deploy/embedded/engine"
	"xushi/deploy/embedded/natsd"
	"xushi/seeds"
)

// upOptions are the flags of `xushi up`.
type upOptions struct {
	data             string
	asOf             string
	ledger           string
	seed             int64
	once             bool
	natsURL          string
	clickhouseURL    string
	natsListen       string
	clickhouseListen string
	smtpListen       string
	httpListen       string
	recipients       []string
	verbose          bool
}

func upCommand() *cobra.Command {
	var o upOptions
	cmd := &cobra.Command{
		Use:   "up",
		Short: "Run everything on this machine, simulate the year up to a moment, and send its weekly letters",
		Long: `Runs NATS JetStream, ClickHouse, the ingest, the jobs and a mail sink in one process (the ClickHouse
engine is its child), plays simulated departments up to --as-of, sends the letter of every week until
then and shows the status of every measure. Everything it makes is in --data. Simulated data is marked as simulated.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return up(cmd.Context(), cmd.OutOrStdout(), o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.data, "data", "./data", "folder that holds everything; letters are in its mail/")
	f.StringVar(&o.asOf, "as-of", "2024-07-01 08:00", "moment that is simulated up to; "+momentForms)
	f.StringVar(&o.ledger, "ledger", seeds.Default, "ledger to simulate: built-in by name, or a folder; where --data has a version of it in force, that one counts")
	f.Int64Var(&o.seed, "seed", 1, "seed of the simulation")
	f.BoolVar(&o.once, "once", false, "end after the table, instead of running until Ctrl-C")
	f.StringVar(&o.natsURL, "nats", "", "use the NATS server at this URL instead of the embedded one")
	f.StringVar(&o.clickhouseURL, "clickhouse", "", "use the ClickHouse at this URL instead of the embedded one, e.g. http://127.0.0.1:8123/progress")
	f.StringVar(&o.natsListen, "nats-listen", natsd.DefaultListen, "address of the embedded NATS server; port 0: any")
	f.StringVar(&o.clickhouseListen, "clickhouse-listen", engine.DefaultListen, "address of the embedded ClickHouse; port 0: any")
	f.StringVar(&o.smtpListen, "smtp-listen", "127.0.0.1:2525", "address of the mail sink; port 0: any")
	f.StringVar(&o.httpListen, "http-listen", config.Default().HTTP.Listen, "address of /readyz, /healthz and /metrics; empty: none")
	f.StringSliceVar(&o.recipients, "recipient", []string{"ducha@hongqiao.example"}, "who gets the letter (the mail sink keeps it)")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "log what happens, to standard error")
	return cmd
}

// up is the whole way from a department's event to the letter, on the real parts.
func up(ctx context.Context, out io.Writer, o upOptions) (err error) {
	asOf, err := o.moment()
	if err != nil {
		return err
	}
	if o.data, err = filepath.Abs(o.data); err != nil {
		return err
	}
	var stops app.Stops
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
		defer cancel()
		err = errors.Join(err, stops.Stop(ctx))
	}()

	stack, err := startStack(ctx, out, o, &stops)
	if err != nil {
		return err
	}
	cfg := o.config(stack)
	if err := cfg.Validate(); err != nil {
		return err
	}
	started := time.Now()
	planClock := func() time.Time { return asOf.Add(time.Since(started)) }
	a, err := app.Open(ctx, cfg, cfg.Log.Logger(), planClock, 0)
	if err != nil {
		return nameServerFlag(err)
	}
	stops.On("connections", a.Close)
	if err := showForeign(out, stack, a, o); err != nil {
		return err
	}

	release := a.Hold() // until the year is told, no letter is missed
	work, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	go stack.watch(work, fail)
	ended := runRoles(work, a, fail)
	stops.On("roles", func(context.Context) error { fail(nil); <-ended; return nil })

	if err := play(work, out, a, asOf, o); err != nil {
		if ctx.Err() != nil {
			return errors.New("interrupted; the same command on the same folder goes on")
		}
		return cmp.Or(context.Cause(work), err)
	}
	release()
	showPlaces(out, stack, o)
	if o.once {
		return nil
	}
	fmt.Fprintln(out, "\nRunning; Ctrl-C ends.")
	<-work.Done()
	if ctx.Err() != nil {
		return nil // as asked
	}
	return context.Cause(work)
}

// runRoles runs the app's roles beside everything else; it tells when they have ended.
func runRoles(work context.Context, a *app.App, fail context.CancelCauseFunc) (ended <-chan struct{}) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := a.Run(work); err != nil {
			fail(nameFlag(err, "--http-listen"))
		}
	}()
	return done
}

// moment is the one that is simulated up to. Before any server is started it refuses a ledger that cannot
// be loaded, and a moment at which its plan has not begun.
func (o upOptions) moment() (asOf time.Time, err error) {
	if asOf, err = parseMoment("--as-of", o.asOf); err != nil {
		return asOf, err
	}
	ledgers, err := app.LoadLedgers([]string{o.ledger})
	if err != nil {
		return asOf, err
	}
	if plan := ledgers[0].Plan; asOf.Before(plan.Start.Start()) {
		return asOf, fmt.Errorf("--as-of: plan %s runs from %s to %s; name a moment of it", plan.ID, plan.Start, plan.End)
	}
	return asOf, nil
}

// config is what `xushi run` would read from a file to do the same.
func (o upOptions) config(s *stack) config.Config {
	cfg := config.Default()
	cfg.Ledgers = []string{o.ledger}
	cfg.NATS.URL = s.natsURL
	cfg.ClickHouse.URL = s.clickhouseURL
	cfg.Simulation.Allow = true
	cfg.Letter.From = "xushi@hongqiao.example"
	cfg.Letter.Recipients = o.recipients
	cfg.SMTP.Host, cfg.SMTP.Port = s.smtpHost, s.smtpPort
	cfg.HTTP.Listen = o.httpListen
	cfg.Log.Level = "warn"
	if o.verbose {
		cfg.Log.Level = "info"
	}
	return cfg
}

// nameServerFlag names the flag where `xushi run` has a key of the configuration.
func nameServerFlag(err error) error {
	unusable, ok := errors.AsType[*app.ServerError](err)
	if !ok {
		return err
	}
	flag := map[string]string{"nats.url": "--nats", "clickhouse.url": "--clickhouse"}[unusable.Key]
	return fmt.Errorf("%s (%s): %w", unusable.Server, flag, unusable.Err)
}
