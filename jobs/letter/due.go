package letter

import (
	"fmt"
	"slices"

	"xushi/schema"
	"xushi/seeds"
)

// due is one thing that is to be done within the next days: a stage, an item, or the whole of a measure.
type due struct {
	*row
	by schema.Date

	Date     string // "" under another of the same date
	DaysLeft string
	What     string // name of the stage or item, or what of the measure is due
}

// dueSoon lists, by date, what is missing and due from the day on and within so many days.
func dueSoon(rows []*row, day schema.Date, within int) []due {
	var all []due
	for _, r := range rows {
		if !r.now.DueSoon {
			continue
		}
		for _, d := range r.duePieces() {
			if d.by >= day && d.by <= day+schema.Date(within) {
				d.DaysLeft = daysLeft(int(d.by - day))
				all = append(all, d)
			}
		}
	}
	slices.SortStableFunc(all, func(a, b due) int { return int(a.by - b.by) })
	for i := range all {
		if i == 0 || all[i].by != all[i-1].by {
			all[i].Date = all[i].by.String()
		}
	}
	return all
}

// duePieces are the measure's missing pieces with their dates; what has none of its own is named as the
// next one of a count, and the due date stands for the whole.
func (r *row) duePieces() []due {
	var all []due
	dated := map[schema.Date]bool{}
	for _, p := range r.measure.Pieces() {
		if p.By != 0 && !slices.Contains(r.now.DonePieces, p.ID) {
			all = append(all, due{row: r, by: p.By, What: p.Name})
			dated[p.By] = true
		}
	}
	if next := r.now.NextDue; r.now.NextPiece == "" && next != r.measure.DueDate {
		all = append(all, due{row: r, by: next, What: r.nextOfCount()})
	}
	if whole := r.measure.DueDate; !dated[whole] {
		all = append(all, due{row: r, by: whole, What: "全部完成（" + r.Target + "）"})
	}
	return all
}

// nextOfCount names a piece that has no name yet by its number.
func (r *row) nextOfCount() string {
	return fmt.Sprintf("第%d%s", r.now.Actual.Decimal.IntPart()+1, r.measure.Unit)
}

func daysLeft(n int) string {
	if n == 0 {
		return "当日"
	}
	return fmt.Sprintf("%d天", n)
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
