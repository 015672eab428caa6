package seedstore_test

import (
	"strings"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/go-cmp/cmp"

	"xushi/deploy/embedded/enginetest"
	"xushi/deploy/embedded/natsdtest"
	"xushi/schema"
	"xushi/seeds"
	"xushi/seeds/office"
	"xushi/seeds/seedstore"
)

const plan = "hongqiao-2024"

func on(month time.Month, day int) time.Time {
	return time.Date(2024, month, day, 9, 0, 0, 0, schema.Shanghai)
}

// year is a log with a first version, a confirmed curve and lead, a raised target, dropped refusals, nonsense, an item closed and a
// commitment verified.
func year(t *testing.T) *office.Acts {
	t.Helper()
	js := natsdtest.JetStream(t)
	acts := natsdtest.Acts(t, js)
	natsdtest.Apply(t, acts, office.Application{Ledger: natsdtest.Hongqiao(t), At: on(1, 1)})
	for _, c := range []seeds.Confirmation{
		{Object: "measure", ID: natsdtest.Floor, Field: "curve", By: "区住建委", Reason: "复函", At: on(2, 1)},
		{Object: "commitment", ID: "new-construction", Field: "lead_department", By: "区政府办", Reason: "分工", At: on(3, 1)},
	} {
		if _, err := acts.Confirm(t.Context(), plan, c); err != nil {
			t.Fatal(err)
		}
	}
	natsdtest.Apply(t, acts, office.Application{Ledger: natsdtest.Raised(t), At: on(7, 3)})
	drop := schema.Drop{Letters: []schema.Position{schema.At(1, 2), schema.At(9, 0)}, By: "督查室", Reason: "测试数据"}
	if err := acts.Drop(t.Context(), plan, drop); err != nil {
		t.Fatal(err)
	}
	if _, err := js.Publish(t.Context(), "office."+plan+".ledger", []byte("nonsense")); err != nil {
		t.Fatal(err)
	}
	if _, err := acts.Close(t.Context(), plan, schema.Closing{Item: "2024-001", By: "督查室", Reason: "议定"}, on(7, 4)); err != nil {
		t.Fatal(err)
	}
	verification := schema.Verification{Commitment: "new-construction", Evidence: []string{"验收单", "照片"}, By: "督查室", Reason: "核查"}
	if _, err := acts.Verify(t.Context(), plan, verification, on(7, 5)); err != nil {
		t.Fatal(err)
	}
	if err := acts.Sync(t.Context()); err != nil {
		t.Fatal(err)
	}
	return acts
}

func save(t *testing.T, conn driver.Conn, acts *office.Acts) {
	t.Helper()
	for _, j := range acts.Judged(0) {
		history, _ := acts.History(j.Plan)
		if err := seedstore.SaveAct(t.Context(), conn, history, j); err != nil {
			t.Fatal(err)
		}
	}
}

// The store's history says at every moment what the log's does.
func TestHistoryOfTheStoreIsThatOfTheLog(t *testing.T) {
	t.Parallel()
	conn, acts := enginetest.Store(t), year(t)
	if _, err := seedstore.History(t.Context(), conn, plan); err == nil || !strings.Contains(err.Error(), "the store has no version of plan") {
		t.Errorf("of an empty store: %v", err)
	}
	save(t, conn, acts)
	want, _ := acts.History(plan)
	got, err := seedstore.History(t.Context(), conn, plan)
	if err != nil {
		t.Fatal(err)
	}
	for _, at := range []time.Time{on(1, 1).AddDate(-1, 0, 0), on(1, 31), on(2, 1), on(3, 1), on(7, 3).Add(-time.Microsecond), on(7, 3), on(12, 31)} {
		w, g := want.At(at), got.At(at)
		if w.Version != g.Version || string(w.JSON()) != string(g.JSON()) {
			t.Errorf("at %s: version %s, want %s", at, g.Version, w.Version)
		}
		if diff := cmp.Diff(w.Assignments(), g.Assignments()); diff != "" {
			t.Errorf("at %s, who set and confirmed what (-want +got)\n%s", at, diff)
		}
	}
	ignoreLedger := cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".Ledger" }, cmp.Ignore())
	if diff := cmp.Diff(want.Revisions(time.Time{}, on(12, 31)), got.Revisions(time.Time{}, on(12, 31)), ignoreLedger); diff != "" {
		t.Errorf("revisions (-want +got)\n%s", diff)
	}
	supervised, err := seedstore.Supervision(t.Context(), conn, plan)
	ignoreEnvelope := cmp.FilterPath(func(p cmp.Path) bool { return p.Last().String() == ".ID" || p.Last().String() == ".Source" }, cmp.Ignore())
	if diff := cmp.Diff(acts.Supervision(plan), supervised, ignoreEnvelope); diff != "" || err != nil || len(supervised) != 2 {
		t.Errorf("supervision: %v (-want +got)\n%s", err, diff)
	}
	if last, err := seedstore.LastAct(t.Context(), conn); err != nil || last != 8 {
		t.Errorf("newest act %d, %v; want 8", last, err)
	}
}

