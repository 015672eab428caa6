package app_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"xushi/deploy/app"
)

func TestStopsRunsEveryStepLastFirstOnce(t *testing.T) {
	t.Parallel()
	var s app.Stops
	var ran []string
	for _, name := range []string{"server", "store", "roles"} {
		s.On(name, func(context.Context) error {
			ran = append(ran, name)
			return errors.New(name + " will not stop")
		})
	}
	err := s.Stop(t.Context())
	if got := strings.Join(ran, " "); got != "roles store server" {
		t.Errorf("steps ran as %q, want last first", got)
	}
	for _, name := range ran {
		if err == nil || !strings.Contains(err.Error(), "stop "+name) {
			t.Errorf("the error %v does not name step %s", err, name)
		}
	}
	if err := s.Stop(t.Context()); err != nil || len(ran) != 3 {
		t.Errorf("a second stop ran something: %v, %v", ran, err)
	}
}
