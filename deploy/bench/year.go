package main

import (
	"context"
	"fmt"

	"xushi/seeds"
)

// fillYear gives every measure of a province a reading a week, as its departments would have reported them: some
// as much as is planned, others less. The engine makes them up by itself.
func (w *warehouse) fillYear(ctx context.Context, l *seeds.Ledger) error {
	commitments := len(l.Commitments)
	const readings = 52
	return w.conn.Exec(ctx, fmt.Sprintf(`
		INSERT INTO events (plan, department, source, type, id, content_hash, position, occurred_at, received_at, commitment, measure, mode,
		                    value, reported_value, unit, ledger_version)
		WITH number %% %[1]d AS c, intDiv(number, %[1]d) %% 2 AS second, intDiv(number, 2 * %[1]d) AS week,
		     40 + (c * 7) %% 70 AS pace -- percent of what is planned evenly
		SELECT '%[2]s', 'd' || leftPad(toString(c %% %[3]d), 3, '0'), '/department/system', 'progress.reported.v1',
		       'c' || toString(c) || '-' || toString(second) || '-' || toString(week), sipHash128(number), bitShiftLeft(number + 1, 16),
		       toDateTime64('2024-01-05 09:00:00', 6, 'UTC') + toIntervalDay(7 * week), toDateTime64('2024-01-05 09:05:00', 6, 'UTC') + toIntervalDay(7 * week),
		       'c' || leftPad(toString(c), 5, '0') AS commitment, commitment || '-m' || toString(second), if(second = 0, 'to_date', 'increment'),
		       if(second = 0, toDecimal64(intDiv(100000 * pace * (week + 1), 5200), 6), toDecimal64(intDiv(1500 * pace, 5200), 6)) AS done,
		       toString(done), if(second = 0, '平方米', '户'), '%[4]s'
		FROM numbers(%[5]d)`, commitments, l.Plan.ID, len(l.Departments), l.Version, commitments*2*readings))
}

// fillWeeks gives a plan the frozen weeks before the one that it has: all alike.
func (w *warehouse) fillWeeks(ctx context.Context, plan string, week int) error {
	return w.conn.Exec(ctx, fmt.Sprintf(`
		INSERT INTO weekly_assessments SELECT * REPLACE (
			'2024-W' || leftPad(toString(earlier), 2, '0') AS iso_week,
			as_of - toIntervalDay(7 * (%[2]d - earlier)) AS as_of, known_at - toIntervalDay(7 * (%[2]d - earlier)) AS known_at)
		FROM weekly_assessments ARRAY JOIN range(1, %[2]d) AS earlier
		WHERE plan = '%[1]s' AND iso_week = '2024-W%[2]d'`, plan, week))
}
