package app_test

import (
	"os"
	"strings"
	"testing"

	"xushi/deploy/app"
)

// A built-in ledger's name means that ledger, whatever folders stand around.
func TestABuiltInLedgerComesFirst(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("hongqiao-2024", 0o700); err != nil {
		t.Fatal(err)
	}
	ledgers, err := app.LoadLedgers([]string{"hongqiao-2024"})
	if err != nil || ledgers[0].Plan.ID != "hongqiao-2024" {
		t.Errorf("%v, %v", ledgers, err)
	}
}

func TestEveryLedgerThatIsMissingIsNamed(t *testing.T) {
	t.Parallel()
	empty := t.TempDir()
	_, err := app.LoadLedgers([]string{"nope", empty})
	if err == nil {
		t.Fatal("ledgers that are not there were loaded")
	}
	for _, want := range []string{"nope: no built-in ledger", "built in: hongqiao-2024", empty + ": ", "plan.yaml"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q: %v", want, err)
		}
	}
}
