package explanation

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"xushi/jobs/assessment"
	"xushi/jobs/figures"
	"xushi/schema"
	"xushi/seeds"
)

// actual lists the events that make up the actual figure, and adds them up.
func (x *explainer) actual() {
	counted := x.counted()
	if len(counted) == 0 {
		x.nothingReported()
		return
	}
	how := map[schema.Mode]string{
		schema.Increment: "各次新增相加", schema.ToDate: "以发生时间最晚的一次累计数为准", schema.Level: "以发生时间最晚的一次水平值为准，不相加",
	}[x.m.Mode]
	if x.m.Milestone() || x.m.Itemised {
		how = "每一项以发生时间最晚的一次为准，完成的相加"
	}
	x.line("计入方法", "%s；共 %d 次报送计入", how, len(counted))
	total := decimal.Zero
	for i, r := range counted {
		total = total.Add(r.Quantity.Decimal)
		running := ""
		if x.m.Mode == schema.Increment && len(counted) > 1 {
			running = "；累计至此 " + total.String() + x.m.Unit
		}
		x.event(strconv.Itoa(i+1), r, x.piece(r)+x.reported(r)+running)
	}
	x.sum(counted)
	x.share()
}

func (x *explainer) nothingReported() {
	words := "到 " + moment(x.KnownAt) + " 为止，没有收到可以计入的报送"
	if x.m.Mode == schema.Level {
		x.text("%s，水平值未知，不按零计。", words)
		return
	}
	x.text("%s，按零计。", words)
	x.line("累计完成", "%s", x.quantity(figures.Rat(x.a.Actual)))
}

// event is one record on two lines: what it says, and who said it.
func (x *explainer) event(number string, r *schema.Record, says string) {
	lead := "  " + cells.FillLeft(number, 3) + "  "
	x.hanging(lead, fmt.Sprintf("%s 发生，%s 收到：%s", moment(r.Time), moment(r.ReceivedAt), says))
	by := x.Ledger.DepartmentName(r.Department) + " " + r.Source + "#" + r.ID
	if len(r.Data.Evidence) > 0 {
		by += "；佐证：" + strings.Join(r.Data.Evidence, "、")
	}
	if r.Data.Note != "" {
		by += "；备注：" + r.Data.Note
	}
	x.hanging(strings.Repeat(" ", len(lead)), by)
}

// piece names what the reading is of, if not of the whole.
func (x *explainer) piece(r *schema.Record) string {
	p := r.Data.Piece()
	if p == "" {
		return ""
	}
	return "[" + x.m.PieceName(p) + "] "
}

// mostAdded is how many numbers are worth writing out; the running total beside the events says the same.
const mostAdded = 8

// sum adds up, in the measure's unit and exactly.
func (x *explainer) sum(counted []*schema.Record) {
	actual := x.a.Actual.Decimal
	spoken := x.spoken(actual.Rat())
	switch {
	case x.m.Mode == schema.Increment && len(counted) > mostAdded:
		x.line("累计完成", "以上 %d 次相加 = %s", len(counted), spoken)
	case x.m.Mode == schema.Increment || x.m.Milestone() || x.m.Itemised:
		parts := make([]string, len(counted))
		for i, r := range counted {
			parts[i] = r.Quantity.Decimal.String()
		}
		if len(parts) == 1 {
			x.line("累计完成", "%s", spoken)
			return
		}
		x.line("累计完成", "%s", sum(parts, spoken))
	default:
		x.line("累计完成", "%s", spoken)
	}
}

// share is the actual figure as a part of the target.
func (x *explainer) share() {
	actual := x.a.Actual.Decimal.Rat()
	switch {
	case x.a.ActualShare == nil:
		x.line("完成率", "无法得出：%s", x.a.Reason)
	case x.m.Milestone():
		var weights []string
		for _, s := range x.m.Curve.Stages {
			if slices.Contains(x.a.DonePieces, s.Stage) {
				weights = append(weights, s.Weight.String()+"%")
			}
		}
		x.line("完成率", "按权重 %s", sum(weights, share(x.a.ActualShare)))
	case x.m.Mode == schema.Level:
		x.line("完成率", "%s = %s", x.way(actual), share(x.a.ActualShare))
	default:
		x.line("完成率", "%s ÷ %s = %s", x.quantity(actual), x.quantity(x.m.TargetValue.Rat()), share(x.a.ActualShare))
	}
}

