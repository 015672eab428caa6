package seedstore

import (
	"context"
	"fmt"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"xushi/schema"
	"xushi/schema/store"
	"xushi/seeds"
	"xushi/seeds/office"
)

// SaveAct writes an act of the office and everything that follows from it; history is its plan's, up to
// the act at least. The act's own row comes last: what LastAct names is stored whole.
func SaveAct(ctx context.Context, conn driver.Conn, history *seeds.History, j office.Judged) error {
	var err error
	switch {
	case j.Revision != nil:
		if err = Apply(ctx, conn, history.At(j.At), j.At); err == nil {
			err = store.Insert(ctx, conn, "ledger_changes", changes(j))
		}
	case j.Type == schema.AssignmentConfirmed && j.Refused == nil:
		err = confirm(ctx, conn, history.At(j.At), j.At)
	}
	if err == nil {
		err = store.Insert(ctx, conn, "office_acts", []store.Row{act(j)})
	}
	if err != nil {
		return fmt.Errorf("act %d of plan %s: %w", j.Sequence, j.Plan, err)
	}
	return nil
}

// LastAct is the sequence of the newest act that is stored; 0 if none is.
func LastAct(ctx context.Context, conn driver.Conn) (sequence uint64, err error) {
	if err := conn.QueryRow(ctx, "SELECT max(sequence) FROM office_acts").Scan(&sequence); err != nil {
		return 0, fmt.Errorf("newest act in the store: %w", err)
	}
	return sequence, nil
}

func act(j office.Judged) store.Row {
	ledger, refused, says := "", "", contents(j)
	if j.Revision != nil {
		ledger = string(j.Revision.Ledger.JSON())
	}
	if j.Refused != nil {
		refused = j.Refused.Error()
	}
	return store.Row{
		"plan", j.Plan,
		"sequence", j.Sequence,
		"type", string(j.Type),
		"at", j.At,
		"by", says.by,
		"reason", says.reason,
		"approver", says.approver,
		"ledger_version", says.version,
		"base_version", says.base,
		"object", says.object,
		"id", says.id,
		"field", says.field,
		"letters", says.letters,
		"evidence", says.evidence,
		"simulated", j.Simulated(),
		"refused", refused,
		"ledger", ledger,
	}
}

// said is what the columns of an act have of its contents.
type said struct {
	by, reason, approver string
	version, base        string
	object, id, field    string
	letters              []uint64
	evidence             []string
}

// contents are whichever the act's type has; none of an act that could not be read.
func contents(j office.Judged) (s said) {
	switch {
	case j.Applied != nil:
		a := j.Applied
		s.by, s.reason, s.approver, s.version, s.base = a.By, a.Reason, a.Approver, a.LedgerVersion, a.BaseVersion
	case j.Confirmed != nil:
		c := j.Confirmed
		s.by, s.reason, s.version, s.object, s.id, s.field = c.ConfirmedBy, c.Reason, c.LedgerVersion, c.Object, c.ID, c.Field
	case j.Dropped != nil:
		s.by, s.reason = j.Dropped.By, j.Dropped.Reason
		for _, l := range j.Dropped.Letters {
			s.letters = append(s.letters, uint64(l))
		}
	case j.Closed != nil:
		s.by, s.reason, s.object, s.id = j.Closed.By, j.Closed.Reason, "item", j.Closed.Item
	case j.Verified != nil:
		v := j.Verified
		s.by, s.reason, s.object, s.id, s.evidence = v.By, v.Reason, "commitment", v.Commitment, v.Evidence
	}
	return s
}

func changes(j office.Judged) (rows []store.Row) {
	for i, c := range j.Revision.Changes {
		rows = append(rows, store.Row{
			"plan", j.Plan,
			"sequence", j.Sequence,
			"ordinal", uint32(i + 1),
			"at", j.At,
			"ledger_version", j.Applied.LedgerVersion,
			"base_version", j.Applied.BaseVersion,
			"object", c.Object,
			"id", c.ID,
			"field", c.Field,
			"before", c.Before,
			"after", c.After,
			"controlled", c.Controlled,
			"by", j.Applied.By,
			"reason", j.Applied.Reason,
			"approver", j.Applied.Approver,
		})
	}
	return rows
}

// History reads a plan's versions as far as the store has them. It says what package office says of the
// log: the acts that hold are replayed by its rules.
func History(ctx context.Context, conn driver.Conn, plan string) (*seeds.History, error) {
	acts, err := held(ctx, conn, plan)
	if err != nil {
		return nil, fmt.Errorf("versions of plan %s in the store: %w", plan, err)
	}
	if len(acts) == 0 {
		return nil, fmt.Errorf("the store has no version of plan %s: none was applied, or the role ingest has not run since", plan)
	}
	histories, err := office.Replay(acts)
	if err != nil {
		return nil, fmt.Errorf("versions of plan %s in the store: %w", plan, err)
	}
	return histories[plan], nil
}

func held(ctx context.Context, conn driver.Conn, plan string) (acts []schema.Act, err error) {
	rows, err := conn.Query(ctx, `
		SELECT sequence, type, at, by, reason, approver, ledger_version, base_version, object, id, field, ledger
		FROM office_acts FINAL WHERE plan = ? AND refused = '' AND type IN (?, ?) ORDER BY sequence`,
		plan, string(schema.LedgerApplied), string(schema.AssignmentConfirmed))
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // a failed read is in rows.Err
	for rows.Next() {
		act := schema.Act{Plan: plan}
		var kind, ledger string
		var a schema.Application
		var c schema.Confirmation
		err := rows.Scan(&act.Sequence, &kind, &act.At, &a.By, &a.Reason, &a.Approver, &a.LedgerVersion, &a.BaseVersion, &c.Object, &c.ID, &c.Field, &ledger)
		if err != nil {
			return nil, err
		}
		if act.Type = schema.ActType(kind); act.Type == schema.LedgerApplied {
			a.Ledger = []byte(ledger)
			act.Applied = &a
		} else {
			c.ConfirmedBy, c.Reason, c.LedgerVersion = a.By, a.Reason, a.LedgerVersion
			act.Confirmed = &c
		}
		acts = append(acts, act)
	}
	return acts, rows.Err()
}
