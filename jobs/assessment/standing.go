package assessment

// Standing is how a measure stands, in short: what a letter compares with the week before.
type Standing struct {
	Progress Progress
	Alert    Alert
	Data     Data
	LagDays  int // schedule_lag_days (滞后天数); 0 if not behind
}

// Shown is the status for the eye. It differs from Progress in one case: a measure whose data are stale
// is never shown as on track or ahead, but as ShownStale. Any other status stays: that it lags or is
// overdue is known, and its data status stands beside it.
func (s Standing) Shown() Progress {
	if s.Data == Stale && (s.Progress == OnTrack || s.Progress == Ahead) {
		return ShownStale
	}
	return s.Progress
}

// Behind tells whether its alert level is lagging or severe.
func (s Standing) Behind() bool { return s.Alert == LaggingAlert || s.Alert == SevereAlert }

// Overdue tells whether it is past its due date and not completed.
func (s Standing) Overdue() bool { return s.Progress == Overdue }

// Unreported tells whether its department owes a report.
func (s Standing) Unreported() bool { return s.Data == Stale || s.Data == NeverReported }

// CaughtUp tells whether what was behind is known to be so no longer; silence is no recovery.
func (s Standing) CaughtUp() bool {
	return !s.Behind() && !s.Overdue() && !s.Unreported() && s.Progress != Unknown
}
