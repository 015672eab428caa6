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
	floor       prometheus.Gauge
	last        prometheus.Gauge
}

func newMetrics(reg prometheus.Registerer) *metrics {
	f := promauto.With(reg)
	return &metrics{
		rows:        f.NewCounter(prometheus.CounterOpts{Name: "xushi_ingest_rows_total", Help: "Accepted events stored, re-sent ones included."}),
		insert:      f.NewHistogram(prometheus.HistogramOpts{Name: "xushi_ingest_insert_seconds", Help: "Time to store one batch, retries included.", Buckets: prometheus.ExponentialBuckets(0.005, 2, 12)}),
		batchRows:   f.NewHistogram(prometheus.HistogramOpts{Name: "xushi_ingest_batch_rows", Help: "Rows of one batch.", Buckets: prometheus.ExponentialBuckets(1, 4, 9)}),
		deadLetters: f.NewCounterVec(prometheus.CounterOpts{Name: "xushi_ingest_dead_letters_total", Help: "Refused events by reason code."}, []string{"reason"}),
		retries:     f.NewCounterVec(prometheus.CounterOpts{Name: "xushi_ingest_retries_total", Help: "Failed tries by part: store, dead letters, acts."}, []string{"part"}),
		floor:       f.NewGauge(prometheus.GaugeOpts{Name: "xushi_ingest_floor_sequence", Help: "Stream sequence up to which everything is stored and acknowledged."}),
		last:        f.NewGauge(prometheus.GaugeOpts{Name: "xushi_ingest_last_success_timestamp_seconds", Help: "When a batch was last stored, Unix time."}),
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