func TestActsAsAnalystsSeeThem(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	save(t, conn, year(t))
	for query, want := range map[string][]string{
		`SELECT concat(type, '|', by, '|', approver, '|', toString(toTimeZone(at, 'Asia/Shanghai')), '|', toString(simulated), '|', refused != '' ? 'refused' : 'holds')
		 FROM office_acts FINAL ORDER BY sequence LIMIT 4`: {
			"ledger.applied.v1|督查室|区长|2024-01-01 09:00:00.000000|true|holds",
			"assignment.confirmed.v1|区住建委||2024-02-01 09:00:00.000000|true|holds",
			"assignment.confirmed.v1|区政府办||2024-03-01 09:00:00.000000|true|holds",
			"ledger.applied.v1|督查室|区长|2024-07-03 09:00:00.000000|true|holds",
		},
		`SELECT concat(type, '|', by, '|', reason, '|', toString(letters)) FROM office_acts FINAL WHERE notEmpty(letters)`: {
			"deadletter.dropped.v1|督查室|测试数据|[65538,589824]"},
		`SELECT concat(type, '|', by, '|', reason, '|', object, '|', id, '|', toString(evidence), '|', toString(toDate(at, 'Asia/Shanghai'))) FROM office_acts FINAL WHERE sequence > 6 ORDER BY sequence`: {
			"supervision.closed.v1|督查室|议定|item|2024-001|[]|2024-07-04",
			"commitment.verified.v1|督查室|核查|commitment|new-construction|['验收单','照片']|2024-07-05"},
		`SELECT refused FROM office_acts FINAL WHERE sequence = 6 AND plan = 'hongqiao-2024' AND type = '' AND ledger = ''
		 AND startsWith(refused, 'no act in structured JSON')`: nil, // its words are the decoder's
		`SELECT concat(object, '|', id, '|', field, '|', before, '|', after, '|', approver) FROM ledger_changes FINAL WHERE controlled`: {
			"measure|new-construction-floor-area|target_value|84.7万平方米|90万平方米|区长"},
		`SELECT concat(object, '|', id, '|', field, '|', confirmed_by) FROM confirmations`: {
			"measure|new-construction-floor-area|curve|区住建委", "commitment|new-construction|lead_department|区政府办"},
		`SELECT concat(object, '|', id, '|', field, '|', confirmed_by) FROM current_assignments WHERE confirmed_by != '' ORDER BY object`: {
			"commitment|new-construction|lead_department|区政府办", "measure|new-construction-floor-area|curve|区住建委"},
		`SELECT concat(toString(target_value), '|', curve_confirmed_by, '|', kind) FROM ledger WHERE measure = 'new-construction-floor-area'`: {"900000|区住建委|quantity"},
		`SELECT owner FROM coverage GROUP BY owner ORDER BY owner`:                                                                            {"commitment", "directional", "heading"},
		`SELECT numeral_text FROM current_numerals WHERE reason != '' AND numeral_text = '31'`:                                                {"31"},
	} {
		rows, err := conn.Query(t.Context(), query)
		if err != nil {
			t.Errorf("%s: %v", query, err)
			continue
		}
		var got []string
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				t.Fatal(err)
			}
			got = append(got, line)
		}
		if err := rows.Err(); err != nil {
			t.Error(err)
		}
		if want == nil {
			if len(got) != 1 {
				t.Errorf("%s: %d rows, want 1", query, len(got))
			}
		} else if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", query, diff)
		}
	}
}

// An item or a stage is none of a quantity's: both kinds of measure stand in one ledger.
func TestMilestonesHaveTheirStages(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	apply(t, conn, hongqiao(t), morning)
	var milestones, without uint64
	scan(t, conn, "SELECT countIf(kind = 'milestone'), countIf(kind = 'milestone' AND measure NOT IN (SELECT measure FROM current_stages)) FROM ledger", &milestones, &without)
	want := uint64(0)
	for _, m := range hongqiao(t).Measures() {
		if m.Milestone() {
			want++
		}
	}
	if milestones != want || without != 0 {
		t.Errorf("%d milestones, want %d; %d without stages", milestones, want, without)
	}
}
