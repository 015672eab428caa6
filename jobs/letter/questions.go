package letter

import "xushi/jobs/anomaly"

// question is something that the readings give rise to asking: it accuses nobody.
type question struct {
	Title, Who, Kind, Words string
}

// questions are those that the previous letter did not ask, in the order of the text.
func (v *view) questions() list[question] {
	var fresh []*anomaly.Question
	for i := range v.in.Questions {
		q := &v.in.Questions[i]
		if v.in.concerns(q.Measure) && (v.in.Before == nil || q.Since.After(v.in.Before.KnownAt)) {
			fresh = append(fresh, q)
		}
	}
	return cut(v, fresh, func(q *anomaly.Question) question {
		return question{
			Title: clip(v.fullTitle(q.Measure), 2*titleRunes), Who: clip(v.department(v.in.Ledger, q.Department), titleRunes),
			Kind: v.t(q.Kind.Label()), Words: clip(v.pick(q.Chinese, q.English), 2*v.room.text),
		}
	})
}
