package office

import (
	"context"
	"fmt"
	"time"

	"xushi/schema"
	"xushi/seeds"
)

// Close records that a supervision item is closed by hand (办结); at's zero value is now, another makes a
// simulated act. Whether there is such an item, and whether it is open, only the letters know: package
// jobs/supervision follows the act if so, and says otherwise why not.
func (a *Acts) Close(ctx context.Context, plan string, c schema.Closing, at time.Time) (Judged, error) {
	return a.supervise(ctx, schema.Act{Plan: plan, Type: schema.SupervisionClosed, Closed: &c}, at)
}

// Verify records that the office has verified, with evidence, that a commitment is completed (核实). As with
// Close, whether it is completed is seen by the next letter.
func (a *Acts) Verify(ctx context.Context, plan string, v schema.Verification, at time.Time) (Judged, error) {
	return a.supervise(ctx, schema.Act{Plan: plan, Type: schema.CommitmentVerified, Verified: &v}, at)
}

func (a *Acts) supervise(ctx context.Context, act schema.Act, at time.Time) (Judged, error) {
	if err := a.Sync(ctx); err != nil {
		return Judged{}, err
	}
	return a.publish(ctx, a.book.Load(), act, at)
}

// Supervision are the closings and verifications of a plan that hold, in the order of the log.
func (a *Acts) Supervision(plan string) (acts []schema.Act) {
	for _, j := range a.Judged(0) {
		if j.Plan == plan && j.Refused == nil && supervises(j.Type) {
			acts = append(acts, j.Act)
		}
	}
	return acts
}

func supervises(t schema.ActType) bool {
	return t == schema.SupervisionClosed || t == schema.CommitmentVerified
}

// supervised is what of a closing or a verification can be judged without an assessment.
func supervised(history *seeds.History, act schema.Act) error {
	if history == nil {
		return fmt.Errorf("no version of plan %q is in force", act.Plan)
	}
	if act.Verified == nil {
		return nil
	}
	ledger := history.InForce()
	if _, ok := ledger.Commitment(act.Verified.Commitment); !ok {
		return fmt.Errorf("no commitment %q in version %s of plan %s", act.Verified.Commitment, ledger.Version, act.Plan)
	}
	return nil
}
