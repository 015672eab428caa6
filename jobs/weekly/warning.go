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

// warning is something that the operator has to know, and to do something about. There is one of a cause and a
// period: the first counts.
type warning struct {
	period string   // of the letters that it is about
	cause  string   // in one word, for subjects and keys
	title  string   // in Chinese, for the subject of the letter
	facts  []string // in Chinese, one a line
	advice string   // in Chinese: what to do
	level  slog.Level
	at     time.Time
}

func isWarning(kind string) bool { return strings.HasPrefix(kind, schema.WarningLetter) }

func missed(o *Office, due Claim) warning {
	return warning{
		period: due.Week.String(), cause: "missed", level: slog.LevelError, at: due.AsOf.Add(o.Grace), title: inChinese(due.Week) + "周报漏发",
		facts: []string{
			fmt.Sprintf("应于%s发出，超过宽限期（%s）仍未生成，不再自动补发。", minute(due.AsOf), o.Grace),
		},
		advice: fmt.Sprintf("请查看服务日志和 /readyz；在下一期发出之前可以手工补发：xushi weekly run --week %s。", due.Week),
	}
}

func late(o *Office, due Due, now time.Time, waiting []string) warning {
	return warning{
		period: due.Week.String(), cause: "late", level: slog.LevelError, at: now, title: inChinese(due.Week) + "周报迟发",
		facts:  append([]string{fmt.Sprintf("应于%s发出，过%s仍未全部送达收件人的邮件服务器。", minute(due.At), o.LateAfter)}, waiting...),
		advice: "程序仍在重试；请查看服务日志、/readyz 和 xushi weekly history。",
	}
}

func behind(claim Claim) warning {
	return warning{
		period: claim.Week.String(), cause: "behind", level: slog.LevelWarn, at: claim.AsOf, title: inChinese(claim.Week) + "周报数据不全",
		facts: []string{
			fmt.Sprintf("截至%s的周报只含%s之前收到的数据：之后收到的当时尚未入库。", minute(claim.AsOf), minute(claim.KnownAt)),
		},
		advice: "请查看 ingest 进程的日志和 /readyz。入库后的数据计入下一期。",
	}
}

func unknownYear(week schema.Week, year int, at time.Time) warning {
	return warning{
		period: week.String(), cause: "calendar", level: slog.LevelWarn, at: at, title: fmt.Sprintf("%d年节假日未录入", year),
		facts: []string{
			fmt.Sprintf("%s的发信日只按周末推算，未计%d年的法定节假日和调休。", inChinese(week), year),
		},
		advice: "请按国务院办公厅的年度通知录入该年，由配置项 letter.calendar 指明文件，格式见 jobs/calendar/china.yaml。",
	}
}

func undelivered(period string, state schema.MailState, now time.Time, letters []string) warning {
	w := warning{
		period: period, cause: string(state), level: slog.LevelError, at: now, title: period + "期来信被退", facts: letters,
		advice: "请核对收件地址和邮件服务器；改正后重发：xushi weekly resend。全部状态见 xushi weekly history。",
	}
	if state == schema.MailUncertain {
		w.title = period + "期来信是否送达不明"
		w.advice = "请向收件人核实；确未收到的再重发：xushi weekly resend。程序不会自行重发，以免重复。"
	}
	return w
}

// warn logs and queues a letter to the operator, once for a cause and a period.
func (o *Office) warn(ctx context.Context, w warning) error {
	kv, err := o.JetStream.KeyValue(ctx, schema.Bucket)
	if err != nil {
		return fmt.Errorf("key-value bucket %s: %w", schema.Bucket, err)
	}
	key := "warning." + o.Plan + "." + w.period + "." + w.cause
	if _, err := kv.Get(ctx, key); !errors.Is(err, jetstream.ErrKeyNotFound) {
		return err // nil: it was given before
	}
	if o.Operator != "" {
		if _, err := o.queue(ctx, Draft{o.warningLetter(w), o.Operator}, w.at); err != nil {
			return err
		}
	}
	_, err = kv.Create(ctx, key, []byte(w.title))
	if errors.Is(err, jetstream.ErrKeyExists) {
		return nil // by another process
	}
	if err != nil {
		return fmt.Errorf("note warning %s: %w", key, err)
	}
	o.Log.Log(ctx, w.level, "the office's letters need somebody", "plan", o.Plan, "period", w.period, "cause", w.cause,
		"says", w.title+"："+strings.Join(w.facts, " "))
	return nil
}

func (o *Office) warningLetter(w warning) *letter.Letter {
	var b strings.Builder
	fmt.Fprintf(&b, "%s（%s）\n\n", w.title, o.Plan)
	for _, fact := range w.facts {
		fmt.Fprintf(&b, "%s\n", fact)
	}
	fmt.Fprintf(&b, "\n%s\n\n本函由序时自动发给运维人员，同一事由每期只发一次。\n", w.advice)
	return &letter.Letter{
		Plan: o.Plan, Period: w.period, Kind: schema.WarningLetter + w.cause, AsOf: w.at,
		Subject: fmt.Sprintf("【序时告警】%s（%s）", w.title, o.Plan), Text: b.String(),
	}
}

func minute(t time.Time) string { return t.In(schema.Shanghai).Format("2006年1月2日15:04") }

func inChinese(w schema.Week) string { return fmt.Sprintf("%d年第%d周", w.Year, w.Number) }
