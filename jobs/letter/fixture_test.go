package letter_test

import (
	"fmt"
	"math/big"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"xushi/jobs/anomaly"
	"xushi/jobs/assessment"
	"xushi/jobs/letter"
	"xushi/jobs/supervision"
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
	now, before := thisWeek(l), weekOf(lastWeek(l))
	for measure, weeks := range map[string]int{"new-area": 2, "waste-free-cells": 10, "east-campus": 8, "primary-school": 1} {
		s := before.Standings[measure]
		s.LaggingWeeks = weeks
		before.Standings[measure] = s
	}
	this := after(before, now)
	this.Items = items()
	this.Verifications = []supervision.Verification{{Commitment: "maternity-centre", At: june(28)}}
	return letter.Input{
		Ledger: l, Now: now, Before: before, This: this,
		Revisions: changed(l), Questions: questions(l),
		AsOf: asOf, KnownAt: asOf,
	}
}

// first is a plan's first letter, of the first week of its year: nothing is reported yet, and nothing is late.
func first() letter.Input {
	in := input()
	newYear := time.Date(2024, time.January, 2, 8, 0, 0, 0, schema.Shanghai) // Monday is New Year's Day
	for i := range in.Now {
		a := &in.Now[i]
		*a = assessment.Assessment{
			Measure: a.Measure, AsOf: newYear, KnownAt: newYear, Target: a.Target, Actual: decimal.NewNullDecimal(decimal.Zero),
			Standing: assessment.Standing{Progress: assessment.NotDue, Alert: assessment.NoAlert, Data: assessment.Fresh},
			Planned:  new(big.Rat), PlannedShare: new(big.Rat), ActualShare: new(big.Rat), Unconfirmed: a.Measure.CurveConfirmedBy == "",
		}
		switch {
		case a.Measure.ID == "family-doctors":
			a.Progress, a.Data, a.Actual = assessment.Unknown, assessment.NeverReported, decimal.NullDecimal{}
			a.Reason = "缺少基期值、分母（重点人群人数），待区卫生健康委提供"
		case a.Measure.Curve == linear && a.Measure.Mode != schema.Level:
			a.Progress, a.Data, a.LagDays = assessment.NotStarted, assessment.NeverReported, 1
			a.PlannedShare = big.NewRat(1, 366)
			a.Planned = new(big.Rat).Mul(a.Target.Rat(), a.PlannedShare)
		}
	}
	in.AsOf, in.KnownAt, in.Before, in.Revisions, in.Questions = newYear, newYear, nil, nil, nil
	in.This = weekOf(in.Now)
	return in
}

// items are one of every state, and of every way to be answered.
func items() []supervision.Item {
	week := func(n int) schema.Week { return schema.Week{Year: 2024, Number: n} }
	explained := func(department, problem, next string, day int) *assessment.Explanation {
		return &assessment.Explanation{Department: department, Time: june(day), ReceivedAt: june(day), Problem: problem, NextStep: next}
	}
	return []supervision.Item{
		{Number: "2024-001", Commitment: "maternity-centre", Department: "weijianwei", State: supervision.Verified, Opened: week(24),
			ClosedAt: june(28), ClosedBy: "区政府督查室 王某", Reason: "现场核实，已开诊", Evidence: []string{"https://example.gov.cn/evidence/11"}},
		{Number: "2024-002", Commitment: "finished-construction", Department: "zhujianwei", State: supervision.Recovered, Opened: week(22), ClosedAt: asOf},
		{Number: "2024-003", Commitment: "waste-free-cells", Department: "shengtai", State: supervision.Escalated, Opened: week(17), Due: schema.Day(2024, 5, 6), Unanswered: 10},
		{Number: "2024-004", Commitment: "fitness", Department: "wenlvju", State: supervision.Closed, Opened: week(20), ClosedAt: june(26), ClosedBy: "区政府督查室 王某", Reason: "器材到货延迟，已协调解决"},
		{Number: "2024-005", Commitment: "new-construction", Department: "zhujianwei", State: supervision.Answered, Opened: week(25), Due: schema.Day(2024, 7, 1),
			Answer: explained("zhujianwei", "2个地块的施工许可尚未取得", "7月10日前取得", 25)},
		{Number: "2024-006", Commitment: "schools", Department: "jiaoyuju", State: supervision.Open, Opened: week(26), Due: schema.Day(2024, 7, 8), Unanswered: 1},
		{Number: "2024-007", Commitment: "performances", Department: "wenlvju", State: supervision.Answered, Opened: week(23), Due: schema.Day(2024, 6, 17),
			Answer: explained("wenlvju", "演出档期集中在下半年。", "7月起每周安排4场。", 12)},
		{Number: "2024-008", Commitment: "housing", Department: "zhujianwei", State: supervision.Open, Opened: week(27), Due: schema.Day(2024, 7, 15)},
		{Number: "2024-009", Commitment: "sewers", Department: "chengguanwei", State: supervision.Open, Opened: week(27), Due: schema.Day(2024, 7, 15)},
	}
}

