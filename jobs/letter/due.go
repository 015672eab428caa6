package letter

import (
	"slices"

	"xushi/schema"
	"xushi/seeds"
)

// due is one thing that is to be done within the next days: a stage, an item, or the whole of a measure.
type due struct {
	row
	Date     string // "" under another of the same date
	DaysLeft string
	What     string // name of the stage or item, or what of the measure is due
}

// deadline is by when something of an entry is due: a piece by its name, or, where it has none, the whole or
// the next one of a count.
type deadline struct {
	*entry
	by    schema.Date
	piece string
	whole bool
}

// dueSoon lists, by date, what is missing and due within so many days from the letter's on.
func (v *view) dueSoon() list[due] {
	day := schema.DateOf(v.in.AsOf)
	var all []deadline
	for i := range v.entries {
		if e := &v.entries[i]; e.now.DueSoon {
			for _, d := range e.deadlines() {
				if d.by >= day && d.by <= day+schema.Date(v.DueSoonDays) {
					all = append(all, d)
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b deadline) int { return int(a.by - b.by) })
	shown := cut(v, all, func(d deadline) due {
		return due{row: v.row(d.entry), Date: d.by.String(), DaysLeft: v.daysLeft(int(d.by - day)), What: v.what(d)}
	})
	for i := len(shown.Rows) - 1; i > 0; i-- {
		if shown.Rows[i].Date == shown.Rows[i-1].Date {
			shown.Rows[i].Date = ""
		}
	}
	return shown
}

// deadlines are the measure's missing pieces with their dates; what has none of its own is named as the next
// one of a count, and the due date stands for the whole.
func (e *entry) deadlines() []deadline {
	var all []deadline
	dated := map[schema.Date]bool{}
	for _, p := range e.measure.Pieces() {
		if p.By != 0 && !slices.Contains(e.now.DonePieces, p.ID) {
			all = append(all, deadline{entry: e, by: p.By, piece: p.Name})
			dated[p.By] = true
		}
	}
	if next := e.now.NextDue; e.now.NextPiece == "" && next != e.measure.DueDate {
		all = append(all, deadline{entry: e, by: next})
	}
	if whole := e.measure.DueDate; !dated[whole] {
		all = append(all, deadline{entry: e, by: whole, whole: true})
	}
	return all
}

func (v *view) what(d deadline) string {
	switch {
	case d.piece != "":
		return clip(d.piece, titleRunes)
	case d.whole:
		return v.t("全部完成（%s）", v.target(d.measure))
	}
	return v.t("第%d%s", d.now.Actual.Decimal.IntPart()+1, v.one(d.measure.Unit))
}

func (v *view) daysLeft(n int) string {
	if n == 0 {
		return v.t("当日")
	}
	return v.t("%d天", n)
}

// nextStage is the first stage of a milestone that is not done, false if there is none.
func (e *entry) nextStage() (seeds.Piece, bool) {
	if !e.measure.Milestone() {
		return seeds.Piece{}, false
	}
	for _, p := range e.measure.Pieces() {
		if !slices.Contains(e.now.DonePieces, p.ID) {
			return p, true
		}
	}
	return seeds.Piece{}, false
}
