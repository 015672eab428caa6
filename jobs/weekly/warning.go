package weekly

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"xushi/jobs/letter"
	"xushi/schema"
)

// warning is something that the operator has to know. There is one of a cause and a period: the first counts.
type warning struct {
	letter.Warning
	level slog.Level
}

func isWarning(kind string) bool { return strings.HasPrefix(kind, schema.WarningLetter) }

func (o *Office) missed(due Claim) warning {
	return warning{letter.Warning{
		Plan: o.Plan, Period: due.Week.String(), Cause: "missed", At: due.AsOf.Add(o.Grace),
		Title:    inChinese(due.Week) + "周报漏发",
		English:  fmt.Sprintf("The letter of %s was not written within the grace period.", due.Week),
		Facts:    []string{fmt.Sprintf("应于%s发出，超过宽限期（%s）仍未全部生成，不再自动补发。", minute(due.AsOf), o.Grace)},
		Advice:   "请查看服务日志和 /readyz；在下一期发出之前可以手工补发。",
		Commands: []string{"xushi weekly run --week " + due.Week.String()},
	}, slog.LevelError}
}

func (o *Office) missedMonth(month schema.Month, due time.Time) warning {
	return warning{letter.Warning{
		Plan: o.Plan, Period: month.String(), Cause: "missed", At: due.Add(o.Grace),
		Title:   fmt.Sprintf("%d年%d月月度通报漏发", month.Year, month.Month),
		English: fmt.Sprintf("The bulletin of %s was not written within the grace period.", month),
		Facts:   []string{fmt.Sprintf("应于%s发出，超过宽限期（%s）仍未全部生成，不再自动补发。", minute(due), o.Grace)},
		Advice:  "请查看服务日志和 /readyz。各期周报不受影响。",
	}, slog.LevelError}
}

func (o *Office) late(due Due, now time.Time, waiting []string) warning {
	return warning{letter.Warning{
		Plan: o.Plan, Period: due.Week.String(), Cause: "late", At: now,
		Title:    inChinese(due.Week) + "周报迟发",
		English:  fmt.Sprintf("The letter of %s is late: not every mailbox has it.", due.Week),
		Facts:    append([]string{fmt.Sprintf("应于%s发出，过%s仍未全部送达收件人的邮件服务器。", minute(due.At), o.LateAfter)}, waiting...),
		Advice:   "程序仍在重试；请查看服务日志、/readyz 和各封信的状态。",
		Commands: []string{"xushi weekly history"},
	}, slog.LevelError}
}

func (o *Office) behind(claim Claim) warning {
	return warning{letter.Warning{
		Plan: o.Plan, Period: claim.Week.String(), Cause: "behind", At: claim.AsOf,
		Title:   inChinese(claim.Week) + "周报数据不全",
		English: fmt.Sprintf("The letter of %s lacks what the ingest had not stored in time.", claim.Week),
		Facts:   []string{fmt.Sprintf("截至%s的周报只含%s之前收到的数据：之后收到的当时尚未入库。", minute(claim.AsOf), minute(claim.KnownAt))},
		Advice:  "请查看 ingest 进程的日志和 /readyz。入库后的数据计入下一期。",
	}, slog.LevelWarn}
}

func (o *Office) unknownYear(week schema.Week, year int, at time.Time) warning {
	return warning{letter.Warning{
		Plan: o.Plan, Period: week.String(), Cause: "calendar", At: at,
		Title:   fmt.Sprintf("%d年节假日未录入", year),
		English: fmt.Sprintf("The public holidays of %d have not been entered.", year),
		Facts:   []string{fmt.Sprintf("%s的发信日只按周末推算，未计%d年的法定节假日和调休。", inChinese(week), year)},
		Advice:  "请按国务院办公厅的年度通知录入该年，由配置项 letter.calendar 指明文件，格式见 jobs/calendar/china.yaml。",
	}, slog.LevelWarn}
}

// undelivered is given anew for every further letter of the period that comes to the same end, also days later.
func (o *Office) undelivered(period string, state schema.MailState, now time.Time, letters []string) warning {
	w := letter.Warning{
		Plan: o.Plan, Period: period, Cause: string(state), At: now, Facts: letters,
		Title:    period + "期来信未能送达",
		English:  fmt.Sprintf("Letters of %s were refused for good, or given up.", period),
		Advice:   "请核对收件地址和邮件服务器，改正后重发。",
		Commands: []string{"xushi weekly history"},
	}
	if state == schema.MailUncertain {
		w.Title = period + "期来信是否送达不明"
		w.English = fmt.Sprintf("Whether letters of %s arrived is not known.", period)
		w.Advice = "请向收件人核实；确未收到的再重发。程序不会自行重发，以免重复。"
	}
	if n := len(letters); n > 1 {
		w.Cause += fmt.Sprintf("-%d", n)
	}
	w.Commands = append(w.Commands, fmt.Sprintf(`xushi weekly resend --week %s --reason "" --by ""`, period))
	return warning{w, slog.LevelError}
}

// warn logs and queues a letter to the operator, once for a cause and a period.
func (o *Office) warn(ctx context.Context, w warning) error {
	kv, err := o.JetStream.KeyValue(ctx, schema.Bucket)
	if err != nil {
		return fmt.Errorf("key-value bucket %s: %w", schema.Bucket, err)
	}
	key := "warning." + o.Plan + "." + w.Period + "." + w.Cause
	if _, err := kv.Get(ctx, key); !errors.Is(err, jetstream.ErrKeyNotFound) {
		return err // nil: it was given before
	}
	if o.Operator != "" {
		l, err := letter.ComposeWarning(w.Warning)
		if err != nil {
			return err
		}
		if _, err := o.queue(ctx, Draft{l, o.Operator}, w.At); err != nil {
			return err
		}
	}
	_, err = kv.Create(ctx, key, []byte(w.Title))
	if errors.Is(err, jetstream.ErrKeyExists) {
		return nil // by another process
	}
	if err != nil {
		return fmt.Errorf("note warning %s: %w", key, err)
	}
	o.Log.Log(ctx, w.level, "the office's letters need somebody", "plan", o.Plan, "period", w.Period, "cause", w.Cause,
		"says", w.Title+"："+strings.Join(w.Facts, " "))
	return nil
}

func minute(t time.Time) string { return t.In(schema.Shanghai).Format("2006年1月2日15:04") }

func inChinese(w schema.Week) string { return fmt.Sprintf("%d年第%d周", w.Year, w.Number) }
