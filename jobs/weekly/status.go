package weekly

import (
	"context"
	"maps"
	"slices"
	"time"

	"xushi/schema"
)

// Status says whether the newest letter is where it belongs.
type Status struct {
	Due         time.Time // of the newest week whose letter is due; zero: none was yet
	Late        bool      // it is due for longer than is allowed, and not sent everywhere
	LastSuccess time.Time // when the last mailbox accepted the newest week's letter that all accepted; zero: none was
}

// Status is the office's as of now.
func (o *Office) Status(ctx context.Context, now time.Time, deliveries *Deliveries) (s Status, err error) {
	claims, err := o.claims(ctx)
	if err != nil {
		return s, err
	}
	all, err := claims.all(ctx)
	if err != nil {
		return s, err
	}
	newest := func(a, b schema.Week) int { return int(b.Monday() - a.Monday()) }
	var success schema.Week
	for _, week := range slices.SortedFunc(maps.Keys(all), newest) {
		if at, ok := sent(deliveries.Of(o.Plan, week.String())); ok && all[week].State == Queued {
			success, s.LastSuccess = week, at
			break
		}
	}
	last, ok, err := o.Newest(ctx, now)
	if ok {
		s.Due = last.At
		s.Late = success.Before(last.Week) && now.Sub(last.At) > o.LateAfter
	}
	return s, err
}
