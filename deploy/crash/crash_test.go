package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"xushi/deploy/embedded/engine"
)

// TestMain lets the test binary be each of the parts, as the program is.
func TestMain(m *testing.M) {
	engine.RunIfChild()
	if j, ok, err := jobOfChild(); ok {
		if err == nil {
			err = j.run(context.Background())
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// TestEachLetterArrivesOnce is a short make crash.
func TestEachLetterArrivesOnce(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	err := run([]string{"-seed", "1000", "-runs", "12", "-at-once", "6"}, &out, t.Output())
	t.Log("\n" + out.String())
	if err != nil {
		t.Fatal(err)
	}
}
