package letter_test

import (
	"math/big"
	"time"

	"github.com/shopspring/decimal"

	"xushi/jobs/assessment"
	"xushi/jobs/letter"
	"xushi/schema"
	"xushi/seeds"
)

var (
	asOf     = time.Date(2024, 7, 1, 8, 0, 0, 0, schema.Shanghai) // a Monday
	weekAgo  = asOf.AddDate(0, 0, -7)
	yearEnd  = schema.Day(2024, time.December, 31)
	linear   = &seeds.Curve{Kind: seeds.Linear, Start: schema.Day(2024, time.January, 1), End: yearEnd}
	halfYear = big.NewRat(182, 366) // of a leap year's days before 1 July
)

// input is one week with every kind of measure that a letter treats differently, assessed by hand.
func input() letter.Input {
	l := ledger()
	now, before := thisWeek(l), lastWeek(l)
	return letter.Input{
		Ledger: l, Now: now, LastWeek: before,
		Streaks:    map[string]int{"new-area": 3, "new-projects": 1, "housing": 1, "waste-free-cells": 11},
		Thresholds: assessment.Default(), AsOf: asOf, KnownAt: asOf,
	}
}

// quiet is a week in which all is well.
func quiet() letter.Input {
	in := input()
	for _, week := range [][]assessment.Assessment{in.Now, in.LastWeek} {
		for i := range week {
			a := &week[i]
			*a = assessment.Assessment{
				Measure: a.Measure, AsOf: a.AsOf, KnownAt: a.KnownAt, Target: a.Target,
				Progress: assessment.OnTrack, Alert: assessment.NoAlert, Data: assessment.Fresh,
				Actual:  decimal.NewNullDecimal(a.Target.Div(decimal.NewFromInt(2))),
				Planned: new(big.Rat).Mul(a.Target.Rat(), halfYear), PlannedShare: halfYear, ActualShare: big.NewRat(1, 2),
				Gap: big.NewRat(100*1, 366), Attainment: big.NewRat(366, 364), LastReported: reported(20),
			}
		}
	}
	in.Streaks = nil
	return in
}

