package post

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"xushi/jobs/records"
	"xushi/schema"
)

// Metrics, and what they mean where they stand out. (How many letters are in which state tells package deploy/app.)
//
//	xushi_mail_last_sent_timestamp_seconds  old: nothing goes out, or nothing was to; whichever process sent it
//	xushi_mail_tries_total{outcome}         of this process: sent, queued (to be tried again), failed, uncertain
//	xushi_mail_failures_total{step}         of a conversation with the mail server: connect, tls, login, recipient, …
type metrics struct {
	lastSent prometheus.Gauge
	tries    *prometheus.CounterVec
	failures *prometheus.CounterVec

	sent time.Time // known to the copier alone
}

func newMetrics(reg prometheus.Registerer) *metrics {
	m := &metrics{
		lastSent: prometheus.NewGauge(prometheus.GaugeOpts{Name: "xushi_mail_last_sent_timestamp_seconds", Help: "When the mail server last took a letter, Unix time; 0: never."}),
		tries:    prometheus.NewCounterVec(prometheus.CounterOpts{Name: "xushi_mail_tries_total", Help: "Tries to send a letter, by what became of it."}, []string{"outcome"}),
		failures: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "xushi_mail_failures_total", Help: "Failed conversations with the mail server, by the step."}, []string{"step"}),
	}
	reg.MustRegister(m.lastSent, m.tries, m.failures)
	return m
}

// saw looks at changes of deliveries for the last letter that was sent.
func (m *metrics) saw(changes []records.Delivery) {
	for _, c := range changes {
		if c.State == schema.MailSent && c.At.After(m.sent) {
			m.sent = c.At
			m.lastSent.Set(float64(m.sent.UnixMilli()) / 1000)
		}
	}
}
