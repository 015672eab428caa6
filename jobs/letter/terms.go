package letter

import "xushi/seeds"

// term is a word of the letter with what it means.
type term struct{ word, meaning string }

// terms explain the letter's words with the thresholds that were applied.
func terms(w *wording, th seeds.Thresholds) []term {
	t := w.t
	return []term{
		{t("序时应完成"), t("按该指标的计划曲线，到截止时刻之前应累计完成的数量；期限日当日24时到期。")},
		{t("完成率"), t("累计完成÷全年目标值；水平类指标为（现值−基期值）÷（目标值−基期值）。")},
		{t("应完成率"), t("序时应完成÷全年目标值，算法与完成率相同。")},
		{t("进度差"), t("完成率−应完成率，单位为百分点，负数表示落后。逐件计划的指标（不超过12件，或逐项登记）和里程碑不计百分点，以迟延天数表示。")},
		{t("滞后天数"), t("截止时刻距计划曲线达到当前累计完成之日的天数；逐件计划的指标和里程碑为最早一件（一个阶段）应完未完的迟延天数；不落后为0。")},
		{t("里程碑"), t("原文未给出数量、以建成、启动、开诊等为完成标志的任务，按台账所列阶段和日期考核：目标值、序时应完成、累计完成为阶段数，应完成率、完成率为相应阶段的权重之和。")},
		{t("预警等级：严重滞后"), t("落后超过%d个百分点；或应完成率达%d%%而实际不足应完成的%d%%、且落后%d个百分点以上；逐件计划的指标和里程碑为晚于计划%d天以上。",
			th.SevereGap, th.SeverePlanned, th.SevereAttainment, th.AttainmentFloor, th.SevereDays)},
		{t("预警等级：滞后"), t("落后%d至%d个百分点；或应完成率达%d%%而实际不足应完成的%d%%、且落后%d个百分点以上；逐件计划的指标和里程碑为晚于计划1至%d天。",
			th.LaggingGap, th.SevereGap, th.LaggingPlanned, th.LaggingAttainment, th.AttainmentFloor, th.SevereDays)},
		{t("预警等级：关注"), t("落后%d个百分点以上、不足%d个百分点。", th.WatchGap, th.LaggingGap)},
		{t("进度状态"), t("未启动：应有进展而累计为零；逾期：已过完成时限而未完成；未到期：计划曲线尚未开始。与预警等级分列，未启动、逾期的指标照样带预警等级。")},
		{t("快于序时"), t("超前%d个百分点以上。", th.AheadGap)},
		{t("数据超期未报"), t("超过报送周期%d天仍无报送，也未报“无变化”；以最近一次的数据测算，不显示为符合序时或快于序时。", th.GraceDays)},
		{t("从未报送"), t("应报而从未报送：累计量按零计，水平值为未知。")},
		{t("未知"), t("缺少基期值、分母、计划曲线或报送而无法测算，原因见函中“无法测算”；不按零计，也不按正常计。")},
		{t("临期"), t("%d天内有阶段、项目或整项到期而尚未完成。", th.DueSoonDays)},
	}
}
