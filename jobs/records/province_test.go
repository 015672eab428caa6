package records_test

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/shopspring/decimal"

	"xushi/deploy/embedded/enginetest"
	"xushi/jobs/records"
	"xushi/jobs/supervision"
	"xushi/schema"
	"xushi/seeds"
)

// A province: so many measures, each read every week, two to a commitment, in 200 departments.
const (
	provinceWeeks       = 52
	provinceDepartments = 200
)

// BenchmarkProvince reads and assesses a province's year, and then keeps and freezes what was found.
// Figures of this process: seconds of CPU, and the most memory that it ever held.
func BenchmarkProvince(b *testing.B) {
	for _, measures := range []int{100, 10_000} {
		b.Run(fmt.Sprint(measures), func(b *testing.B) {
			conn := enginetest.Store(b)
			ledger := province(measures)
			fillProvince(b, conn, measures)
			asOf := ledger.Plan.End.Start()
			var reading, saving, freezing time.Duration
			cpu := cpuTime(b)
			for n := 1; b.Loop(); n++ {
				begun := time.Now()
				all, _, err := records.Assess(b.Context(), conn, ledger, asOf, asOf)
				if err != nil {
					b.Fatal(err)
				}
				reading += time.Since(begun)

				begun = time.Now()
				if err := records.SaveAssessments(b.Context(), conn, ledger, all, asOf); err != nil {
					b.Fatal(err)
				}
				saving += time.Since(begun)

				begun = time.Now()
				week := supervision.Next(nil, supervision.Input{Ledger: ledger, Week: schema.Week{Year: 2000 + n, Number: 27}, AsOf: asOf, KnownAt: asOf, Now: all})
				if err := records.SaveWeek(b.Context(), conn, ledger, week, all, asOf); err != nil {
					b.Fatal(err)
				}
				freezing += time.Since(begun)
			}
			b.ReportMetric(reading.Seconds()/float64(b.N), "assess-s/op")
			b.ReportMetric(saving.Seconds()/float64(b.N), "save-s/op")
			b.ReportMetric(freezing.Seconds()/float64(b.N), "freeze-s/op")
			b.ReportMetric((cpuTime(b)-cpu).Seconds()/float64(b.N), "cpu-s/op")
			b.ReportMetric(peakMiB(b), "peak-MiB")
		})
	}
}

// kinds are the measures of a province, by turns: a province has more plain counts than anything else.
var kinds = []string{
	"count", "count", "count", "count", "count", "count", "total", "total", "total", "total",
	"steps", "steps", "steps", "season", "season", "level", "level", "few", "few", "milestone",
}

// province is a ledger of so many measures, of every kind.
func province(measures int) *seeds.Ledger {
	l := &seeds.Ledger{Version: "v1", Plan: seeds.Plan{ID: "province", Start: schema.Day(2024, 1, 1), End: schema.Day(2024, 12, 31)}}
	for d := range provinceDepartments {
		l.Departments = append(l.Departments, seeds.Department{ID: fmt.Sprint("d", d), Name: fmt.Sprint("单位", d)})
	}
	for c := range measures / 2 {
		l.Commitments = append(l.Commitments, seeds.Commitment{
			ID: fmt.Sprint("c", c), LeadDepartment: fmt.Sprint("d", c%provinceDepartments),
			Measures: []seeds.Measure{provinceMeasure(l, 2*c), provinceMeasure(l, 2*c+1)},
		})
	}
	l.Index()
	return l
}

func provinceMeasure(l *seeds.Ledger, n int) seeds.Measure {
	year := &seeds.Curve{Kind: seeds.Linear, Start: l.Plan.Start, End: l.Plan.End}
	half := &seeds.Curve{Kind: seeds.Steps, Steps: []seeds.Step{{By: l.Plan.Start + 181, Share: *number("50")}, {By: l.Plan.End, Share: *number("100")}}}
	m := seeds.Measure{
		ID: fmt.Sprint("m", n), Title: fmt.Sprint("指标", n), TargetValue: decimal.NewFromInt(1000), Unit: "平方米", Mode: schema.ToDate, Direction: seeds.Rise,
		ReportingIntervalDays: 30, DueDate: l.Plan.End, Curve: year,
	}
	switch kinds[n%len(kinds)] {
	case "count":
		m.Mode = schema.Increment
	case "steps":
		m.Curve = half
	case "season":
		m.Curve = &seeds.Curve{Kind: seeds.Season, Start: l.Plan.Start + 166, End: l.Plan.Start + 258}
	case "level":
		m.Mode, m.Curve, m.TargetValue, m.BaselineValue = schema.Level, half, decimal.NewFromInt(80), number("60")
	case "few":
		m.TargetValue = decimal.NewFromInt(10)
	case "milestone":
		m.TargetValue = decimal.NewFromInt(3)
		m.Curve = &seeds.Curve{Kind: seeds.Milestones, Stages: []seeds.Stage{
			{Stage: "s0", Name: "设计", By: l.Plan.Start + 90, Weight: *number("20")},
			{Stage: "s1", Name: "主体", By: l.Plan.Start + 181, Weight: *number("30")},
			{Stage: "s2", Name: "移交", By: l.Plan.End, Weight: *number("50")},
		}}
	}
	return m
}

// fillProvince stores a reading of every measure in every week.
func fillProvince(b *testing.B, conn driver.Conn, measures int) {
	b.Helper()
	const fill = `
		INSERT INTO events (plan, department, source, type, id, content_hash, position, occurred_at, received_at, commitment, measure, mode, value, reported_value, unit, stage, ledger_version)
		WITH number %% %[1]d AS m, intDiv(number, %[1]d) AS week, m %% 20 AS kind,
		     multiIf(kind < 6, 18, kind < 15, 17 * (week + 1), kind < 17, 60 + week / 3, kind < 19, intDiv(week, 6), 1) AS reading
		SELECT 'province', 'd' || toString(intDiv(m, 2) %% %[2]d), '/system', 'progress.reported.v1', 'e' || toString(number),
		       substring(hex(MD5(toString(number))), 1, 16), (number + 1) * 65536, toDateTime64('2024-01-01', 6, 'UTC') + week * 604800 + 32400 AS at, at,
		       'c' || toString(intDiv(m, 2)), 'm' || toString(m), multiIf(kind < 6, 'increment', kind IN (15, 16), 'level', 'to_date'),
		       reading, toString(reading), if(kind = 19, '个阶段', '平方米'), if(kind = 19, 's' || toString(intDiv(week, 18)), ''), 'v1'
		FROM numbers(%[1]d * %[3]d)`
	if err := conn.Exec(b.Context(), fmt.Sprintf(fill, measures, provinceDepartments, provinceWeeks)); err != nil {
		b.Fatal(err)
	}
}

func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

var highWater = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

func peakMiB(b *testing.B) float64 {
	b.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		b.Fatal(err)
	}
	kB, err := strconv.Atoi(string(highWater.FindSubmatch(status)[1]))
	if err != nil {
		b.Fatal(err)
	}
	return float64(kB) / 1024
}
