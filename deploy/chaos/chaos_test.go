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
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// TestNothingIsLostOrDoubled is a short make chaos, of the log in one part and in eight.
func TestNothingIsLostOrDoubled(t *testing.T) {
	t.Parallel()
	for _, partitions := range []string{"1", "8"} {
		t.Run(partitions+" partitions", func(t *testing.T) {
			t.Parallel()
			var out strings.Builder
			err := run([]string{"-seed", partitions, "-events", "20000", "-kills", "10", "-partitions", partitions}, &out, t.Output())
			t.Log("\n" + out.String())
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}
