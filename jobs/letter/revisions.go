package letter

import (
	"cmp"
	"strings"

	"xushi/jobs/figures"
	"xushi/seeds"
)

// revision is one version of the ledger that came into force since the previous letter.
type revision struct {
	When, Version, By, Reason, Approver string

	Listed  list[adjustment] // of targets, curves and due dates, which somebody is held to
	Minor   int              // changes of anything else, which the letter only counts
	changes []seeds.Change
	ledger  *seeds.Ledger
}

// adjustment is one change of the ledger in words.
type adjustment struct {
	Of            string // title of the measure or commitment, name of the department
	What          string // 目标值, 计划曲线
	Before, After string // "" of what was added or removed as a whole
}

// String reads 目标值：84.7万平方米 → 80万平方米, or 删除.
func (a adjustment) String() string {
	if a.Before == "" {
		return a.What
	}
	return a.What + "：" + a.Before + " → " + a.After
}

func (a adjustment) clipped(runes int) adjustment {
	return adjustment{clip(a.Of, 2*titleRunes), a.What, clip(oneLine(a.Before), runes), clip(oneLine(a.After), runes)}
}

// revisions are those that change anything that the letter speaks of.
func (v *view) revisions() []revision {
	var shown []revision
	for _, r := range v.in.Revisions {
		words := revision{
			When: figures.At(r.At), Version: r.Ledger.Version, By: v.short(r.By, v.t("未注明")),
			Reason: v.short(r.Reason, v.t("未注明")), Approver: v.short(r.Approver, v.t("无需批准")), ledger: r.Ledger,
		}
		var controlled []seeds.Change
		for _, c := range r.Changes {
			if !v.speaksOf(r.Ledger, c) {
				continue
			}
			words.changes = append(words.changes, c)
			if c.Controlled {
				controlled = append(controlled, c)
			}
		}
		words.Minor = len(words.changes) - len(controlled)
		words.Listed = cut(v, controlled, func(c seeds.Change) adjustment { return v.adjustment(r.Ledger, c).clipped(v.room.text) })
		if len(words.changes) > 0 || v.Department == "" {
			shown = append(shown, words)
		}
	}
	return shown
}

func (v *view) short(words, otherwise string) string {
	return clip(oneLine(orElse(words, otherwise)), v.room.text)
}

// speaksOf tells whether a change is of what the letter speaks of.
func (v *view) speaksOf(l *seeds.Ledger, c seeds.Change) bool {
	if v.Department == "" {
		return true
	}
	switch c.Object {
	case "measure":
		m, ok := l.Measure(c.ID)
		return ok && v.in.concerns(m)
	case "commitment":
		p, ok := l.Commitment(c.ID)
		return ok && p.LeadDepartment == v.in.Department
	}
	return false
}

func (v *view) adjustment(l *seeds.Ledger, c seeds.Change) adjustment {
	a := adjustment{Of: v.titleOf(l, c)}
	switch {
	case c.Field == "due_date" && c.After > c.Before && c.Before != "": // both as 2024-06-30
		a.What, a.Before, a.After = v.t("完成时限（延期）"), c.Before, c.After
	case c.Field != "":
		a.What, a.Before, a.After = v.fieldTitle(c.Field), orElse(c.Before, v.t("无")), orElse(c.After, v.t("无"))
	case c.Before == "":
		a.What = v.t("新增")
	default:
		a.What = v.t("删除")
	}
	return a
}

// fieldTitle is what was changed; a threshold is known in English by its name in the ledger's files.
func (v *view) fieldTitle(field string) string {
	if threshold, ok := strings.CutPrefix(field, "thresholds."); ok && !v.chinese() {
		return threshold
	}
	return v.t(seeds.FieldTitle(field))
}

// titleOf names what was changed; what has no name of its own is called by its ID.
func (v *view) titleOf(l *seeds.Ledger, c seeds.Change) string {
	switch c.Object {
	case "measure":
		if m, ok := l.Measure(c.ID); ok {
			return v.fullTitle(m)
		}
	case "commitment":
		if p, ok := l.Commitment(c.ID); ok {
			return v.task(p)
		}
	case "department":
		return v.department(l, c.ID)
	case "plan":
		return l.Plan.Title
	}
	if c.Field == "" {
		return v.t(objectNames[c.Object]) + " " + cmp.Or(c.Before, c.After)
	}
	return v.t(objectNames[c.Object]) + " " + c.ID
}

var objectNames = map[string]string{
	"measure": "指标", "commitment": "任务", "statement": "其他表述", "numeral": "原文数字",
}
