package cli

import (
	"context"
	"fmt"
	"time"

	"xushi/deploy/app"
	"xushi/producers/simulator"
	"xushi/seeds/office"
)

// undone are the deeds of the story that come by a moment and are not among the office's acts.
func undone(a *app.App, plan string, deeds []simulator.Deed, asOf time.Time) (left []simulator.Deed) {
	done := map[time.Time]bool{}
	for _, j := range a.Acts.Judged(0) {
		if j.Plan == plan && j.Simulated() {
			done[j.At.UTC()] = true
		}
	}
	for _, d := range deeds {
		if !d.At.After(asOf) && !done[d.At.UTC()] {
			left = append(left, d)
		}
	}
	return left
}

// do has the office do what the story says of it.
func do(ctx context.Context, a *app.App, plan string, d simulator.Deed) error {
	if d.Verified != nil {
		if _, err := a.Acts.Verify(ctx, plan, *d.Verified, d.At); err != nil {
			return fmt.Errorf("verify commitment %s: %w", d.Verified.Commitment, err)
		}
		return nil
	}
	history, _ := a.Acts.History(plan) // every plan of an app has one
	before := history.InForce()
	after, err := before.Extend(*d.Extension)
	if err == nil {
		_, err = a.Acts.Apply(ctx, office.Application{
			Ledger: after, Base: before.Version, By: d.By, Reason: d.Extension.Reason, Approver: d.Extension.Approver, At: d.At,
		})
	}
	if err != nil {
		return fmt.Errorf("extend measure %s: %w", d.Extension.Measure, err)
	}
	return nil
}
