package main

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
)

// options are what the environment decides.
type options struct {
	Events  int      // BENCH_EVENTS: single events of a drain; default 1,000,000
	Big     int      // BENCH_BIG: events of the large backlog; default ten times as many
	Rounds  int      // BENCH_ROUNDS: how often the readers take turns; their median counts; default 5
	Only    []string // BENCH_ONLY: parts, separated by commas; default all
	Out     string   // BENCH_OUT: file for the figures as JSON; default none
	Profile string   // BENCH_PROFILE: the last drain's CPU profile; those of other parts have ".PART" behind it; default none
}

// The parts. Those that are ratios of two readers have both run.
const (
	partUp      = "up"
	partPublish = "publish"
	partDrain   = "drain"
	partBatch   = "batch"
	partObvious = "obvious"
	partFresh   = "fresh"
	partScale   = "scale"
	partLetter  = "letter"
	partBig     = "big"
)

var parts = []string{partUp, partPublish, partDrain, partBatch, partObvious, partFresh, partScale, partLetter, partBig}

func optionsFromEnvironment() (o options, err error) {
	if o.Events, err = number("BENCH_EVENTS", 1_000_000); err != nil {
		return o, err
	}
	if o.Big, err = number("BENCH_BIG", 10*o.Events); err != nil {
		return o, err
	}
	if o.Big <= o.Events {
		return o, fmt.Errorf("BENCH_BIG=%d is no more than BENCH_EVENTS=%d", o.Big, o.Events)
	}
	if o.Rounds, err = number("BENCH_ROUNDS", 5); err != nil {
		return o, err
	}
	o.Out, o.Profile = os.Getenv("BENCH_OUT"), os.Getenv("BENCH_PROFILE")
	if only := os.Getenv("BENCH_ONLY"); only != "" {
		o.Only = strings.Split(only, ",")
	}
	for _, name := range o.Only {
		if !slices.Contains(parts, name) {
			return o, fmt.Errorf("BENCH_ONLY: there is no part %q; there are %s", name, strings.Join(parts, ", "))
		}
	}
	return o, nil
}

func number(name string, otherwise int) (int, error) {
	text, ok := os.LookupEnv(name)
	if !ok {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%s=%q is no number of one or more", name, text)
	}
	return n, nil
}

// wants tells whether one of the parts is to be measured.
func (o options) wants(some ...string) bool {
	return len(o.Only) == 0 || slices.ContainsFunc(some, func(part string) bool { return slices.Contains(o.Only, part) })
}

// events is how many are on the disk at most.
func (o options) events() int {
	if o.wants(partBig) {
		return o.Big
	}
	return 2 * o.Events // single ones, and as batches
}
