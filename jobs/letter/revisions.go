package letter

import (
	"cmp"

	"xushi/jobs/figures"
	"xushi/seeds"
)

// revision is one version of the ledger that came into force since the previous letter.
type revision struct {
	When, Version, By, Reason, Approver string

	Listed  []adjustment // of targets, curves and due dates, which somebody is held to, as far as there is room
	More    int          // of them that only the workbook lists
	Minor   int          // changes of anything else, which the letter only counts
	changes []adjustment // all of them
}

// adjustment is one change of the ledger in words.
type adjustment struct {
	Of            string // title of the measure or commitment, name of the department
	What          string // 目标值, 计划曲线
	Before, After string // "" of what was added or removed as a whole
	controlled    bool
}

// String reads 目标值：84.7万平方米 → 80万平方米, or 删除.
func (a adjustment) String() string {
	if a.Before == "" {
		return a.What
	}
	return a.What + "：" + a.Before + " → " + a.After
}

func revisions(all []seeds.Revision) []revision {
	shown := make([]revision, len(all))
	for i, r := range all {
		v := revision{
			When: figures.At(r.At), Version: r.Ledger.Version, By: orElse(r.By, "未注明"), Reason: orElse(r.Reason, "未注明"), Approver: orElse(r.Approver, "无需批准"),
		}
		for _, c := range r.Changes {
			a := inWords(r.Ledger, c)
			v.changes = append(v.changes, a)
			if a.controlled {
				v.Listed = append(v.Listed, a)
			}
		}
		v.Minor = len(v.changes) - len(v.Listed)
		v.Listed, v.More = cut(v.Listed)
		shown[i] = v
	}
	return shown
}

func inWords(l *seeds.Ledger, c seeds.Change) adjustment {
	a := adjustment{Of: titleOf(l, c), controlled: c.Controlled}
	switch {
	case c.Field != "":
		a.What, a.Before, a.After = seeds.FieldTitle(c.Field), orElse(c.Before, "无"), orElse(c.After, "无")
	case c.Before == "":
		a.What = "新增"
	default:
		a.What = "删除"
	}
	return a
}

// titleOf names what was changed; what has no name of its own is called by its ID.
func titleOf(l *seeds.Ledger, c seeds.Change) string {
	switch c.Object {
	case "measure":
		if m, ok := l.Measure(c.ID); ok {
			return fullTitle(m)
		}
	case "commitment":
		if p, ok := l.Commitment(c.ID); ok {
			return p.Title
		}
	case "department":
		return l.DepartmentName(c.ID)
	case "plan":
		return l.Plan.Title
	}
	if c.Field == "" {
		return objectNames[c.Object] + " " + cmp.Or(c.Before, c.After)
	}
	return objectNames[c.Object] + " " + c.ID
}

var objectNames = map[string]string{
	"measure": "指标", "commitment": "任务", "statement": "其他表述", "numeral": "原文数字",
}
