package app_test

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"xushi/deploy/app"
	"xushi/deploy/config"
	"xushi/deploy/embedded/enginetest"
	"xushi/deploy/embedded/natsd"
	"xushi/deploy/embedded/natsdtest"
	"xushi/schema"
	"xushi/seeds"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

// installation is a configuration with servers of its own.
func installation(t *testing.T, ledger string) (config.Config, jetstream.JetStream) {
	t.Helper()
	cfg := config.Default()
	cfg.NATS.URL = natsdtest.Start(t, natsd.Options{Dir: t.TempDir()}).URL()
	cfg.ClickHouse.URL = enginetest.Database(t)
	cfg.Ledgers = []string{ledger}
	cfg.Letter.Recipients = []string{"a@example.org"}
	return cfg, natsdtest.Connect(t, cfg.NATS.URL)
}

func open(t *testing.T, cfg config.Config, logTo *bytes.Buffer) *app.App {
	t.Helper()
	a, err := app.Open(t.Context(), cfg, slog.New(slog.NewTextHandler(logTo, nil)), time.Now, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close(t.Context()) })
	return a
}

// Several processes start at once on nothing: the configured ledger is applied once, and all go by it.
func TestTheFirstVersionIsAppliedOnce(t *testing.T) {
	t.Parallel()
	cfg, js := installation(t, seeds.Default)
	open(t, config.Config{NATS: cfg.NATS, ClickHouse: cfg.ClickHouse, Roles: []string{}}, new(bytes.Buffer)) // streams and tables
	var starting sync.WaitGroup
	apps := make([]*app.App, 4)
	for i := range apps {
		starting.Go(func() { apps[i] = open(t, cfg, new(bytes.Buffer)) })
	}
	starting.Wait()
	stream, err := js.Stream(t.Context(), schema.OfficeStream)
	if err != nil || stream.CachedInfo().State.Msgs != 1 {
		t.Errorf("%d acts, %v; want 1", stream.CachedInfo().State.Msgs, err)
	}
	for _, a := range apps {
		if h, ok := a.Acts.History(seeds.Default); !ok || h.InForce().Version != natsdtest.Hongqiao(t).Version || h.First().By != "xushi" {
			t.Error("a process goes by another version")
		}
		if len(a.Acts.Refused()) != 0 {
			t.Errorf("refused: %+v", a.Acts.Refused())
		}
	}
}

// A folder that was edited does not come into force by a restart; the log says how it would.
func TestTheVersionInForceCounts(t *testing.T) {
	t.Parallel()
	cfg, _ := installation(t, seeds.Default)
	var quiet, loud bytes.Buffer
	open(t, cfg, &quiet)
	cfg.Ledgers = []string{filepath.Join(t.TempDir(), "edited")}
	if err := os.Mkdir(cfg.Ledgers[0], 0o700); err != nil {
		t.Fatal(err)
	}
	if err := seeds.WriteDir(cfg.Ledgers[0], natsdtest.Raised(t)); err != nil {
		t.Fatal(err)
	}
	a := open(t, cfg, &loud)
	if h, _ := a.Acts.History(seeds.Default); h.InForce().Version != natsdtest.Hongqiao(t).Version {
		t.Errorf("version %s is in force", h.InForce().Version)
	}
	if strings.Contains(quiet.String(), "not the one in force") || !strings.Contains(loud.String(), "not the one in force") || !strings.Contains(loud.String(), "xushi seeds apply") {
		t.Errorf("the first start logs\n%sthe second\n%s", &quiet, &loud)
	}
	cfg.Ledgers = []string{seeds.Default, cfg.Ledgers[0]}
	if _, err := app.Open(t.Context(), cfg, slog.New(slog.DiscardHandler), time.Now, 0); err == nil || !strings.Contains(err.Error(), "two ledgers for plan") {
		t.Errorf("two ledgers of one plan: %v", err)
	}
}

// Who has the streams alone, as the command line has, counts simulated acts where the installation does.
func TestThePolicyIsTheInstallations(t *testing.T) {
	t.Parallel()
	cfg, js := installation(t, seeds.Default)
	for _, simulated := range []bool{false, true, false} {
		cfg.Simulation.Allow, cfg.Roles = simulated, []string{}
		open(t, cfg, new(bytes.Buffer))
		policy, err := schema.PolicyOf(t.Context(), js)
		if err != nil || policy.AllowSimulation != simulated {
			t.Errorf("simulation %v: the streams say %v, %v", simulated, policy.AllowSimulation, err)
		}
	}
}