func ledger() *seeds.Ledger {
	l := &seeds.Ledger{
		Version: "4f1c09ab77de",
		Plan: seeds.Plan{
			ID: "hongqiao-2024", Title: "红桥区2024年政府工作报告目标任务", Jurisdiction: "天津市红桥区",
			Start: schema.Day(2024, time.January, 1), End: yearEnd,
			Note: "原文为政府工作报告节选，未注明年份，计划年度2024年系推断；牵头单位、指标口径与计划曲线由序时项目组拟定作为示例，未经任何单位确认。",
			Assigned: []seeds.Assignment{{
				Fields: []string{"commitment.lead_department", "measure.curve"}, AssignedBy: "序时项目组（示例，未经确认）", Confidence: seeds.Low,
			}},
		},
		Departments: []seeds.Department{
			{ID: "zhujianwei", Name: "区住房建设委"}, {ID: "chengguanwei", Name: "区城市管理委"},
			{ID: "shengtai", Name: "区生态环境局"}, {ID: "weijianwei", Name: "区卫生健康委"}, {ID: "wenlvju", Name: "区文化和旅游局"},
		},
		Commitments: []seeds.Commitment{
			commitment("new-construction", "新启动建设项目", "新启动11个、84.7万平方米项目建设", 307, "zhujianwei",
				seeds.Measure{
					ID: "new-projects", Title: "新启动项目个数", NumeralText: "11", Unit: "个", TargetValue: whole(11), Itemised: true, ItemsOpen: true,
					Items: []seeds.Item{{ID: "p1", Name: "西于庄一期"}, {ID: "p2", Name: "同义庄地块"}}, Definition: "取得施工许可并开工的项目个数。",
					Curve: &seeds.Curve{Kind: seeds.ByItem, Items: []seeds.ItemDate{{Item: "p1", By: schema.Day(2024, 6, 15)}, {Item: "p2", By: schema.Day(2024, 7, 10)}}},
				},
				seeds.Measure{ID: "new-area", Title: "新启动项目建筑面积", NumeralText: "84.7万", Unit: "平方米", TargetValue: whole(847000), Definition: "已开工项目的规划建筑面积之和。"}),
			commitment("finished-construction", "人民医院三期等项目完工", "推动人民医院三期等12个、55万平方米项目完工", 285, "zhujianwei",
				seeds.Measure{ID: "finished-area", Title: "完工项目建筑面积", NumeralText: "55万", Unit: "平方米", TargetValue: whole(550000), CurveConfirmedBy: "区住房建设委"}),
			commitment("sewers", "雨污串接混接点改造", "完成30处雨污串接混接点改造", 560, "chengguanwei",
				seeds.Measure{ID: "sewers", Title: "雨污串接混接点改造", NumeralText: "30", Unit: "处", TargetValue: whole(30), DueDate: schema.Day(2024, 6, 15)}),
			commitment("flood-pollution", "河道汛期污染强度", "推动河道汛期污染强度下降20%以上", 540, "shengtai",
				seeds.Measure{ID: "flood-pollution", Title: "汛期污染强度降幅", NumeralText: "20%", Unit: "%", TargetValue: whole(20), Comparator: seeds.AtLeast, Mode: schema.Level}),
			commitment("waste-free-cells", "创建“无废细胞”", "创建40个“无废细胞”", 640, "shengtai",
				seeds.Measure{ID: "waste-free-cells", Title: "“无废细胞”个数", NumeralText: "40", Unit: "个", TargetValue: whole(40)}),
			commitment("pocket-parks", "口袋公园", "新建罗浮路健身公园、甲骨文文化公园2处口袋公园", 790, "chengguanwei",
				seeds.Measure{ID: "pocket-parks", Title: "口袋公园", NumeralText: "2", Unit: "处", TargetValue: whole(2), Itemised: true}),
			commitment("green-area", "新增绿化面积", "新增绿化面积5000平方米", 815, "chengguanwei",
				seeds.Measure{ID: "green-area", Title: "新增绿化面积", NumeralText: "5000", Unit: "平方米", TargetValue: whole(5000)}),
			commitment("family-doctors", "家庭医生签约", "确保重点人群签约率达到80%以上", 1290, "weijianwei",
				seeds.Measure{ID: "family-doctors", Title: "重点人群签约率", NumeralText: "80%", Unit: "%", TargetValue: whole(80), Comparator: seeds.AtLeast, Mode: schema.Level}),
			commitment("pain-clinics", "社区疼痛门诊", "实现社区疼痛门诊全覆盖", 1320, "weijianwei",
				seeds.Measure{ID: "pain-clinics", Title: "社区疼痛门诊覆盖率", NumeralText: "全覆盖", Unit: "%", TargetValue: whole(100), Mode: schema.Level}),
			commitment("housing", "住房保障", "新增各类住房保障政策受益家庭1500户以上", 1560, "zhujianwei",
				seeds.Measure{ID: "housing", Title: "新增受益家庭", NumeralText: "1500", Unit: "户", TargetValue: whole(1500), Comparator: seeds.AtLeast}),
			commitment("performances", "红色文艺轻骑兵", "组织开展120场红色文艺轻骑兵下基层慰问演出", 1810, "wenlvju",
				seeds.Measure{ID: "performances", Title: "慰问演出场次", NumeralText: "120", Unit: "场", TargetValue: whole(120)}),
			commitment("fitness", "全民健身场地", "更新10个全民健身场地设施", 1880, "wenlvju",
				seeds.Measure{ID: "fitness", Title: "更新健身场地设施", NumeralText: "10", Unit: "个", TargetValue: whole(10), DueDate: schema.Day(2024, 7, 12)}),
		},
	}
	l.Index()
	return l
}

