package seeds

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"xushi/schema"
)

// Admit holds an event of good form against its plan's ledger as it was in force when the event was
// received, and fills in the record's ledger version and its quantities in the measure's base unit. Its
// verdict depends on the event and that version only: never on what was reported before, so that a replay in
// any order says the same. Before its first version there is no plan: a verdict from then must not be another
// one in a replay.
func (r *Register) Admit(rec *schema.Record) *schema.Rejection {
	history, ok := r.plans[rec.Plan]
	if !ok || rec.ReceivedAt.Before(history.revisions[0].At) {
		return schema.Refuse(schema.UnknownPlan, "plan", fmt.Sprintf("没有计划 %q，现有：%s。", rec.Plan, strings.Join(r.plansAt(rec.ReceivedAt), "、")))
	}
	l := history.At(rec.ReceivedAt)
	a := l.admissions[rec.Data.Measure]
	if !a.takes(rec) {
		if refusal := l.refuse(rec); refusal != nil {
			return refusal
		}
	}
	rec.LedgerVersion = l.Version
	switch {
	case a == nil: // it is about the whole commitment
		return nil
	case rec.Type == schema.Reported:
		return a.admitReading(rec)
	case rec.Type == schema.ItemAdded:
		return a.admitItem()
	}
	return nil
}

// refuse says what of department, commitment and measure does not go together; nil if nothing.
func (l *Ledger) refuse(rec *schema.Record) *schema.Rejection {
	d, ok := l.departments[rec.Department]
	if !ok {
		return schema.Refuse(schema.UnknownDepartment, "department", fmt.Sprintf("计划 %s 中没有单位 %q，请核对单位编号。", rec.Plan, rec.Department))
	}
	c, ok := l.commitments[rec.Data.Commitment]
	if !ok {
		return schema.Refuse(schema.UnknownCommitment, "data.commitment", fmt.Sprintf("计划 %s 中没有任务 %q，请对照台账核对编号。", rec.Plan, rec.Data.Commitment))
	}
	if !c.Involves(d.ID) {
		return schema.Refuse(schema.DepartmentNotInvolved, "department", fmt.Sprintf("%s不是任务“%s”的牵头或配合单位；如分工有变，请先由督查室调整台账。", d.Name, c.Title))
	}
	if rec.Data.Measure == "" {
		return nil
	}
	if m, ok := l.measures[rec.Data.Measure]; !ok || m.Commitment != c {
		return schema.Refuse(schema.UnknownMeasure, "data.measure", fmt.Sprintf("任务“%s”没有指标 %q，现有：%s。", c.Title, rec.Data.Measure, strings.Join(c.measureIDs(), "、")))
	}
	return nil
}

// admission is what the readings of a measure are held against, worked out once for all of them.
type admission struct {
	*Measure
	departments []string // those that may report
	least       decimal.Decimal
	greatest    decimal.Decimal
	hasGreatest bool
	pieces      bool // it is reported piece by piece
}

func (l *Ledger) admission(m *Measure) *admission {
	a := &admission{Measure: m, least: sixDecimals(decimal.Zero), pieces: m.Itemised || m.Milestone()}
	for _, id := range append([]string{m.Commitment.LeadDepartment}, m.Commitment.SupportingDepartments...) {
		if _, known := l.departments[id]; known {
			a.departments = append(a.departments, id)
		}
	}
	if m.MinValue != nil {
		a.least = sixDecimals(*m.MinValue)
	}
	if m.MaxValue != nil {
		a.greatest, a.hasGreatest = sixDecimals(*m.MaxValue), true
	}
	return a
}

// sixDecimals writes a bound as readings are, if it can be: decimals of one exponent are compared without
// making others of them.
func sixDecimals(d decimal.Decimal) decimal.Decimal {
	if same := decimal.NewFromBigInt(d.Shift(6).BigInt(), -6); same.Equal(d) {
		return same
	}
	return d
}

// takes tells whether the record's commitment has the measure and its department may report it.
func (a *admission) takes(rec *schema.Record) bool {
	return a != nil && a.Commitment.ID == rec.Data.Commitment && slices.Contains(a.departments, rec.Department)
}

func (a *admission) admitReading(rec *schema.Record) *schema.Rejection {
	d := &rec.Data
	if d.Mode != a.Mode {
		return schema.Refuse(schema.WrongMode, "data.mode", fmt.Sprintf("指标“%s”按 %s 报送，事件写的是 %s；请按该口径换算后重报。", a.Title, modeWords[a.Mode], modeWords[d.Mode]))
	}
	if r := a.checkItem(d.Item); r != nil {
		return r
	}
	if r := a.checkStage(d.Stage); r != nil {
		return r
	}
	factor, ok := a.UnitFactor(d.Unit)
	if !ok {
		return schema.Refuse(schema.WrongUnit, "data.unit", fmt.Sprintf("指标“%s”的单位是 %s，不能用 %q 报送。", a.Title, a.Unit, d.Unit))
	}
	if r := a.convert(rec, factor); r != nil {
		return r
	}
	return a.checkBounds(rec.Quantity.Decimal)
}

var modeWords = map[schema.Mode]string{
	schema.Increment: "increment（本次新增）",
	schema.ToDate:    "to_date（累计）",
	schema.Level:     "level（水平值）",
}

