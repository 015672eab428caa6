package simulator

import (
	"slices"

	"github.com/shopspring/decimal"

	"xushi/schema"
)

// cross has a supporting department report the measure too. Of small counts every second one is
// confirmed, reading by reading, a day or two later. A doubted measure is counted anew every month, and
// comes out a tenth smaller; of a doubted milestone no stage is seen to be done.
func (r *reporter) cross(readings []*draft) {
	department, ok := r.supporter()
	if !ok {
		return
	}
	switch {
	case r.story.disputed && !r.m.Milestone():
		r.recount(department, readings)
	case r.story.disputed, r.m.SmallCount() && r.rng("cross").IntN(2) == 0:
		r.confirm(department, readings)
	}
}

// supporter is a department of the commitment that does not report the measure itself.
func (r *reporter) supporter() (string, bool) {
	c := r.m.Commitment
	for _, d := range append(slices.Clone(c.SupportingDepartments), c.LeadDepartment) {
		if d != r.m.ReportingDepartment {
			return d, true
		}
	}
	return "", false
}

func (r *reporter) confirm(department string, readings []*draft) {
	rng := r.rng("confirm")
	last := map[string]string{} // by item or stage
	for _, d := range readings {
		data := d.event.Data
		piece := data.Item + data.Stage
		if d.event.Type != schema.Reported || data.Value == last[piece] || data.Value == "0" {
			continue
		}
		last[piece] = data.Value
		copied := r.draft(rng, schema.Reported, laterAtWork(rng, d.event.Time, 1+rng.IntN(2)))
		copied.event.Department = department
		copied.event.Data = data
		copied.event.Data.Evidence = []string{"模拟佐证-" + copied.event.ID}
		copied.event.Data.Note = "配合单位核对"
		if r.story.disputed {
			copied.event.Data.Value, copied.event.Data.Note = "0", "配合单位核对，现场未见完成"
		}
	}
}

// recount says every month what nine tenths of the month's readings were.
func (r *reporter) recount(department string, readings []*draft) {
	rng := r.rng("recount")
	sum := decimal.Zero
	for i, d := range readings {
		data := d.event.Data
		factor, _ := r.m.UnitFactor(data.Unit)
		value, err := decimal.NewFromString(data.Value)
		if d.event.Type == schema.Reported && err == nil {
			value = value.Mul(factor)
			if r.m.Mode == schema.Increment {
				value = value.Add(sum)
			}
			sum = value
		}
		isLast := i == len(readings)-1 || readings[i+1].event.Time.In(schema.Shanghai).Month() != d.event.Time.In(schema.Shanghai).Month()
		counted := sum.Mul(decimal.New(9, -1)).Floor()
		if !isLast || r.m.Itemised || !counted.IsPositive() {
			continue
		}
		copied := r.reported(rng, laterAtWork(rng, d.event.Time, 1+rng.IntN(3)))
		copied.event.Department = department
		copied.event.Data.Value, copied.event.Data.Note = counted.String(), "配合单位核对，部分未见记录"
		if r.m.Mode == schema.Increment {
			sum = decimal.Zero
		}
	}
}
