package figures

import "xushi/jobs/assessment"

// Status is a measure's status in words, with the alert level where the status does not say it:
// 滞后, 未启动（严重滞后）, 符合序时（关注）.
func Status(a *assessment.Assessment) string {
	words := a.Shown().Label()
	if level := a.Alert.Label(); a.Alert != assessment.NoAlert && level != words {
		words += "（" + level + "）"
	}
	return words
}

// Gap is in percentage points, except where pieces are too few for a percentage to mean anything: then
// the days of delay speak, and there is no unit.
func Gap(a *assessment.Assessment) (value, unit string) {
	switch {
	case a.Measure.SmallCount():
		return "按天计", ""
	case a.Gap == nil:
		return None, ""
	}
	return Points(a.Gap), "个百分点"
}