func commitment(id, title, quote string, offset int, lead string, measures ...seeds.Measure) seeds.Commitment {
	for i := range measures {
		m := &measures[i]
		m.ReportingIntervalDays = 30
		if m.Mode == "" {
			m.Mode = schema.Increment
		}
		if m.Curve == nil {
			m.Curve = linear
		}
		if m.DueDate == 0 {
			m.DueDate = yearEnd
		}
	}
	return seeds.Commitment{ID: id, Title: title, Quote: quote, QuoteOffset: offset, LeadDepartment: lead, Measures: measures}
}

// thisWeek is one assessment per measure; comments show the arithmetic of those that are not whole.
func thisWeek(l *seeds.Ledger) []assessment.Assessment {
	week := []assessment.Assessment{
		// 252,406 ÷ 847,000 = 29.8%; 29.8 − 182/366 = 29.8 − 49.727 = −19.9; attainment 59.9% < 60%
		linearly(l, "new-area", 252406, assessment.Severe, assessment.SevereAlert, func(a *assessment.Assessment) {
			a.LagDays, a.LastReported = 72, reported(25)
			a.Problem, a.NextStep = "2个地块的施工许可尚未取得,土方外运受扬尘管控影响,已连续停工12天。", "7月10日前取得西于庄一期施工许可;同义庄地块增加夜间土方作业,8月底前补齐缺口。"
		}),
		of(l, "new-projects", 4, assessment.Lagging, assessment.LaggingAlert, func(a *assessment.Assessment) {
			a.Planned, a.PlannedShare, a.ActualShare = big.NewRat(5, 1), big.NewRat(5, 11), big.NewRat(4, 11)
			a.LagDays, a.MissingPieces, a.DonePieces, a.LastReported = 16, []string{"p1", "changhong-south"}, []string{"p3", "p4"}, reported(28)
			a.DueSoon, a.NextDue = true, schema.Day(2024, time.July, 10)
		}),
		// 540 ÷ 1500 = 36.0%; 36 − 49.727 = −13.7
		linearly(l, "housing", 540, assessment.Lagging, assessment.LaggingAlert, func(a *assessment.Assessment) {
			a.LagDays, a.LastReported, a.Data = 50, reported(18), assessment.Unverified
			a.Problem = "申请材料复核周期较长。"
		}),
		// 29 of 30, due 06-15: overdue, and only 3.3 points short
		of(l, "sewers", 29, assessment.Overdue, assessment.NoAlert, func(a *assessment.Assessment) {
			a.Planned, a.PlannedShare, a.ActualShare, a.Gap = big.NewRat(30, 1), big.NewRat(1, 1), big.NewRat(29, 30), big.NewRat(-10, 3)
			a.LagDays, a.LastReported = 16, reported(27)
		}),
		linearly(l, "finished-area", 280000, assessment.OnTrack, assessment.NoAlert, func(a *assessment.Assessment) {
			a.Unconfirmed = false
			a.LastReported = reported(29)
			a.Corrections = []assessment.Correction{
				{At: weekAgo.Add(-time.Hour), ID: "old-void", Target: "old", Before: whole(250000), After: whole(240000), Reason: "上上周已通报"},
				{At: asOf.Add(-30 * time.Hour), ID: "fa-9", Target: "fa-7", Before: whole(296500), After: whole(280000), Reason: "fa-7 与 fa-6 重复计入同一栋楼"},
			}
		}),
		of(l, "flood-pollution", 0, assessment.NotDue, assessment.NoAlert, func(a *assessment.Assessment) {
			a.Actual, a.Planned, a.PlannedShare = decimal.NullDecimal{}, new(big.Rat), new(big.Rat)
		}),
		linearly(l, "waste-free-cells", 0, assessment.NotStarted, assessment.SevereAlert, func(a *assessment.Assessment) {
			a.Data, a.LagDays = assessment.NeverReported, 182
		}),
		of(l, "pocket-parks", 2, assessment.Completed, assessment.NoAlert, func(a *assessment.Assessment) {
			a.Planned, a.PlannedShare, a.ActualShare, a.Gap = big.NewRat(1, 1), big.NewRat(1, 2), big.NewRat(1, 1), big.NewRat(50, 1)
			a.LastReported = reported(12)
		}),
		linearly(l, "green-area", 3100, assessment.Ahead, assessment.NoAlert, nil),
		of(l, "family-doctors", 64, assessment.Unknown, assessment.NoAlert, func(a *assessment.Assessment) {
			a.Reason, a.LastReported = "缺少基期值:原文未给出上年签约率,待区卫生健康委提供。", reported(20)
		}),
		of(l, "pain-clinics", 60, assessment.OnTrack, assessment.Watch, func(a *assessment.Assessment) {
			a.Planned, a.PlannedShare, a.ActualShare, a.Gap = big.NewRat(655, 10), big.NewRat(655, 1000), big.NewRat(6, 10), big.NewRat(-55, 10)
			a.Data, a.LastReported = assessment.Disputed, reported(26)
		}),
		linearly(l, "performances", 70, assessment.OnTrack, assessment.NoAlert, func(a *assessment.Assessment) {
			a.Data = assessment.Stale
			may := time.Date(2024, 5, 12, 10, 0, 0, 0, schema.Shanghai)
			a.LastReported = &may
		}),
		of(l, "fitness", 8, assessment.OnTrack, assessment.NoAlert, func(a *assessment.Assessment) {
			a.Planned, a.PlannedShare, a.ActualShare, a.Gap = big.NewRat(8, 1), big.NewRat(4, 5), big.NewRat(4, 5), new(big.Rat)
			a.DueSoon, a.LastReported = true, reported(24)
		}),
	}
	return week
}

