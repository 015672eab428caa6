package natsdtest

import (
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"strings"
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	"xushi/schema"
	"xushi/seeds"
	"xushi/seeds/office"
)

// Acts reads the office's acts, simulated ones too.
func Acts(t testing.TB, js jetstream.JetStream) *office.Acts {
	t.Helper()
	acts, err := office.Open(t.Context(), js, schema.Policy{AllowSimulation: true}, slog.New(slog.NewTextHandler(t.Output(), nil)))
	if err != nil {
		t.Fatalf("the office's acts: %v", err)
	}
	return acts
}

// Apply puts a ledger in force, approved by a mayor; at's zero value is now.
func Apply(t testing.TB, acts *office.Acts, p office.Application) *seeds.History {
	t.Helper()
	plan := p.Ledger.Plan.ID
	if h, ok := acts.History(plan); ok {
		p.Base = h.InForce().Version
	}
	p.By, p.Reason, p.Approver = "督查室", "测试", "区长"
	if _, err := acts.Apply(t.Context(), p); err != nil {
		t.Fatalf("apply version %s of %s: %v", p.Ledger.Version, plan, err)
	}
	h, _ := acts.History(plan)
	return h
}

// Hongqiao is the built-in ledger.
func Hongqiao(t testing.TB) *seeds.Ledger {
	t.Helper()
	l, err := seeds.BuiltIn(seeds.Default)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// Floor is the measure whose target Raised raises.
const Floor = "new-construction-floor-area"

// Raised is the built-in ledger with 90万 where the text says 84.7万: the target of Floor is 900,000 m².
func Raised(t testing.TB) *seeds.Ledger {
	t.Helper()
	return Changed(t, Hongqiao(t), "84.7万", "90.0万", `"target_value":"847000"`, `"target_value":"900000"`)
}

// Changed is a ledger with some of its canonical form put otherwise, proved like any other.
func Changed(t testing.TB, l *seeds.Ledger, oldnew ...string) *seeds.Ledger {
	t.Helper()
	text := strings.NewReplacer(oldnew...).Replace(l.Text)
	sum := sha256.Sum256([]byte(text))
	replace := strings.NewReplacer(append(oldnew, l.Plan.Source.SHA256, hex.EncodeToString(sum[:]))...)
	changed, err := seeds.Parse("changed.json", []byte(replace.Replace(string(l.JSON()))))
	if err != nil {
		t.Fatal(err)
	}
	if changed.Version == l.Version {
		t.Fatalf("%q changes nothing", oldnew)
	}
	return changed
}
