package main

import (
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestMarksArePassedBetweenTheFloorsAroundThem(t *testing.T) {
	t.Parallel()
	type seen struct {
		at    float64
		floor uint64
	}
	for name, tt := range map[string]struct {
		marks []uint64
		seen  []seen
		want  []float64
	}{
		"on a floor":             {[]uint64{100}, []seen{{1, 100}}, []float64{1}},
		"between two":            {[]uint64{150}, []seen{{1, 100}, {2, 200}}, []float64{1.5}},
		"two at once":            {[]uint64{25, 75}, []seen{{4, 100}}, []float64{1, 3}},
		"after a standstill":     {[]uint64{150}, []seen{{1, 100}, {5, 100}, {6, 200}}, []float64{5.5}},
		"the last is not passed": {[]uint64{50, 300}, []seen{{1, 100}, {2, 200}}, []float64{0.5}},
	} {
		p := &passing{marks: tt.marks}
		for _, s := range tt.seen {
			p.see(s.floor, s.at)
		}
		if diff := cmp.Diff(tt.want, p.seconds, cmpopts.EquateApprox(0, 1e-9)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestPercentileIsAMeasuredValue(t *testing.T) {
	t.Parallel()
	hundred := make([]float64, 100)
	for i := range hundred {
		hundred[i] = float64(i + 1)
	}
	for _, tt := range []struct {
		sorted  []float64
		percent int
		want    float64
	}{
		{hundred, 50, 50},
		{hundred, 95, 95},
		{hundred, 99, 99},
		{hundred, 100, 100},
		{[]float64{7}, 99, 7},
		{[]float64{1, 2}, 50, 1},
		{[]float64{1, 2}, 51, 2},
	} {
		if got := percentile(tt.sorted, tt.percent); got != tt.want {
			t.Errorf("%d%% of %d values: %g, want %g", tt.percent, len(tt.sorted), got, tt.want)
		}
	}
}

// A process's CPU time is, to the tick of each of its two parts, what the kernel tells the process itself.
func TestCPUIsCountedInSeconds(t *testing.T) {
	t.Parallel()
	for usage(t) < 0.2 { // asking is work enough
	}
	before := usage(t)
	got, err := cpuOf(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if after := usage(t); got < before-2.0/ticks || got > after+2.0/ticks {
		t.Errorf("%g s, want %g to %g", got, before, after)
	}
}

func usage(t *testing.T) float64 {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

func TestOptions(t *testing.T) {
	t.Setenv("BENCH_EVENTS", "5000")
	t.Setenv("BENCH_ONLY", "drain,fresh")
	got, err := optionsFromEnvironment()
	if err != nil {
		t.Fatal(err)
	}
	want := options{Events: 5000, Big: 50_000, Rounds: 5, Only: []string{"drain", "fresh"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !got.wants(partFresh, partBig) || got.wants(partBig) {
		t.Error("of fresh and big, fresh alone is wanted")
	}
	for name, text := range map[string]string{
		"BENCH_EVENTS": "many", "BENCH_ROUNDS": "0", "BENCH_BIG": "5000", "BENCH_ONLY": "drain,dance",
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(name, text)
			if _, err := optionsFromEnvironment(); err == nil {
				t.Errorf("%s=%s was taken", name, text)
			}
		})
	}
}