func lastWeek(l *seeds.Ledger) []assessment.Assessment {
	week := thisWeek(l)
	for i := range week {
		a := &week[i]
		a.AsOf, a.KnownAt = weekAgo, weekAgo
		switch a.Measure.ID {
		case "new-area":
			a.Progress, a.Alert = assessment.Lagging, assessment.LaggingAlert
		case "new-projects", "housing":
			a.Progress, a.Alert = assessment.OnTrack, assessment.NoAlert
		case "finished-area":
			a.Progress, a.Alert = assessment.Lagging, assessment.LaggingAlert
		case "performances":
			a.Data = assessment.Fresh
		}
	}
	return week
}

// linearly fills in what half a year of a linear curve asks for.
func linearly(l *seeds.Ledger, measure string, actual int64, p assessment.Progress, alert assessment.Alert, more func(*assessment.Assessment)) assessment.Assessment {
	return of(l, measure, actual, p, alert, func(a *assessment.Assessment) {
		a.PlannedShare = halfYear
		a.Planned = new(big.Rat).Mul(a.Target.Rat(), halfYear)
		a.ActualShare = new(big.Rat).Quo(a.Actual.Decimal.Rat(), a.Target.Rat())
		a.Gap = new(big.Rat).Mul(new(big.Rat).Sub(a.ActualShare, halfYear), big.NewRat(100, 1))
		a.Attainment = new(big.Rat).Quo(a.ActualShare, halfYear)
		if more != nil {
			more(a)
		}
	})
}

func of(l *seeds.Ledger, measure string, actual int64, p assessment.Progress, alert assessment.Alert, more func(*assessment.Assessment)) assessment.Assessment {
	m, ok := l.Measure(measure)
	if !ok {
		panic("no measure " + measure)
	}
	a := assessment.Assessment{
		Measure: m, AsOf: asOf, KnownAt: asOf, Progress: p, Alert: alert, Data: assessment.Fresh,
		Target: m.TargetValue, Actual: decimal.NewNullDecimal(whole(actual)), Unconfirmed: m.CurveConfirmedBy == "", NextDue: m.DueDate,
	}
	more(&a)
	return a
}

func reported(june int) *time.Time {
	t := time.Date(2024, time.June, june, 17, 30, 0, 0, schema.Shanghai)
	return &t
}

func whole(n int64) decimal.Decimal { return decimal.NewFromInt(n) }
