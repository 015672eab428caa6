package weekly

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"xushi/jobs/records"
	"xushi/schema"
)

// Restore freezes again what a lost store had frozen: every week of the plan that has a letter in the MAIL
// stream, at the moment of which that letter speaks. Weeks that are frozen stay as they are. Without it the
// next letter would take itself for the plan's first one. It tells how many weeks it froze.
func (o *Office) Restore(ctx context.Context) (frozen int, err error) {
	stream, err := o.JetStream.Stream(ctx, schema.MailStream)
	if err != nil {
		return 0, fmt.Errorf("stream %s: %w", schema.MailStream, err)
	}
	letters, err := lettersByWeek(ctx, stream, o.Plan)
	if err != nil {
		return 0, err
	}
	for _, week := range slices.Sorted(maps.Keys(letters)) {
		if _, ok, err := records.FrozenAsOf(ctx, o.Store, o.Plan, week); ok || err != nil {
			if err != nil {
				return frozen, fmt.Errorf("is week %s of %s frozen: %w", week, o.Plan, err)
			}
			continue
		}
		if err := o.refreeze(ctx, stream, week, letters[week]); err != nil {
			return frozen, err
		}
		frozen++
	}
	return frozen, nil
}

// lettersByWeek gives, for each week of which there are letters, the subject of one of them.
func lettersByWeek(ctx context.Context, stream jetstream.Stream, plan string) (map[string]string, error) {
	info, err := stream.Info(ctx, jetstream.WithSubjectFilter("mail."+plan+".>"))
	if err != nil {
		return nil, fmt.Errorf("letters of %s: %w", plan, err)
	}
	letters := map[string]string{}
	for subject := range info.State.Subjects {
		if a, ok := schema.ParseMailSubject(subject); ok && (a.Kind == schema.WeeklyLetter || strings.HasPrefix(a.Kind, schema.DepartmentLetter)) {
			letters[a.Period] = subject
		}
	}
	return letters, nil
}

// refreeze takes the moment of queueing for that of freezing: it was the same one but for the composing.
func (o *Office) refreeze(ctx context.Context, stream jetstream.Stream, period, subject string) error {
	week, err := schema.ParseWeek(period)
	if err != nil {
		return fmt.Errorf("letter %s: %w", subject, err)
	}
	m, err := stream.GetLastMsgForSubject(ctx, subject)
	if err != nil {
		return fmt.Errorf("letter %s: %w", subject, err)
	}
	var moments [2]time.Time
	for i, header := range []string{schema.MailAsOfHeader, schema.MailKnownAtHeader} {
		if moments[i], err = time.Parse(time.RFC3339Nano, m.Header.Get(header)); err != nil {
			return fmt.Errorf("letter %s does not say of what moment it speaks, and what it knows (%s): %w", subject, header, err)
		}
	}
	e, err := o.prepare(ctx, week, moments[0], moments[1])
	if err != nil {
		return err
	}
	return o.freeze(ctx, e, m.Time)
}
