package weekly

import (
	"context"
	"fmt"
	"time"

	"xushi/jobs/records"
	"xushi/jobs/reminder"
)

// Stand is how the plan stands at a moment, from what is stored of it; its supervision items are those of the
// newest letter until then.
func (o *Office) Stand(ctx context.Context, asOf time.Time) (reminder.Stand, error) {
	history, err := o.Versions(ctx)
	if err != nil {
		return reminder.Stand{}, err
	}
	stand := reminder.Stand{Ledger: history.At(asOf)}
	if stand.Now, _, err = o.assess(ctx, stand.Ledger, asOf, asOf); err != nil {
		return stand, err
	}
	week, err := records.WeekBefore(ctx, o.Store, o.Plan, asOf.Add(time.Microsecond))
	if err != nil {
		return stand, fmt.Errorf("the newest week of %s: %w", o.Plan, err)
	}
	if week != nil {
		stand.Items = week.Items
	}
	return stand, nil
}
