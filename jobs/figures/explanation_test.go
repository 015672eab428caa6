package figures_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"xushi/jobs/assessment"
	"xushi/jobs/figures"
	"xushi/schema"
	"xushi/seeds"
)

// explained is a plan with a measure of every kind that is explained in its own way.
func explained() *seeds.Ledger {
	day := func(month time.Month, d int) schema.Date { return schema.Day(2024, month, d) }
	number := decimal.NewFromInt
	baseline := number(60)
	l := &seeds.Ledger{
		Plan: seeds.Plan{
			ID: "p", Start: day(time.January, 1), End: day(time.December, 31), Source: seeds.Source{Title: "政府工作报告"},
			Assigned: []seeds.Assignment{
				{Fields: []string{"commitment.lead_department"}, AssignedBy: "序时项目组", Confidence: seeds.Medium, Basis: "按通常职责"},
				{Fields: []string{"measure.curve"}, AssignedBy: "序时项目组", Confidence: seeds.Low},
			},
		},
		Version:     "4f1c09ab77de",
		Departments: []seeds.Department{{ID: "housing", Name: "区住房建设委"}},
		Commitments: []seeds.Commitment{{ID: "c", Quote: "建成地铁站", QuoteOffset: 99, LeadDepartment: "housing", Measures: []seeds.Measure{
			{
				ID: "metro", Title: "地铁站建成", Definition: "验收为准", Unit: seeds.StageUnit, TargetValue: number(3), Mode: schema.ToDate, ReportingIntervalDays: 30, DueDate: day(time.December, 31),
				Curve: &seeds.Curve{Kind: seeds.Milestones, Stages: []seeds.Stage{
					{Stage: "design", Name: "完成设计", By: day(time.March, 31), Weight: number(20)},
					{Stage: "shell", Name: "主体封顶", By: day(time.June, 20), Weight: number(30)},
					{Stage: "opened", Name: "投入运营", By: day(time.December, 15), Weight: number(50)},
				}},
			},
			{
				ID: "parks", Title: "公园", NumeralText: "3", NumeralOffset: 49, Definition: "开放为准", Unit: "处", TargetValue: number(3), Mode: schema.ToDate,
				ReportingIntervalDays: 30, DueDate: day(time.December, 31), Itemised: true, ItemsOpen: true,
				Items: []seeds.Item{{ID: "north", Name: "北运河公园"}, {ID: "south", Name: "南运河公园"}}, CurveConfirmedBy: "区园林中心",
				Curve: &seeds.Curve{Kind: seeds.ByItem, Items: []seeds.ItemDate{{Item: "north", By: day(time.May, 31)}}, Start: day(time.July, 1), End: day(time.December, 31)},
			},
			{
				ID: "rate", Title: "签约率", NumeralText: "80", NumeralOffset: 19, Definition: "签约人数÷重点人群人数", Unit: "%", TargetValue: number(80), Mode: schema.Level,
				ReportingIntervalDays: 30, DueDate: day(time.December, 31), BaselineValue: &baseline, Ratio: &seeds.Ratio{Per: number(100)},
				Curve: &seeds.Curve{Kind: seeds.Steps, Steps: []seeds.Step{{By: day(time.June, 30), Share: number(50)}, {By: day(time.December, 31), Share: number(100)}}},
			},
			{ID: "uncurved", Title: "绿地", NumeralText: "5万", Definition: "建成为准", Unit: "平方米", TargetValue: number(50_000), Mode: schema.Increment, ReportingIntervalDays: 30, DueDate: day(time.December, 31)},
		}}},
	}
	l.Index()
	return l
}

// reading is a reading of 06-20 whose id is that of its place.
func reading(n int, measure string, value int64, change func(*schema.Record)) schema.Record {
	r := schema.Record{Position: schema.At(uint64(n), 0), Quantity: decimal.NewNullDecimal(decimal.NewFromInt(value))}
	r.ID, r.Type, r.Plan, r.Department, r.Source = fmt.Sprint("e", n), schema.Reported, "p", "housing", "/projects"
	r.Time = time.Date(2024, 6, 20, 9, 0, 0, 0, schema.Shanghai)
	r.ReceivedAt = r.Time.Add(time.Hour)
	r.Data.Commitment, r.Data.Measure, r.Data.Value = "c", measure, fmt.Sprint(value)
	change(&r)
	return r
}

