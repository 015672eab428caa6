package weekly

import (
	"context"
	"errors"
	"fmt"
	"time"

	"xushi/schema"
)

// watched is how many of the newest weeks Watch looks at: what is older was told long ago.
const watched = 4

// Watch tells the operator what went wrong with the letters, as of now: one that is late, one that a mail server
// refused, one of which nobody knows whether it arrived, and what made a letter less than it should be.
func (o *Office) Watch(ctx context.Context, now time.Time, deliveries *Deliveries) error {
	if err := deliveries.Look(ctx); err != nil {
		return err
	}
	entries, err := o.History(ctx, now, deliveries)
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range entries[max(0, len(entries)-watched):] {
		for _, w := range o.concerns(e, now) {
			errs = append(errs, o.warn(ctx, w))
		}
	}
	for period, letters := range undeliverable(deliveries.Of(o.Plan, "")) {
		for state, lines := range letters {
			errs = append(errs, o.warn(ctx, o.undelivered(period, state, now, lines)))
		}
	}
	return errors.Join(errs...)
}

// concerns are what is to be told of one week.
func (o *Office) concerns(e Entry, now time.Time) (all []warning) {
	if e.Due.IsZero() || now.Before(e.Due) {
		return nil
	}
	if e.Unknown != 0 {
		all = append(all, o.unknownYear(e.Week, e.Unknown, e.Due))
	}
	if !e.KnownAt.IsZero() && e.KnownAt.Before(e.AsOf) {
		all = append(all, o.behind(e.Claim))
	}
	if e.State != Missed && !e.Sent() && now.Sub(e.Due) > o.LateAfter {
		all = append(all, o.late(Due{e.Week, e.Due}, now, waiting(e.Letters)))
	}
	return all
}

// waiting says of each letter that is not sent how far it is.
func waiting(letters []Delivered) (lines []string) {
	for _, l := range letters {
		if l.State != schema.MailSent {
			lines = append(lines, line(l))
		}
	}
	if len(letters) == 0 {
		lines = []string{"尚无一封生成。"}
	}
	return lines
}

func line(l Delivered) string {
	text := fmt.Sprintf("%s（%s）：%s", l.Recipient, l.Kind, StateLabel(l.State))
	if l.Error != "" {
		text += "，" + l.Error
	}
	return text
}

// StateLabel is the state of a letter in Chinese.
func StateLabel(s schema.MailState) string {
	return map[schema.MailState]string{
		schema.MailQueued: "待发", schema.MailSending: "发送中", schema.MailSent: "已发",
		schema.MailFailed: "失败", schema.MailUncertain: "不明",
	}[s]
}

// undeliverable are the letters that nothing more is done about, by period and state.
func undeliverable(letters []Delivered) map[string]map[schema.MailState][]string {
	all := map[string]map[schema.MailState][]string{}
	for _, l := range letters {
		if l.State != schema.MailFailed && l.State != schema.MailUncertain {
			continue
		}
		if all[l.Period] == nil {
			all[l.Period] = map[schema.MailState][]string{}
		}
		all[l.Period][l.State] = append(all[l.Period][l.State], line(l))
	}
	return all
}