// pieces are the items or stages of the ledger, and then what a department registered and reported.
func (x *explainer) pieces() []seeds.Piece {
	pieces := x.m.Pieces()
	for _, r := range x.counted() {
		id := r.Data.Piece()
		if !slices.ContainsFunc(pieces, func(p seeds.Piece) bool { return p.ID == id }) {
			pieces = append(pieces, seeds.Piece{ID: id, Name: id})
		}
	}
	return pieces
}

// pieceTitle names a piece; one that a department registered is known by its ID alone.
func pieceTitle(p seeds.Piece) string {
	if p.Name == p.ID {
		return p.ID
	}
	return p.Name + "（" + p.ID + "）"
}

// pieceState says whether a piece is done, and since when; or for how long it is late.
func (x *explainer) pieceState(id string, by schema.Date) string {
	switch {
	case slices.Contains(x.a.DonePieces, id):
		return "已完成 " + x.doneOn(id)
	case slices.Contains(x.a.MissingPieces, id):
		return fmt.Sprintf("应完未完，晚 %d 天", x.day-by)
	}
	return "未完成"
}

// doneOn is the day on which the reading that counts says that the piece was done.
func (x *explainer) doneOn(piece string) string {
	for _, r := range x.counted() {
		if r.Data.Piece() == piece {
			return schema.DateOf(r.Time).String()
		}
	}
	return figures.None
}

// fates are why a report does not count, in the order in which they are told, and how many of a kind are shown
// unless all are asked for.
var fates = []struct {
	fate  assessment.Fate
	title string
	most  int
	later bool // than the moments that are asked about: the nearest are the first of them
}{
	{assessment.Withdrawn, "已更正或撤销", 10, false},
	{assessment.CrossCheck, "其他单位报送，只作核对，不计入", 5, false},
	{assessment.NotInLedger, "所报项目或阶段不在本版台账中", 5, false},
	{assessment.Superseded, "已有更晚的报送，以更晚的为准", 3, false},
	{assessment.NoChange, "“本期无变化”，只表明数据仍然有效", 3, false},
	{assessment.HappenedLater, "发生在“截至”之后", 3, true},
	{assessment.ReceivedLater, "在“已知至”之后才收到", 3, true},
}

// notCounted lists what was said of the measure and does not make its figure.
func (x *explainer) notCounted() {
	none := true
	for _, f := range fates {
		var of []assessment.Entry
		for _, e := range x.entries {
			if e.Fate == f.fate {
				of = append(of, e)
			}
		}
		if len(of) == 0 {
			continue
		}
		none = false
		listed := ""
		shown := of
		switch n := len(of); {
		case x.EveryEvent || n <= f.most:
		case f.later:
			shown, listed = of[:f.most], fmt.Sprintf("，列出最早的 %d 次（全部列出：加 --all）", f.most)
		default:
			shown, listed = of[n-f.most:], fmt.Sprintf("，列出最近的 %d 次（全部列出：加 --all）", f.most)
		}
		x.text("%s：%d 次%s", f.title, len(of), listed)
		for _, e := range shown {
			x.event("-", e.Record, x.says(e))
		}
	}
	if none {
		x.text("没有。")
	}
}

// says is what an entry reported, and what took its place.
func (x *explainer) says(e assessment.Entry) string {
	says := x.piece(e.Record)
	if e.Record.Type == schema.Unchanged {
		says += "本期无变化"
	} else {
		says += x.reported(e.Record)
	}
	if e.Fate != assessment.Withdrawn {
		return says
	}
	how := "被撤销"
	if e.By.Type == schema.Reported {
		how = "被更正"
	}
	return fmt.Sprintf("%s；%s：%s（%s 收到）", says, how, e.By.ID, moment(e.By.ReceivedAt))
}

// corrections are those that took back some of what had been known.
func (x *explainer) corrections() {
	if len(x.a.Corrections) == 0 {
		x.text("没有使已报数减少的更正或撤销。")
	}
	for _, c := range x.a.Corrections {
		reason := c.Reason
		if reason == "" {
			reason = "未说明"
		}
		x.hanging("    -  ", fmt.Sprintf("%s 收到 %s，更正或撤销 %s：%s → %s；原因：%s", moment(c.At), c.ID, c.Target,
			x.quantity(c.Before.Rat()), x.quantity(c.After.Rat()), reason))
	}
}
