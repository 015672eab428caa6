package ingest

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

type metrics struct {
	rows        prometheus.Counter
	insert      prometheus.Histogram
	batchRows   prometheus.Histogram
	deadLetters *prometheus.CounterVec
	retries     *prometheus.CounterVec
	floor       *prometheus.GaugeVec
	blocked     prometheus.Gauge
	last        prometheus.Gauge
	owned       *prometheus.GaugeVec
}

func newMetrics(reg prometheus.Registerer, h *health) *metrics {
	f := promauto.With(reg)
	reg.MustRegister(troubleCollector{h})
	return &metrics{
		rows:        f.NewCounter(prometheus.CounterOpts{Name: "xushi_ingest_rows_total", Help: "Accepted events stored, re-sent ones included."}),
		insert:      f.NewHistogram(prometheus.HistogramOpts{Name: "xushi_ingest_insert_seconds", Help: "Seconds to store the events of one batch, retries included.", Buckets: prometheus.ExponentialBuckets(0.005, 2, 16)}),
		batchRows:   f.NewHistogram(prometheus.HistogramOpts{Name: "xushi_ingest_batch_rows", Help: "Accepted events in one batch.", Buckets: prometheus.ExponentialBuckets(1, 4, 9)}),
		deadLetters: f.NewCounterVec(prometheus.CounterOpts{Name: "xushi_ingest_dead_letters_total", Help: "Refused events by reason code."}, []string{"reason"}),
		retries:     f.NewCounterVec(prometheus.CounterOpts{Name: "xushi_ingest_retries_total", Help: "Failed tries by part: store (insert events), refusals (insert refused events), dead letters (publish), log (read again), consumer."}, []string{"part"}),
		floor:       f.NewGaugeVec(prometheus.GaugeOpts{Name: "xushi_ingest_floor_sequence", Help: "Stream sequence up to which everything of a consumer's is stored and acknowledged."}, []string{"consumer"}),
		blocked:     f.NewGauge(prometheus.GaugeOpts{Name: "xushi_ingest_floor_blocked_seconds", Help: "How long stored messages have waited for an older one that is not stored; 0: none waits."}),
		last:        f.NewGauge(prometheus.GaugeOpts{Name: "xushi_ingest_last_success_timestamp_seconds", Help: "When a batch was last stored, Unix time."}),
		owned:       f.NewGaugeVec(prometheus.GaugeOpts{Name: "xushi_ingest_owned", Help: "1 if this process reads a consumer's part of the log, else 0; over all processes the sum is 1, or 0 while nothing is in it."}, []string{"consumer"}),
	}
}

func (m *metrics) stored(rows int, took time.Duration) {
	m.rows.Add(float64(rows))
	m.batchRows.Observe(float64(rows))
	m.insert.Observe(took.Seconds())
	m.last.SetToCurrentTime()
}

func (m *metrics) buried(letters []deadLetter) {
	for _, l := range letters {
		m.deadLetters.WithLabelValues(string(l.reason)).Inc()
	}
}

// troubleCollector tells what health knows, at the moment of the scrape and without asking anybody.
type troubleCollector struct{ health *health }

var troubleSeconds = prometheus.NewDesc("xushi_ingest_trouble_seconds", "How long a part of the ingest has waited, by part; absent while it is well.", []string{"part"}, nil)

func (troubleCollector) Describe(to chan<- *prometheus.Desc) { to <- troubleSeconds }

func (c troubleCollector) Collect(to chan<- prometheus.Metric) {
	for _, t := range c.health.all() {
		to <- prometheus.MustNewConstMetric(troubleSeconds, prometheus.GaugeValue, time.Since(t.Since).Seconds(), t.Part)
	}
}
