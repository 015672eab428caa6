package assessment

var progressLabels = map[Progress]string{
	Unknown:    "未知",
	Completed:  "已完成",
	Overdue:    "逾期",
	NotDue:     "未到期",
	NotStarted: "未启动",
	Severe:     "严重滞后",
	Lagging:    "滞后",
	Ahead:      "快于序时",
	OnTrack:    "符合序时",
	ShownStale: "数据超期未报",
}

var alertLabels = map[Alert]string{
	NoAlert:      "无",
	Watch:        "关注",
	LaggingAlert: "滞后",
	SevereAlert:  "严重滞后",
}

var dataLabels = map[Data]string{
	Fresh:         "按时",
	Stale:         "数据超期未报",
	NeverReported: "从未报送",
	Disputed:      "数据有争议",
	Unverified:    "待核实",
}

// Label is the status in Chinese, as offices read it.
func (p Progress) Label() string { return progressLabels[p] }

// Label is the level in Chinese.
func (a Alert) Label() string { return alertLabels[a] }

// Label is the data status in Chinese.
func (d Data) Label() string { return dataLabels[d] }