func TestExplain(t *testing.T) {
	t.Parallel()
	number := func(n int64) decimal.NullDecimal { return decimal.NewNullDecimal(decimal.NewFromInt(n)) }
	ledger := explained()
	log := assessment.NewLog(ledger, []schema.Record{
		reading(1, "metro", 1, func(r *schema.Record) {
			r.Data.Stage, r.Data.Unit, r.Source = "design", "个阶段", schema.SimulatorSource
		}),
		reading(2, "parks", 1, func(r *schema.Record) { r.Data.Item, r.Data.Unit = "luofulu", "处" }),
		reading(3, "rate", 65, func(r *schema.Record) { r.Data.Unit, r.Numerator, r.Denominator = "%", number(650), number(1000) }),
	})
	asOf := time.Date(2024, 7, 1, 8, 0, 0, 0, schema.Shanghai)
	for id, want := range map[string]string{
		"metro": `
指标         地铁站建成（metro） · 模拟数据
原文         「建成地铁站」
出处         政府工作报告，第 100 字起；没有指标数，按里程碑分阶段督查
口径         验收为准
牵头单位     区住房建设委；拟定者：序时项目组，较有把握：按通常职责
计划曲线     分阶段，尚无单位确认；拟定者：序时项目组，推测
完成时限     2024-12-31
截至         2024-07-01 08:00，已知至 2024-07-01 08:00，台账版本 4f1c09ab77de
目标值       全部3个阶段
序时应完成   2个阶段（50.0%）
累计完成     1个阶段（20.0%）
时序完成率   40.0%（累计完成 ÷ 序时应完成）
滞后天数     11 天
进度状态     滞后
数据         按时

阶段 stages: 3
  应于 2024-03-31  权重  20.0%  已完成 2024-06-20   完成设计（design）
  应于 2024-06-20  权重  30.0%  应完未完，晚 11 天  主体封顶（shell）
  应于 2024-12-15  权重  50.0%  未完成              投入运营（opened）

依据事件 events: 1
  progress.reported.v1    发生 2024-06-20 09:00  接收 2024-06-20 10:00  1 个阶段 [design]  /simulator#e1
`,
		"parks": `
指标         公园（parks）
原文         「建成地铁站」
出处         政府工作报告，第 100 字起；指标数“3”在第 50 字
口径         开放为准
牵头单位     区住房建设委；拟定者：序时项目组，较有把握：按通常职责
计划曲线     逐项，区园林中心已确认；拟定者：序时项目组，推测
完成时限     2024-12-31
截至         2024-07-01 08:00，已知至 2024-07-01 08:00，台账版本 4f1c09ab77de
目标值       3处
序时应完成   1处（33.3%）
累计完成     1处（33.3%）
时序完成率   100.0%（累计完成 ÷ 序时应完成）
滞后天数     31 天
进度状态     严重滞后
数据         按时

项目 items: 3
  应于 2024-05-31  应完未完，晚 31 天  北运河公园（north）
  未定日期         未完成              南运河公园（south）
  未定日期         已完成 2024-06-20   luofulu

依据事件 events: 1
  progress.reported.v1    发生 2024-06-20 09:00  接收 2024-06-20 10:00  1 处 [luofulu]  /projects#e2
`,
		// (65 − 60) ÷ (80 − 60) = 25% against 50%.
		"rate": `
指标         签约率（rate）
原文         「建成地铁站」
出处         政府工作报告，第 100 字起；指标数“80”在第 20 字
口径         签约人数÷重点人群人数
牵头单位     区住房建设委；拟定者：序时项目组，较有把握：按通常职责
计划曲线     分步，尚无单位确认；拟定者：序时项目组，推测
完成时限     2024-12-31
截至         2024-07-01 08:00，已知至 2024-07-01 08:00，台账版本 4f1c09ab77de
目标值       80%
序时应完成   70%（50.0%）
累计完成     65%（25.0%）
进度差       -25.0 个百分点
时序完成率   50.0%（累计完成 ÷ 序时应完成）
滞后天数     1 天
进度状态     严重滞后
数据         按时

依据事件 events: 1
  progress.reported.v1    发生 2024-06-20 09:00  接收 2024-06-20 10:00  650 ÷ 1000 = 65 %  /projects#e3
`,
		"uncurved": `
指标         绿地（uncurved）
原文         「建成地铁站」
出处         政府工作报告，第 100 字起；指标数“5万”在第 1 字
口径         建成为准
牵头单位     区住房建设委；拟定者：序时项目组，较有把握：按通常职责
完成时限     2024-12-31
截至         2024-07-01 08:00，已知至 2024-07-01 08:00，台账版本 4f1c09ab77de
目标值       5万平方米
序时应完成   —（—）
累计完成     0万平方米（0.0%）
滞后天数     0 天
进度状态     未知
数据         从未报送
原因         缺少计划曲线，待区住房建设委提供

依据事件 events: 0
`,
	} {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			m, _ := ledger.Measure(id)
			a := log.AssessMeasure(m, asOf, asOf)
			var got strings.Builder
			figures.Explain(&got, ledger, &a, log.Evidence(m, asOf, asOf))
			if diff := cmp.Diff(want, "\n"+got.String()); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