// questions are two that are new this week, and one that was asked before.
func questions(l *seeds.Ledger) []anomaly.Question {
	measure := func(id string) *seeds.Measure { m, _ := l.Measure(id); return m }
	return []anomaly.Question{
		{Measure: measure("pain-clinics"), Kind: anomaly.SourcesDisagree, Department: "weijianwei", Since: june(26),
			Chinese: "区卫生健康委截至6月26日报60%，区城市管理委截至6月25日报57%，两者不一致，请核对后说明以何为准。",
			English: "Health reported 60% on 2024-06-26, Urban Management reported 57% on 2024-06-25. Which is right?"},
		{Measure: measure("green-area"), Kind: anomaly.PeriodEndJump, Department: "chengguanwei", Since: june(30),
			Chinese: "6月29日一次报送增加1800平方米，占6月增量的90%，请说明原因。",
			English: "One report of 2024-06-29 added 1,800 m², which is 90% of the increase of the month. What is the reason?"},
		{Measure: measure("housing"), Kind: anomaly.ExactOnPlan, Department: "zhujianwei", Since: june(3), Chinese: "此前已提示。", English: "Asked before."},
	}
}

func weekOf(all []assessment.Assessment) *supervision.Week { return after(nil, all) }

func after(before *supervision.Week, all []assessment.Assessment) *supervision.Week {
	l := &seeds.Ledger{Plan: seeds.Plan{ID: "hongqiao-2024", Start: schema.Day(2024, time.January, 1)}}
	return supervision.Next(before, supervision.Input{
		Ledger: l, Week: schema.WeekOf(all[0].AsOf), AsOf: all[0].AsOf, KnownAt: all[0].KnownAt, Now: all,
	})
}

// quiet is a week in which all is well.
func quiet() letter.Input {
	in := input()
	lastWeek := lastWeek(in.Ledger)
	for _, week := range [][]assessment.Assessment{in.Now, lastWeek} {
		for i := range week {
			a := &week[i]
			*a = assessment.Assessment{
				Measure: a.Measure, AsOf: a.AsOf, KnownAt: a.KnownAt, Target: a.Target,
				Standing: assessment.Standing{Progress: assessment.OnTrack, Alert: assessment.NoAlert, Data: assessment.Fresh},
				Actual:   decimal.NewNullDecimal(a.Target.Div(decimal.NewFromInt(2))),
				Planned:  new(big.Rat).Mul(a.Target.Rat(), halfYear), PlannedShare: halfYear, ActualShare: big.NewRat(1, 2),
				Gap: big.NewRat(100*1, 366), Attainment: big.NewRat(366, 364), LastReported: reported(20),
			}
		}
	}
	in.Revisions, in.Questions, in.Before = nil, nil, weekOf(lastWeek)
	in.This = after(in.Before, in.Now)
	return in
}

