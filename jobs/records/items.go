package records

import (
	"context"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"xushi/jobs/assessment"
	"xushi/jobs/supervision"
	"xushi/schema"
	"xushi/schema/store"
)

// saveItems writes the supervision items of a week.
func saveItems(ctx context.Context, conn driver.Conn, w *supervision.Week, at time.Time) error {
	rows := make([]store.Row, len(w.Items))
	for i := range w.Items {
		rows[i] = itemRow(w, &w.Items[i], at)
	}
	return store.Insert(ctx, conn, "weekly_items", rows)
}

func itemRow(w *supervision.Week, i *supervision.Item, at time.Time) store.Row {
	row := store.Row{
		"plan", w.Plan,
		"iso_week", w.Week.String(),
		"as_of", w.AsOf,
		"known_at", w.KnownAt,
		"number", i.Number,
		"commitment", i.Commitment,
		"department", i.Department,
		"state", string(i.State),
		"is_open", i.IsOpen(),
		"opened_week", i.Opened.String(),
		"opened_at", i.OpenedAt,
		"asked_at", i.AskedAt,
		"measures", i.Measures,
		"answer_due", i.Due.String(),
		"answered_at", moment(i.AnsweredAt),
		"unanswered_weeks", uint32(i.Unanswered),
		"recovered_at", moment(i.RecoveredAt),
		"closed_at", moment(i.ClosedAt),
		"closed_by", i.ClosedBy,
		"reason", i.Reason,
		"evidence", i.Evidence,
		"frozen_at", at,
	}
	return append(append(row, answerColumns(i.Answer)...), extensionColumns(i.Extensions)...)
}

func answerColumns(a *assessment.Explanation) []any {
	if a == nil {
		a = &assessment.Explanation{}
	}
	return []any{
		"answer_department", a.Department,
		"answer_source", a.Source,
		"answer_id", a.ID,
		"answer_time", moment(a.Time),
		"answer_received_at", moment(a.ReceivedAt),
		"problem", a.Problem,
		"next_step", a.NextStep,
	}
}

// extensions are columns of arrays, each with an element for every one.
type extensions struct {
	at                                              []time.Time
	measure, field, before, after, approver, reason []string
}

func extensionColumns(all []supervision.Extension) []any {
	var e extensions
	for _, x := range all {
		e.at, e.measure, e.field = append(e.at, x.At), append(e.measure, x.Measure), append(e.field, x.Field)
		e.before, e.after = append(e.before, x.Before), append(e.after, x.After)
		e.approver, e.reason = append(e.approver, x.Approver), append(e.reason, x.Reason)
	}
	return []any{
		"extended_at", e.at,
		"extended_measure", e.measure,
		"extended_field", e.field,
		"extended_before", e.before,
		"extended_after", e.after,
		"extended_approver", e.approver,
		"extended_reason", e.reason,
	}
}

func (e *extensions) all() (all []supervision.Extension) {
	for i := range e.at {
		all = append(all, supervision.Extension{
			At: e.at[i], Measure: e.measure[i], Field: e.field[i], Before: e.before[i], After: e.after[i],
			Approver: e.approver[i], Reason: e.reason[i],
		})
	}
	return all
}

// Frozen weeks alone: rows of items may be there of a week whose freezing was interrupted.
const selectItems = `
	SELECT iso_week, as_of, number, commitment, department, state, opened_week, opened_at, asked_at, measures, toString(answer_due), answered_at,
	       answer_department, answer_source, answer_id, answer_time, answer_received_at, problem, next_step, unanswered_weeks,
	       recovered_at, closed_at, closed_by, reason, evidence,
	       extended_at, extended_measure, extended_field, extended_before, extended_after, extended_approver, extended_reason
	FROM weekly_items FINAL
	WHERE (plan, iso_week) IN (SELECT plan, iso_week FROM weekly_assessments) AND plan = ? `

// ItemInWeek is how an item stood in a week's letter.
type ItemInWeek struct {
	Week schema.Week
	AsOf time.Time
	supervision.Item
}

// ItemLife is an item as every letter since its opening has it, oldest first; none where there is no such item.
func ItemLife(ctx context.Context, conn driver.Conn, plan, number string) ([]ItemInWeek, error) {
	return readItems(ctx, conn, selectItems+"AND number = ? ORDER BY as_of", plan, number)
}

// itemsOf are a frozen week's.
func itemsOf(ctx context.Context, conn driver.Conn, plan string, week schema.Week) (items []supervision.Item, err error) {
	read, err := readItems(ctx, conn, selectItems+"AND iso_week = ? ORDER BY length(number), number", plan, week.String())
	for _, i := range read {
		items = append(items, i.Item)
	}
	return items, err
}

func readItems(ctx context.Context, conn driver.Conn, query string, args ...any) (all []ItemInWeek, err error) {
	rows, err := conn.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // a failed read is in rows.Err
	for rows.Next() {
		i, err := scanItem(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, i)
	}
	return all, rows.Err()
}

func scanItem(rows driver.Rows) (i ItemInWeek, err error) {
	var (
		week, state, opened, due                                string
		answered, answerTime, answerReceived, recovered, closed *time.Time
		answer                                                  assessment.Explanation
		unanswered                                              uint32
		e                                                       extensions
	)
	err = rows.Scan(&week, &i.AsOf, &i.Number, &i.Commitment, &i.Department, &state, &opened, &i.OpenedAt, &i.AskedAt, &i.Measures, &due, &answered,
		&answer.Department, &answer.Source, &answer.ID, &answerTime, &answerReceived, &answer.Problem, &answer.NextStep, &unanswered,
		&recovered, &closed, &i.ClosedBy, &i.Reason, &i.Evidence,
		&e.at, &e.measure, &e.field, &e.before, &e.after, &e.approver, &e.reason)
	if err != nil {
		return i, err
	}
	if i.Week, err = schema.ParseWeek(week); err != nil {
		return i, err
	}
	if i.Opened, err = schema.ParseWeek(opened); err != nil {
		return i, err
	}
	if i.Due, err = schema.ParseDate(due); err != nil {
		return i, err
	}
	if answerReceived != nil {
		answer.Time, answer.ReceivedAt = orZero(answerTime), *answerReceived
		i.Answer = &answer
	}
	i.State, i.Unanswered, i.Extensions = supervision.State(state), int(unanswered), e.all()
	i.AnsweredAt, i.RecoveredAt, i.ClosedAt = orZero(answered), orZero(recovered), orZero(closed)
	return i, nil
}

// moment is null where there is none.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func orZero(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}