func (m *Measure) checkItem(item string) *schema.Rejection {
	switch {
	case m.Itemised && item == "":
		return schema.Refuse(schema.ItemRequired, "data.item", fmt.Sprintf("指标“%s”逐项报送，请写明 data.item。", m.Title))
	case !m.Itemised && item != "":
		return schema.Refuse(schema.ItemRefused, "data.item", fmt.Sprintf("指标“%s”不分项目报送，请删去 data.item。", m.Title))
	case m.Itemised && !m.ItemsOpen && !m.lists(item):
		return schema.Refuse(schema.UnknownItem, "data.item", fmt.Sprintf("指标“%s”的清单是封闭的，其中没有 %q；现有：%s。", m.Title, item, strings.Join(m.itemIDs(), "、")))
	}
	return nil
}

func (m *Measure) checkStage(stage string) *schema.Rejection {
	switch {
	case !m.Milestone() && stage != "":
		return schema.Refuse(schema.UnknownStage, "data.stage", fmt.Sprintf("指标“%s”不分阶段，请删去 data.stage。", m.Title))
	case m.Milestone() && stage == "":
		return schema.Refuse(schema.StageRequired, "data.stage", fmt.Sprintf("指标“%s”是里程碑，按阶段报送，请在 data.stage 写明阶段：%s。", m.Title, m.stageWords()))
	case m.Milestone() && m.piece(stage).ID == "":
		return schema.Refuse(schema.UnknownStage, "data.stage", fmt.Sprintf("指标“%s”没有阶段 %q，现有：%s。", m.Title, stage, m.stageWords()))
	}
	return nil
}

// Takes tells whether a reading's item and stage are what the measure is reported by. What another version
// of the ledger admitted need not be.
func (m *Measure) Takes(d *schema.Data) bool {
	return m.checkItem(d.Item) == nil && m.checkStage(d.Stage) == nil
}

// stageWords lists a milestone's stages for whoever is to choose one: design（完成设计）、…
func (m *Measure) stageWords() string {
	var words []string
	for _, p := range m.Pieces() {
		words = append(words, p.ID+"（"+p.Name+"）")
	}
	return strings.Join(words, "、")
}

func (m *Measure) admitItem() *schema.Rejection {
	switch {
	case !m.Itemised:
		return schema.Refuse(schema.ItemRefused, "data.item", fmt.Sprintf("指标“%s”不分项目，无需登记项目。", m.Title))
	case !m.ItemsOpen:
		return schema.Refuse(schema.ListClosed, "data.item", fmt.Sprintf("指标“%s”的清单是封闭的（原文没有“等”），不能登记新项目。", m.Title))
	}
	return nil
}

// convert fills in the quantity; a ratio's is numerator ÷ denominator × per, to six decimals, half up.
func (m *Measure) convert(rec *schema.Record, factor decimal.Decimal) *schema.Rejection {
	d := &rec.Data
	if d.Value != "" {
		q, r := schema.ParseQuantity("data.value", d.Value, factor)
		rec.Quantity = decimal.NewNullDecimal(q)
		return r
	}
	if m.Ratio == nil {
		return schema.Refuse(schema.RatioRefused, "data.numerator", fmt.Sprintf("指标“%s”不是比率，请用 data.value 报送。", m.Title))
	}
	over, r := schema.ParseQuantity("data.numerator", d.Numerator, one)
	if r != nil {
		return r
	}
	under, r := schema.ParseQuantity("data.denominator", d.Denominator, one)
	if r != nil {
		return r
	}
	if !under.IsPositive() {
		return schema.Refuse(schema.ZeroDenominator, "data.denominator", fmt.Sprintf("分母（%s）必须大于零。", m.Ratio.Denominator))
	}
	rec.Numerator, rec.Denominator = decimal.NewNullDecimal(over), decimal.NewNullDecimal(under)
	rec.Quantity = decimal.NewNullDecimal(over.Mul(m.Ratio.Per).DivRound(under, 6))
	return schema.CheckQuantity("data.numerator", rec.Quantity.Decimal)
}

// checkBounds refuses what the measure cannot be: below its least value (zero unless the ledger says
// otherwise), above its greatest, or, of a piece, anything but done or not done.
func (a *admission) checkBounds(q decimal.Decimal) *schema.Rejection {
	switch {
	case q.LessThan(a.least):
		return schema.Refuse(schema.OutOfBounds, "data.value", fmt.Sprintf("指标“%s”不能低于 %s，报送的是 %s；要冲减，请更正或撤销原事件。", a.Title, a.least, q))
	case a.hasGreatest && q.GreaterThan(a.greatest):
		return schema.Refuse(schema.OutOfBounds, "data.value", fmt.Sprintf("指标“%s”不能高于 %s，报送的是 %s。", a.Title, a.greatest, q))
	case a.pieces && !q.IsZero() && !q.Equal(done):
		return schema.Refuse(schema.OutOfBounds, "data.value", fmt.Sprintf("指标“%s”的每一项、每个阶段只能是 0（未完成）或 1（已完成），报送的是 %s。", a.Title, q))
	}
	return nil
}

// done is what a piece is that is done.
var done = sixDecimals(one)

func (m *Measure) lists(item string) bool {
	return slices.ContainsFunc(m.Items, func(i Item) bool { return i.ID == item })
}

func (m *Measure) itemIDs() []string {
	ids := make([]string, len(m.Items))
	for i := range m.Items {
		ids[i] = m.Items[i].ID
	}
	return ids
}

func (c *Commitment) measureIDs() []string {
	ids := make([]string, len(c.Measures))
	for i := range c.Measures {
		ids[i] = c.Measures[i].ID
	}
	return ids
}

// plansAt are the plans that had a version by then.
func (r *Register) plansAt(t time.Time) []string {
	ids := make([]string, 0, len(r.plans))
	for id, history := range r.plans {
		if !history.First().At.After(t) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}