func ledger() *seeds.Ledger {
	l := &seeds.Ledger{
		Version: "4f1c09ab77de",
		Plan: seeds.Plan{
			ID: "hongqiao-2024", Title: "红桥区2024年政府工作报告目标任务", Jurisdiction: "天津市红桥区",
			Start: schema.Day(2024, time.January, 1), End: yearEnd,
			Note: "原文为政府工作报告节选，未注明年份，计划年度2024年系推断；牵头单位、指标口径与计划曲线由序时项目组拟定作为示例。",
			Assigned: []seeds.Assignment{{
				Fields: []string{"commitment.lead_department", "measure.curve"}, AssignedBy: "序时项目组（示例）", Confidence: seeds.Low,
			}},
		},
		Departments: []seeds.Department{
			{ID: "zhujianwei", Name: "区住房建设委"}, {ID: "chengguanwei", Name: "区城市管理委"},
			{ID: "shengtai", Name: "区生态环境局"}, {ID: "weijianwei", Name: "区卫生健康委"}, {ID: "wenlvju", Name: "区文化和旅游局"},
			{ID: "jiaoyuju", Name: "区教育局"},
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
			commitment("schools", "三中附小、三中东校区", "建成三中附小、三中东校区九年一贯制", 1080, "jiaoyuju",
				milestone("primary-school", "三中附小", stage("structure", "主体封顶", 6, 19, 40), stage("acceptance", "竣工验收", 8, 20, 40), stage("opening", "开学投用", 9, 1, 20)),
				milestone("east-campus", "三中东校区", stage("structure", "主体封顶", 4, 30, 40), stage("fitting", "装修完成", 7, 8, 40), stage("opening", "开学投用", 9, 1, 20))),
			commitment("maternity-centre", "区妇幼保健中心开诊", "区妇幼保健中心、区口腔医院新院区建成开诊", 1200, "weijianwei",
				milestone("maternity-centre", "区妇幼保健中心开诊", stage("fitting", "装修完成", 3, 31, 50), stage("opening", "开诊", 6, 15, 50))),
			commitment("archive", "区数字档案馆", "启动区数字档案馆建设", 1760, "wenlvju",
				milestone("archive", "启动建设", stage("tender", "完成招标", 7, 12, 100))),
		},
	}
	for i := range l.Departments {
		l.Departments[i].NameEN = englishNames[l.Departments[i].ID]
	}
	for i := range l.Commitments {
		c := &l.Commitments[i]
		c.TitleEN = englishNames[c.ID]
		for j := range c.Measures {
			c.Measures[j].TitleEN = englishNames[c.Measures[j].ID]
		}
	}
	l.Index()
	return l
}

var englishNames = map[string]string{
	"zhujianwei": "Housing and Construction", "chengguanwei": "Urban Management", "shengtai": "Ecology and Environment",
	"weijianwei": "Health", "wenlvju": "Culture and Tourism", "jiaoyuju": "Education",

	"new-construction": "New construction projects", "new-projects": "Projects started", "new-area": "Floor area started",
	"finished-construction": "Completion of People's Hospital phase 3 and other projects", "finished-area": "Floor area completed",
	"sewers": "Misconnected sewers put right", "flood-pollution": "Pollution of rivers in the flood season",
	"waste-free-cells": "Zero-waste units", "pocket-parks": "Pocket parks", "green-area": "New green space",
	"family-doctors": "Family doctors", "pain-clinics": "Community pain clinics", "housing": "Housing support",
	"performances": "Performances for residents", "fitness": "Public fitness grounds", "schools": "Primary school and east campus of No. 3 School",
	"primary-school": "Primary school", "east-campus": "East campus", "maternity-centre": "Opening of the maternity centre", "archive": "Digital archive",
}

func milestone(id, title string, stages ...seeds.Stage) seeds.Measure {
	return seeds.Measure{
		ID: id, Title: title, TargetValue: whole(int64(len(stages))), Unit: seeds.StageUnit, Mode: schema.ToDate,
		Curve: &seeds.Curve{Kind: seeds.Milestones, Stages: stages}, DueDate: stages[len(stages)-1].By,
	}
}

func stage(id, name string, month time.Month, day int, weight int64) seeds.Stage {
	return seeds.Stage{Stage: id, Name: name, By: schema.Day(2024, month, day), Weight: whole(weight)}
}

