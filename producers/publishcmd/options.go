package publishcmd

import (
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nuid"
	"github.com/spf13/pflag"

	"xushi/schema"
)

// options are the flags: where to, and the members of one event.
type options struct {
	nats string
	wait bool

	plan, department, source, id, at string
	data                             schema.Data
	mode                             string
	unchanged                        bool
}

func (o *options) bind(f *pflag.FlagSet) {
	f.StringVar(&o.nats, "nats", nats.DefaultURL, "where the NATS server is")
	f.BoolVar(&o.wait, "wait", false, "wait for the ingest's verdict and show it")
	f.StringVar(&o.plan, "plan", "", "plan, e.g. hongqiao-2024")
	f.StringVar(&o.department, "department", "", "department that reports")
	f.StringVar(&o.source, "source", "", "sending system, e.g. /zhujianwei/projects")
	f.StringVar(&o.id, "id", "", "id of the event, unique for ever; default: a new one")
	f.StringVar(&o.at, "time", "", "when it happened, RFC 3339 with an offset; default: now")
	f.StringVar(&o.data.Commitment, "commitment", "", "commitment (目标任务)")
	f.StringVar(&o.data.Measure, "measure", "", "measure (量化指标)")
	f.StringVar(&o.data.Item, "item", "", "item, where the measure is itemised")
	f.StringVar(&o.data.Stage, "stage", "", "stage, where the measure is a milestone (里程碑): --value 1 is done, 0 is not")
	f.StringVar(&o.mode, "mode", "", "reading mode: increment, to_date or level")
	f.StringVar(&o.data.Value, "value", "", "decimal; a percentage is 80, not 0.8")
	f.StringVar(&o.data.Numerator, "numerator", "", "of a ratio, instead of --value")
	f.StringVar(&o.data.Denominator, "denominator", "", "of a ratio")
	f.StringVar(&o.data.Unit, "unit", "", "unit of the value, e.g. 万平方米; of a milestone 个阶段")
	f.StringVar(&o.data.Replaces, "replaces", "", "id of the event that this reading corrects")
	f.StringSliceVar(&o.data.Evidence, "evidence", nil, "link or document number (佐证材料); may be repeated")
	f.StringVar(&o.data.Note, "note", "", "free text")
	f.BoolVar(&o.unchanged, "unchanged", false, "say that nothing has changed this period")
	f.StringVar(&o.data.Voids, "void", "", "id of the event to withdraw; give --reason")
	f.StringVar(&o.data.Reason, "reason", "", "why it is withdrawn")
	f.StringVar(&o.data.Name, "item-name", "", "register --item under this name")
	f.StringVar(&o.data.PlannedDate, "planned-date", "", "of the registered item, 2024-06-30")
	f.StringVar(&o.data.Problem, "problem", "", "存在问题 of the commitment, an event of its own without --measure; give --next-step")
	f.StringVar(&o.data.NextStep, "next-step", "", "下一步措施")
}

// entry is the event that the flags describe. What is wrong with it is said like of any other.
func (o *options) entry(now time.Time) *entry {
	e := &schema.Event{
		ID: o.id, Source: o.source, Type: o.kind(), Time: now,
		Plan: o.plan, Department: o.department, Data: o.data,
	}
	e.Data.Mode = schema.Mode(o.mode)
	if e.ID == "" {
		e.ID = nuid.Next()
	}
	if o.at != "" {
		t, err := time.Parse(time.RFC3339Nano, o.at)
		if err != nil {
			return &entry{event: e, err: schema.Refuse(schema.InvalidTime, "time",
				"--time 须为带时区的 RFC 3339 时间，例如 2024-06-30T18:00:00+08:00。")}
		}
		e.Time = t
	}
	return &entry{event: e}
}

// kind follows from what is given.
func (o *options) kind() schema.Type {
	switch {
	case o.unchanged:
		return schema.Unchanged
	case o.data.Voids != "":
		return schema.Voided
	case o.data.Name != "":
		return schema.ItemAdded
	case o.data.Problem != "" || o.data.NextStep != "":
		return schema.Explained
	}
	return schema.Reported
}
