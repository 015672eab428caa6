package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/spf13/pflag"

	"xushi/deploy/app"
	"xushi/jobs/figures"
	"xushi/schema"
	"xushi/seeds"
	"xushi/seeds/office"
)

// officeOptions are the flags of every command that reads the office's acts.
type officeOptions struct {
	nats string
}

func (o *officeOptions) flags(f *pflag.FlagSet) {
	f.StringVar(&o.nats, "nats", "nats://127.0.0.1:4222", "where the office's log is")
}

// officeLog is the office's acts with the connection over which they came.
type officeLog struct {
	*office.Acts
	js     jetstream.JetStream
	policy schema.Policy
}

// open reads the office's acts as the processes of the installation do; hangUp must be called.
func (o *officeOptions) open(ctx context.Context) (log *officeLog, hangUp func(), err error) {
	conn, err := connect(ctx, o.nats)
	if err != nil {
		return nil, nil, err
	}
	log = &officeLog{}
	log.js, err = jetstream.New(conn)
	if err == nil {
		log.policy, err = schema.PolicyOf(ctx, log.js)
	}
	if err == nil {
		log.Acts, err = office.Open(ctx, log.js, log.policy, warnings())
	}
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		err = fmt.Errorf("%w: NATS at %s has no streams of ours yet; start `xushi run` or `xushi up` once", err, app.Redacted(o.nats))
	}
	if err != nil {
		conn.Close()
		return nil, nil, err
	}
	return log, conn.Close, nil
}

// errNoMoment says that something would be done now in a year that is simulated.
var errNoMoment = errors.New("--at is missing")

// moment is what --at says; the zero time leaves it to the stream's clock. What a simulation has been told
// up to was assessed and sent: an act of before would change what was known then, and one of now would never be
// seen by a year that lies in the past.
func (l *officeLog) moment(ctx context.Context, plan, at string) (t time.Time, err error) {
	if at != "" {
		if t, err = parseMoment("--at", at); err != nil {
			return t, err
		}
	}
	kv, err := l.js.KeyValue(ctx, schema.Bucket)
	if errors.Is(err, jetstream.ErrBucketNotFound) {
		return t, nil // nothing was ever simulated
	}
	if err != nil {
		return t, fmt.Errorf("key-value bucket %s: %w", schema.Bucket, err)
	}
	told, err := toldBefore(ctx, kv, plan)
	switch {
	case err != nil || told.AsOf.IsZero():
		return t, err
	case at == "":
		return t, fmt.Errorf("%w: plan %s is simulated, and has been up to %s; what is done now, the simulated year does not see: name a later moment of it", errNoMoment, plan, figures.At(told.AsOf))
	case !t.After(told.AsOf):
		return t, fmt.Errorf("--at %s: plan %s has been simulated up to %s, and what was known then stays: name a later moment", at, plan, figures.At(told.AsOf))
	}
	return t, nil
}

// inForce stands for the version in force where a version is named.
const inForce = "in-force"

// ledgerOf finds a ledger: a folder, a built-in one, a JSON file, or PLAN@VERSION among the office's acts.
func ledgerOf(name string, acts *office.Acts) (*seeds.Ledger, error) {
	plan, version, ofLog := strings.Cut(name, "@")
	switch {
	case ofLog && acts != nil:
		return versionOf(plan, version, acts)
	case strings.HasSuffix(name, ".json"):
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		return seeds.Parse(name, data)
	}
	ledgers, err := app.LoadLedgers([]string{name})
	if err != nil {
		return nil, err
	}
	return ledgers[0], nil
}

func versionOf(plan, version string, acts *office.Acts) (*seeds.Ledger, error) {
	history, ok := acts.History(plan)
	if !ok {
		return nil, fmt.Errorf("no version of plan %q was ever applied", plan)
	}
	if version == inForce {
		return history.InForce(), nil
	}
	if l, ok := history.Version(version); ok {
		return l, nil
	}
	return nil, fmt.Errorf("plan %s never had version %q; %s is in force", plan, version, history.InForce().Version)
}