// changed is a version with a lowered target, which somebody approved, and with changes that need nobody.
func changed(l *seeds.Ledger) []seeds.Revision {
	return []seeds.Revision{{
		Ledger: l, At: time.Date(2024, time.June, 27, 16, 20, 0, 0, schema.Shanghai),
		By: "区政府督查室 王某", Reason: "市级任务分解调整", Approver: "区政府分管副区长（2024）第18号批示",
		Changes: []seeds.Change{
			{Object: "measure", ID: "performances", Field: "target_value", Before: "150场", After: "120场", Controlled: true},
			{Object: "measure", ID: "fitness", Field: "due_date", Before: "2024-06-30", After: "2024-07-12", Controlled: true},
			{Object: "measure", ID: "sewers", Field: "definition", After: "以竣工验收单为准。"},
			{Object: "department", ID: "wenlvju", Field: "name", Before: "区文化旅游局", After: "区文化和旅游局"},
			{Object: "measure", ID: "old-measure", Before: "已取消的指标", Controlled: true},
		},
	}}
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

// crowd is a plan of n milestones, every other one late, all silent and with a stage due in a week.
func crowd(n int) letter.Input {
	l := &seeds.Ledger{Plan: seeds.Plan{ID: "hongqiao-2024", Title: "红桥区2024年政府工作报告目标任务"}, Departments: []seeds.Department{{ID: "zhujianwei", Name: "区住房建设委"}}}
	for i := range n {
		id := fmt.Sprintf("works-%d", i+1)
		l.Commitments = append(l.Commitments, commitment(id, fmt.Sprintf("第%d号片区基础设施配套工程", i+1), "推动各片区基础设施配套工程建设并建成投用", i, "zhujianwei",
			milestone(id, fmt.Sprintf("第%d号工程", i+1), stage("structure", "主体封顶", 5, 31, 50), stage("opening", "建成投用", 7, 8, 50))))
	}
	l.Index()
	in := letter.Input{Ledger: l, AsOf: asOf, KnownAt: asOf}
	for i, m := range l.Measures() {
		in.Now = append(in.Now, of(l, m.ID, int64(i%2), assessment.OnTrack, assessment.NoAlert, func(a *assessment.Assessment) {
			a.Planned, a.PlannedShare, a.ActualShare = big.NewRat(1, 1), big.NewRat(1, 2), big.NewRat(int64(i%2), 2)
			a.Data, a.DueSoon, a.NextDue, a.NextPiece = assessment.Stale, true, schema.Day(2024, time.July, 8), "opening"
			if i%2 == 1 {
				a.DonePieces = []string{"structure"}
				return
			}
			a.Progress, a.Alert, a.LagDays, a.MissingPieces = assessment.NotStarted, assessment.SevereAlert, 31, []string{"structure"}
			a.Problem, a.NextStep = strings.Repeat("前期手续办理偏慢，现场推进低于计划。", 3), strings.Repeat("倒排工期，每周调度一次。", 3)
		}))
	}
	in.This = weekOf(in.Now)
	return in
}

// thisWeek is one assessment per measure; comments show the arithmetic of those that are not whole.
func thisWeek(l *seeds.Ledger) []assessment.Assessment {
	week := []assessment.Assessment{
		// 252,406 ÷ 847,000 = 29.8%; 29.8 − 182/366 = 29.8 − 49.727 = −19.9; attainment 59.9% < 60%
		linearly(l, "new-area", 252406, assessment.Severe, assessment.SevereAlert, func(a *assessment.Assessment) {
			a.LagDays, a.LastReported = 72, reported(25)
			a.Forecast = &assessment.Forecast{Finish: schema.Day(2025, time.September, 2), DaysLate: 245}
			a.Problem, a.NextStep = "2个地块的施工许可尚未取得,土方外运受扬尘管控影响,已连续停工12天。", "7月10日前取得西于庄一期施工许可;同义庄地块增加夜间土方作业,8月底前补齐缺口。"
		}),
		of(l, "new-projects", 4, assessment.Lagging, assessment.LaggingAlert, func(a *assessment.Assessment) {
			a.Planned, a.PlannedShare, a.ActualShare = big.NewRat(5, 1), big.NewRat(5, 11), big.NewRat(4, 11)
			a.LagDays, a.MissingPieces, a.DonePieces, a.LastReported = 16, []string{"p1", "changhong-south"}, []string{"p3", "p4"}, reported(28)
			a.DueSoon, a.NextDue, a.NextPiece = true, schema.Day(2024, time.July, 10), "p2"
		}),
		// 540 ÷ 1500 = 36.0%; 36 − 49.727 = −13.7
		linearly(l, "housing", 540, assessment.Lagging, assessment.LaggingAlert, func(a *assessment.Assessment) {
			a.LagDays, a.LastReported, a.Data = 50, reported(18), assessment.Unverified
			a.Forecast = &assessment.Forecast{Finish: schema.Day(2025, time.May, 20), DaysLate: 140}
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
				{At: weekAgo, ID: "old-void", Target: "old", Before: whole(250000), After: whole(240000), Reason: "上上周已通报"},
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
			a.Reason, a.LastReported = "缺少基期值，待区卫生健康委提供", reported(20)
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
		// structure 12 days late; acceptance in August
		of(l, "primary-school", 0, assessment.NotStarted, assessment.LaggingAlert, func(a *assessment.Assessment) {
			a.Planned, a.PlannedShare, a.ActualShare = big.NewRat(1, 1), big.NewRat(40, 100), new(big.Rat)
			a.LagDays, a.MissingPieces, a.LastReported = 12, []string{"structure"}, reported(27)
			a.NextDue, a.NextPiece = schema.Day(2024, time.August, 20), "acceptance"
			a.Problem, a.NextStep = "东校区地下障碍物清除超出预期。", "7月上旬完成主体，装修与安装交叉作业。"
		}),
		// structure 62 days late, and its fitting is due within a week
		of(l, "east-campus", 0, assessment.NotStarted, assessment.SevereAlert, func(a *assessment.Assessment) {
			a.Planned, a.PlannedShare, a.ActualShare = big.NewRat(1, 1), big.NewRat(40, 100), new(big.Rat)
			a.LagDays, a.MissingPieces, a.LastReported = 62, []string{"structure"}, reported(27)
			a.DueSoon, a.NextDue, a.NextPiece = true, schema.Day(2024, time.July, 8), "fitting"
			a.Problem, a.NextStep = "东校区地下障碍物清除超出预期。", "7月上旬完成主体，装修与安装交叉作业。"
		}),
		of(l, "maternity-centre", 2, assessment.Completed, assessment.NoAlert, func(a *assessment.Assessment) {
			a.Planned, a.PlannedShare, a.ActualShare = big.NewRat(2, 1), big.NewRat(1, 1), big.NewRat(1, 1)
			a.DonePieces, a.LastReported = []string{"fitting", "opening"}, reported(14)
		}),
		of(l, "archive", 0, assessment.NotDue, assessment.NoAlert, func(a *assessment.Assessment) {
			a.Planned, a.PlannedShare, a.ActualShare = new(big.Rat), new(big.Rat), new(big.Rat)
			a.DueSoon, a.NextDue, a.NextPiece, a.LastReported = true, schema.Day(2024, time.July, 12), "tender", reported(21)
		}),
	}
	said := map[string]*assessment.Explanation{} // of a commitment
	for i := range week {
		if a := &week[i]; a.Problem != "" {
			c := a.Measure.Commitment
			said[c.ID] = &assessment.Explanation{Department: c.LeadDepartment, Time: june(25), ReceivedAt: june(25), Problem: a.Problem, NextStep: a.NextStep}
		}
	}
	for i := range week {
		if a := &week[i]; said[a.Measure.Commitment.ID] != nil {
			a.Explained = said[a.Measure.Commitment.ID]
			a.Problem, a.NextStep = a.Explained.Problem, a.Explained.NextStep
		}
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
		case "primary-school":
			a.Progress, a.Alert, a.LagDays = assessment.NotStarted, assessment.LaggingAlert, 5
		case "maternity-centre":
			a.Progress, a.Alert, a.LagDays = assessment.Lagging, assessment.LaggingAlert, 9
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
		Measure: m, AsOf: asOf, KnownAt: asOf, Standing: assessment.Standing{Progress: p, Alert: alert, Data: assessment.Fresh},
		Target: m.TargetValue, Actual: decimal.NewNullDecimal(whole(actual)), Unconfirmed: m.CurveConfirmedBy == "", NextDue: m.DueDate,
	}
	more(&a)
	return a
}

func june(day int) time.Time { return time.Date(2024, time.June, day, 17, 30, 0, 0, schema.Shanghai) }

func reported(day int) *time.Time {
	t := june(day)
	return &t
}

func whole(n int64) decimal.Decimal { return decimal.NewFromInt(n) }
