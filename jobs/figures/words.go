package figures

import (
	"fmt"

	"xushi/jobs/assessment"
	"xushi/seeds"
)

// Kind tells what is counted from what is done or not: 量化指标 or 里程碑.
func Kind(m *seeds.Measure) string {
	if m.Milestone() {
		return "里程碑"
	}
	return "量化指标"
}

// Verified (已销号) is what a completed measure is called once the office has verified, with evidence, that all
// of its commitment is completed. No rule of assessment gives it.
const Verified = "已销号"

// Progress is a measure's progress status in words.
func Progress(a assessment.Standing, verified bool) string {
	if verified && a.Progress == assessment.Completed {
		return Verified
	}
	return a.Shown().Label()
}

// Status is StatusOf where nothing is known of a verification.
func Status(a assessment.Standing) string { return StatusOf(a, false) }

// StatusOf is a measure's status in words, with the alert level where the status does not say it:
// 滞后, 未启动（严重滞后）, 符合序时（关注）.
func StatusOf(a assessment.Standing, verified bool) string {
	words := Progress(a, verified)
	if level := a.Alert.Label(); a.Alert != assessment.NoAlert && level != words {
		words += "（" + level + "）"
	}
	return words
}

// Gap is in percentage points, except where pieces are too few for a percentage to mean anything: then
// the days of delay speak, and there is no unit.
func Gap(a *assessment.Assessment) (value, unit string) {
	switch {
	case a.Measure.SmallCount() && a.LagDays > 0:
		return fmt.Sprintf("迟%d天", a.LagDays), ""
	case a.Measure.SmallCount():
		return "按天计", ""
	case a.Gap == nil:
		return None, ""
	}
	return Points(a.Gap), "个百分点"
}

// Assigner says who set what the text does not give, and how sure of it: 序时项目组，较有把握.
func Assigner(by seeds.Assignment, known bool) string {
	if !known {
		return "未注明"
	}
	return by.AssignedBy + "，" + by.Confidence.Title()
}

// Assigned is Assigner with the reason: 序时项目组，较有把握：…
func Assigned(by seeds.Assignment, known bool) string {
	words := Assigner(by, known)
	if by.Basis != "" {
		words += "：" + by.Basis
	}
	return words
}
