package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/spf13/pflag"

	"xushi/deploy/app"
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

// open reads the office's acts as the processes of the installation do; hangUp must be called.
func (o *officeOptions) open(ctx context.Context) (acts *office.Acts, hangUp func(), err error) {
	conn, err := connect(ctx, o.nats)
	if err != nil {
		return nil, nil, err
	}
	js, err := jetstream.New(conn)
	var policy schema.Policy
	if err == nil {
		policy, err = schema.PolicyOf(ctx, js)
	}
	if err == nil {
		acts, err = office.Open(ctx, js, policy, warnings())
	}
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		err = fmt.Errorf("%w: NATS at %s has no streams of ours yet; start `xushi run` or `xushi up` once", err, app.Redacted(o.nats))
	}
	if err != nil {
		conn.Close()
		return nil, nil, err
	}
	return acts, conn.Close, nil
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
