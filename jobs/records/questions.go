package records

import (
	"context"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"xushi/jobs/anomaly"
	"xushi/schema/store"
	"xushi/seeds"
)

// SaveQuestions stores what departments are asked about as of an assessment; at is when it was made. The view
// questions shows those of the latest assessment, so they are stored before it (SaveAssessments). Asked again,
// with the same as-of, known-at and ledger version, a question takes its own place.
func SaveQuestions(ctx context.Context, conn driver.Conn, ledger *seeds.Ledger, all []anomaly.Question, at time.Time) error {
	rows := make([]store.Row, len(all))
	for i := range all {
		q := &all[i]
		rows[i] = store.Row{
			"plan", ledger.Plan.ID,
			"as_of", q.AsOf,
			"known_at", q.KnownAt,
			"ledger_version", ledger.Version,
			"commitment", q.Measure.Commitment.ID,
			"measure", q.Measure.ID,
			"kind", string(q.Kind),
			"department", q.Department,
			"other", q.Other,
			"piece", q.Piece,
			"period", string(q.Period),
			"from_date", q.From.String(),
			"to_date", q.To.String(),
			"since", q.Since,
			"value", store.Decimal(q.Value),
			"against", store.Decimal(q.Against),
			"readings", uint32(len(q.Events)),
			"event_ids", ids(q.Events),
			"event_positions", positions(q.Events),
			"question", q.Chinese,
			"question_en", q.English,
			"assessed_at", at,
		}
	}
	return store.Insert(ctx, conn, "anomalies", rows)
}
