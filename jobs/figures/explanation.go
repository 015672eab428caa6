package figures

import (
	"fmt"
	"io"
	"slices"

	"github.com/mattn/go-runewidth"

	"xushi/jobs/assessment"
	"xushi/schema"
	"xushi/seeds"
)

// Explain writes where a measure's figures come from: the text, the plan and who drew it, every item or
// stage, and every event.
func Explain(out io.Writer, ledger *seeds.Ledger, a *assessment.Assessment, evidence []assessment.Evidence) {
	explainPromise(out, ledger, a)
	explainFigures(out, a)
	var counted []*schema.Record
	for _, e := range evidence {
		if e.Counts {
			counted = append(counted, e.Record)
		}
	}
	explainPieces(out, a, counted)
	explainEvents(out, counted)
}

// line is one label with what it says.
func line(out io.Writer, label, format string, args ...any) {
	fmt.Fprintf(out, "%s %s\n", runewidth.FillRight(label, 12), fmt.Sprintf(format, args...))
}

func explainPromise(out io.Writer, ledger *seeds.Ledger, a *assessment.Assessment) {
	m, c := a.Measure, a.Measure.Commitment
	simulated := ""
	if a.Simulated {
		simulated = " · 模拟数据"
	}
	line(out, "指标", "%s（%s）%s", m.Title, m.ID, simulated)
	line(out, "原文", "「%s」", c.Quote)
	where := fmt.Sprintf("%s，第 %d 字起", ledger.Plan.Source.Title, c.QuoteOffset+1)
	if m.Milestone() {
		line(out, "出处", "%s；没有指标数，按里程碑分阶段督查", where)
	} else {
		line(out, "出处", "%s；指标数“%s”在第 %d 字", where, m.NumeralText, m.NumeralOffset+1)
	}
	line(out, "口径", "%s", m.Definition)
	line(out, "牵头单位", "%s；拟定者：%s", ledger.DepartmentName(c.LeadDepartment), Assigned(ledger.AssignedCommitment(c, "lead_department")))
	if m.Curve != nil {
		confirmed := "尚无单位确认"
		if m.CurveConfirmedBy != "" {
			confirmed = m.CurveConfirmedBy + "已确认"
		}
		line(out, "计划曲线", "%s，%s；拟定者：%s", m.Curve.Kind.Title(), confirmed, Assigned(ledger.AssignedMeasure(m, "curve")))
	}
	line(out, "完成时限", "%s", m.DueDate)
	line(out, "截至", "%s，已知至 %s，台账版本 %s", At(a.AsOf), At(a.KnownAt), ledger.Version)
}

func explainFigures(out io.Writer, a *assessment.Assessment) {
	m := a.Measure
	line(out, "目标值", "%s", Target(m))
	if by, adjusted := m.Adjusted(); adjusted {
		line(out, "目标调整", "%s", Assigned(by, true))
	}
	line(out, "序时应完成", "%s（%s）", Quantity(m, a.Planned), Percent(a.PlannedShare))
	line(out, "累计完成", "%s（%s）", Quantity(m, Rat(a.Actual)), Percent(a.ActualShare))
	if a.Gap != nil {
		line(out, "进度差", "%s 个百分点", Points(a.Gap))
	}
	if a.Attainment != nil {
		line(out, "时序完成率", "%s（累计完成 ÷ 序时应完成）", Percent(a.Attainment))
	}
	line(out, "滞后天数", "%d 天", a.LagDays)
	line(out, "进度状态", "%s", Status(a.Standing))
	line(out, "数据", "%s", a.Data.Label())
	if a.Reason != "" {
		line(out, "原因", "%s", a.Reason)
	}
}

// explainPieces lists the items or stages of the ledger, and then what a department registered and did.
func explainPieces(out io.Writer, a *assessment.Assessment, counted []*schema.Record) {
	m := a.Measure
	pieces := m.Pieces()
	for _, id := range a.DonePieces {
		if !slices.ContainsFunc(pieces, func(p seeds.Piece) bool { return p.ID == id }) {
			pieces = append(pieces, seeds.Piece{ID: id, Name: id})
		}
	}
	if len(pieces) == 0 {
		return
	}
	title := "项目 items"
	if m.Milestone() {
		title = "阶段 stages"
	}
	fmt.Fprintf(out, "\n%s: %d\n", title, len(pieces))
	for _, p := range pieces {
		by := "未定日期"
		if p.By != 0 {
			by = "应于 " + p.By.String()
		}
		fmt.Fprintf(out, "  %s%s  %s  %s\n", runewidth.FillRight(by, 15), weight(m, p.ID), runewidth.FillRight(pieceState(a, p, counted), 18), pieceTitle(p))
	}
}

// pieceTitle names a piece; one that a department registered is known by its ID alone.
func pieceTitle(p seeds.Piece) string {
	if p.Name == p.ID {
		return p.ID
	}
	return p.Name + "（" + p.ID + "）"
}

// weight is that of a stage; items all weigh the same.
func weight(m *seeds.Measure, id string) string {
	if !m.Milestone() {
		return ""
	}
	share := m.StageShare(func(s seeds.Stage) bool { return s.Stage == id })
	return "  权重 " + runewidth.FillLeft(Percent(share), 6)
}

// pieceState says whether the piece is done, and since when; or for how long it is late.
func pieceState(a *assessment.Assessment, p seeds.Piece, counted []*schema.Record) string {
	switch {
	case slices.Contains(a.DonePieces, p.ID):
		return "已完成 " + doneOn(counted, p.ID)
	case slices.Contains(a.MissingPieces, p.ID):
		return fmt.Sprintf("应完未完，晚 %d 天", schema.DateOf(a.AsOf)-p.By)
	}
	return "未完成"
}

// doneOn is the day on which the reading that counts says that the piece was done.
func doneOn(counted []*schema.Record, piece string) string {
	for _, r := range counted {
		if r.Data.Piece() == piece {
			return schema.DateOf(r.Time).String()
		}
	}
	return None
}

func explainEvents(out io.Writer, counted []*schema.Record) {
	fmt.Fprintf(out, "\n依据事件 events: %d\n", len(counted))
	for _, r := range counted {
		piece := ""
		if r.Data.Piece() != "" {
			piece = " [" + r.Data.Piece() + "]"
		}
		fmt.Fprintf(out, "  %s  发生 %s  接收 %s  %s %s%s  %s#%s\n", runewidth.FillRight(string(r.Type), 22),
			At(r.Time), At(r.ReceivedAt), numberOf(r), r.Data.Unit, piece, r.Source, r.ID)
	}
}

// numberOf is the number as it was sent; a ratio was sent as two.
func numberOf(r *schema.Record) string {
	if r.Numerator.Valid {
		return r.Numerator.Decimal.String() + " ÷ " + r.Denominator.Decimal.String() + " = " + r.Quantity.Decimal.String()
	}
	return r.Data.Value
}
