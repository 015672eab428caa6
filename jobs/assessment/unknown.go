package assessment

import (
	"strings"

	"xushi/schema"
	"xushi/seeds"
)

// lacks names what is missing to turn the measure's readings into a share of its target.
func lacks(m *seeds.Measure, own *tally) []string {
	var missing []string
	if m.Mode == schema.Level && m.BaselineValue == nil {
		missing = append(missing, "基期值")
	}
	if m.Ratio != nil && m.Ratio.DenominatorValue == nil && !own.hasDenominator() {
		missing = append(missing, "分母（"+m.Ratio.Denominator+"）")
	}
	return missing
}

// whyUnknown says in Chinese why the measure cannot be assessed and who is to supply what is missing; ""
// if it can be.
func (l *Log) whyUnknown(a *Assessment, own *tally) (string, Rule) {
	m := a.Measure
	who := l.ledger.DepartmentName(m.ReportingDepartment)
	missing := lacks(m, own)
	if m.Curve == nil {
		missing = append(missing, "计划曲线")
	}
	switch {
	case len(missing) > 0:
		return "缺少" + strings.Join(missing, "、") + "，待" + who + "提供", LacksInput
	case !a.Actual.Valid && a.PlannedShare.Sign() > 0:
		return "尚无读数，待" + who + "报送", LacksReading
	}
	return "", ""
}
