package app

import (
	"time"

	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"

	"xushi/jobs/weekly"
	"xushi/schema"
	"xushi/schema/store"
)

func described(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, labels, nil)
}

// Metrics that matter first, and what they mean where they stand out. (The ingest's own are in consumers/ingest, those of letters in jobs/post.)
//
//	xushi_ingest_lag_seconds                    above a minute: the ingest does not keep up, or waits
//	xushi_ingest_pending_messages               grows: more is published than one process stores
//	xushi_ingest_owned{consumer}                which process reads which part of the log, where several share it
//	xushi_ingest_unacknowledged_messages        stands above 0 while the lag grows: the store is in trouble
//	xushi_ingest_trouble_seconds{part}          exists: what is waited for, as in /readyz
//	xushi_ingest_last_success_timestamp_seconds when a batch was last stored
//	xushi_ingest_dead_letters_total{reason}     a reason that jumps: a department's system has changed
//	xushi_ingest_insert_seconds, _batch_rows    histograms of one batch
//	xushi_ingest_retries_total{part}            failed tries
//	xushi_ingest_floor_blocked_seconds          above 2 AckWait: a process hangs with messages in hand
//	xushi_stream_fill_ratio{stream}             0.8 or more of PROGRESS, OFFICE, MAIL: it will refuse what is new
//	xushi_store_view_age_seconds{view}          above some minutes: dashboards show old figures (letters never do)
//	xushi_store_view_failed{view}               1: the log says why
//	xushi_weekly_last_success_timestamp{plan}   dead man's: older than a week and some days, no letter arrives any more
//	xushi_weekly_due_timestamp{plan}            when the newest letter was due; later than the one above: it is on its way
//	xushi_weekly_late{plan}                     1: it is due for longer than letter.late_after, and not sent everywhere
//	xushi_mail_letters{state}                   of failed or uncertain more than before: somebody has to look
//	xushi_stream_connected, xushi_store_connected
//	xushi_stream_answered_timestamp_seconds, xushi_store_answered_timestamp_seconds
//	                                            old: the figures of that server are as old
//
// What watch hears, as Prometheus reads it. While a server is away its last figures stay; how old they are says
// …_answered_timestamp_seconds.
var (
	streamConnected = described("xushi_stream_connected", "1 while this process is connected to NATS, else 0.")
	streamAnswered  = described("xushi_stream_answered_timestamp_seconds", "When NATS last gave its figures, Unix time.")
	streamBytes     = described("xushi_stream_bytes", "Bytes that a stream holds.", "stream")
	streamMaxBytes  = described("xushi_stream_max_bytes", "Bytes that a stream may hold.", "stream")
	streamFill      = described("xushi_stream_fill_ratio", "How full a stream is, 0 to 1; a log that is full refuses new events.", "stream")
	streamMessages  = described("xushi_stream_messages", "Messages that a stream holds.", "stream")

	ingestPending        = described("xushi_ingest_pending_messages", "Messages of a consumer's that wait to be read.", "consumer")
	ingestUnacknowledged = described("xushi_ingest_unacknowledged_messages", "Messages that were read, and are not stored yet.", "consumer")
	ingestRedelivered    = described("xushi_ingest_redelivered_messages", "Messages that were read, are not stored yet, and were delivered more than once.", "consumer")
	ingestLag            = described("xushi_ingest_lag_seconds", "Seconds since the oldest message came that is not stored; 0: none waits.", "consumer")

	weeklySuccess = described("xushi_weekly_last_success_timestamp", "When the last mailbox accepted the newest week's letter that all accepted, Unix time; absent: none was.", "plan")
	weeklyDue     = described("xushi_weekly_due_timestamp", "When the newest week's letter was due, Unix time; absent: none was yet.", "plan")
	weeklyLate    = described("xushi_weekly_late", "1 if the newest letter is due for longer than letter.late_after and not sent everywhere, else 0.", "plan")
	mailLetters   = described("xushi_mail_letters", "Letters of all kinds by their state.", "state")

	storeConnected = described("xushi_store_connected", "1 if ClickHouse gave its figures the last time it was asked, else 0.")
	storeAnswered  = described("xushi_store_answered_timestamp_seconds", "When ClickHouse last gave its figures, Unix time.")
	viewAge        = described("xushi_store_view_age_seconds", "Seconds since a refreshed view was made; absent until its first refresh.", "view")
	viewRefresh    = described("xushi_store_view_refresh_seconds", "Seconds that the last refresh of a view took.", "view")
	viewFailed     = described("xushi_store_view_failed", "1 if the last refresh of a view failed, else 0; the log says why.", "view")
)

func gauge(d *prometheus.Desc, value float64, labels ...string) prometheus.Metric {
	return prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
}

func number(so bool) float64 {
	if so {
		return 1
	}
	return 0
}

func streamFigures(info *jetstream.StreamInfo) []prometheus.Metric {
	name := info.Config.Name
	return []prometheus.Metric{
		gauge(streamBytes, float64(info.State.Bytes), name),
		gauge(streamMaxBytes, float64(info.Config.MaxBytes), name),
		gauge(streamFill, fill(info), name),
		gauge(streamMessages, float64(info.State.Msgs), name),
	}
}

func letterFigures(plan string, s weekly.Status) []prometheus.Metric {
	figures := []prometheus.Metric{gauge(weeklyLate, number(s.Late), plan)}
	for d, at := range map[*prometheus.Desc]time.Time{weeklySuccess: s.LastSuccess, weeklyDue: s.Due} {
		if !at.IsZero() {
			figures = append(figures, gauge(d, float64(at.Unix()), plan))
		}
	}
	return figures
}

var mailStates = []schema.MailState{schema.MailQueued, schema.MailSending, schema.MailSent, schema.MailFailed, schema.MailUncertain}

func mailFigures(counts map[schema.MailState]int) (figures []prometheus.Metric) {
	for _, state := range mailStates {
		figures = append(figures, gauge(mailLetters, float64(counts[state]), string(state)))
	}
	return figures
}

func viewFigures(a store.ViewAge) []prometheus.Metric {
	figures := []prometheus.Metric{gauge(viewFailed, number(a.Failure != ""), a.View)}
	if a.Refreshed {
		figures = append(figures, gauge(viewAge, a.Age.Seconds(), a.View), gauge(viewRefresh, a.Took.Seconds(), a.View))
	}
	return figures
}

func fill(info *jetstream.StreamInfo) float64 {
	if info.Config.MaxBytes <= 0 {
		return 0
	}
	return float64(info.State.Bytes) / float64(info.Config.MaxBytes)
}

func readerFigures(c *jetstream.ConsumerInfo, late time.Duration) []prometheus.Metric {
	return []prometheus.Metric{
		gauge(ingestPending, float64(c.NumPending), c.Name),
		gauge(ingestUnacknowledged, float64(c.NumAckPending), c.Name),
		gauge(ingestRedelivered, float64(c.NumRedelivered), c.Name),
		gauge(ingestLag, late.Seconds(), c.Name),
	}
}
