package traffic

import (
	"xushi/schema"
	"xushi/seeds"
)

// void withdraws the target, or an event that nobody ever sent.
func (g *Generator) void(target *schema.Event) Element {
	e := g.fresh(schema.Voided, target.Department, target.Data.Commitment)
	e.Event.Source = target.Source
	e.Event.Data.Voids, e.Event.Data.Reason = target.ID, "重复报送"
	if g.chance(3) {
		e.Event.Data.Voids = "never-" + e.Event.ID
	}
	return e
}

// correction is a reading in place of the target's.
func (g *Generator) correction(target *schema.Event, m *seeds.Measure) Element {
	e := g.readingBy(target.Department, m)
	e.Event.Source, e.Event.Data.Replaces = target.Source, target.ID
	return e
}

// conflict says something else under the target's identity: another value, or only another time or note.
func (g *Generator) conflict(target *Element, m *seeds.Measure) Element {
	e := g.readingBy(target.Event.Department, m)
	if target.Event.Type == schema.Reported && g.chance(50) {
		e = *target
		e.Event.Time = g.moment()
		e.Event.Data.Note = "改写 " + e.Event.ID
	}
	e.Event.ID, e.Event.Source = target.Event.ID, target.Event.Source
	return e
}

// namesake bears the target's id in another system of the same department: another identity.
func (g *Generator) namesake(target *schema.Event, m *seeds.Measure) Element {
	e := g.readingBy(target.Department, m)
	e.Event.ID, e.Event.Source = target.ID, target.Source+"-other"
	return e
}

func (g *Generator) unchanged(m *seeds.Measure) Element {
	e := g.fresh(schema.Unchanged, m.ReportingDepartment, m.Commitment.ID)
	if g.chance(50) {
		e.Event.Data.Measure = m.ID
	}
	return e
}

func (g *Generator) explained(m *seeds.Measure) Element {
	e := g.fresh(schema.Explained, m.ReportingDepartment, m.Commitment.ID)
	e.Event.Data.Problem, e.Event.Data.NextStep = "管线迁改滞后", "月底前完成\"迁改\"\n并复工"
	return e
}

func (g *Generator) registered(m *seeds.Measure) Element {
	e := g.fresh(schema.ItemAdded, m.ReportingDepartment, m.Commitment.ID)
	e.Event.Data.Measure, e.Event.Data.Item = m.ID, g.item(m)
	e.Event.Data.Name, e.Event.Data.PlannedDate = "模拟项目", "2024-09-30"
	return e
}
