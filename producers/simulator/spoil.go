package simulator

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"time"

	"xushi/schema"
)

// blunder is one way to get an event wrong.
type blunder struct {
	reason schema.Reason
	fits   func(*reporter, *draft) bool // absent: every reading
	commit func(*reporter, *draft)
}

// spoil adds a wrong copy of the reading, which must be refused; the reading itself is the sender's second
// try. Which blunder it is goes round, so that a year sees them all.
func (r *reporter) spoil(rng *rand.Rand, d *draft, turn int) {
	fitting := r.fitting(d, blunders)
	if r.m.Milestone() && rng.IntN(2) == 0 {
		fitting = r.fitting(d, stageBlunders) // stages are what such a sender is least used to
	}
	wrong := r.draft(rng, schema.Reported, d.event.Time.Add(-5*time.Minute))
	wrong.event.Data = d.event.Data
	b := fitting[(turn+rng.IntN(len(fitting)))%len(fitting)]
	wrong.refusal = b.reason
	b.commit(r, wrong)
}

// fitting are those blunders that can be committed on the reading.
func (r *reporter) fitting(d *draft, all []blunder) []blunder {
	var some []blunder
	for _, b := range all {
		if b.fits == nil || b.fits(r, d) {
			some = append(some, b)
		}
	}
	return some
}

func hasValue(_ *reporter, d *draft) bool { return d.event.Data.Value != "" }

func isStage(_ *reporter, d *draft) bool { return d.event.Data.Stage != "" }

// blunders that departments' systems really commit.
var blunders = []blunder{
	{schema.WrongUnit, nil, func(_ *reporter, d *draft) { d.event.Data.Unit = "亩" }},
	{schema.NotDecimal, hasValue, func(_ *reporter, d *draft) { d.event.Data.Value = "NaN" }},
	{schema.NotDecimal, hasValue, func(_ *reporter, d *draft) { d.event.Data.Value = "1.2e3" }},
	{schema.NotDecimal, hasValue, func(_ *reporter, d *draft) { d.event.Data.Value = "1,200" }},
	{schema.TooPrecise, hasValue, func(r *reporter, d *draft) {
		d.event.Data.Value, d.event.Data.Unit = "0.1234567", r.m.Unit
	}},
	{schema.TooManyDigits, hasValue, func(_ *reporter, d *draft) { d.event.Data.Value = strings.Repeat("9", 19) }},
	{schema.OutOfBounds, func(r *reporter, d *draft) bool { return hasValue(r, d) && r.m.MinValue == nil },
		func(_ *reporter, d *draft) { d.event.Data.Value = "-5" }},
	{schema.ZeroDenominator, func(_ *reporter, d *draft) bool { return d.event.Data.Denominator != "" },
		func(_ *reporter, d *draft) { d.event.Data.Denominator = "0" }},
	{schema.RatioRefused, func(r *reporter, _ *draft) bool { return r.m.Ratio == nil }, func(_ *reporter, d *draft) {
		d.event.Data.Value, d.event.Data.Numerator, d.event.Data.Denominator = "", "1", "2"
	}},
	{schema.WrongMode, nil, func(r *reporter, d *draft) {
		d.event.Data.Mode = schema.ToDate
		if r.m.Mode == schema.ToDate {
			d.event.Data.Mode = schema.Increment
		}
	}},
	{schema.ItemRequired, func(r *reporter, _ *draft) bool { return r.m.Itemised },
		func(_ *reporter, d *draft) { d.event.Data.Item = "" }},
	{schema.ItemRefused, func(r *reporter, _ *draft) bool { return !r.m.Itemised },
		func(_ *reporter, d *draft) { d.event.Data.Item = "moni-01" }},
	{schema.UnknownItem, func(r *reporter, _ *draft) bool { return r.m.Itemised && !r.m.ItemsOpen },
		func(_ *reporter, d *draft) { d.event.Data.Item = "moni-99" }},
	{schema.ListClosed, func(r *reporter, _ *draft) bool { return r.m.Itemised && !r.m.ItemsOpen }, func(r *reporter, d *draft) {
		d.event.Type = schema.ItemAdded
		d.event.Data = schema.Data{Commitment: r.m.Commitment.ID, Measure: r.m.ID, Item: "moni-99", Name: "模拟项目99"}
	}},
	{schema.UnknownMeasure, nil, func(_ *reporter, d *draft) { d.event.Data.Measure = "last-years-measure" }},
	{schema.UnknownCommitment, nil, func(_ *reporter, d *draft) { d.event.Data.Commitment = "last-years-commitment" }},
	{schema.UnknownPlan, nil, func(_ *reporter, d *draft) { d.event.Plan, d.apart = "last-year", true }},
	{schema.UnknownDepartment, nil, func(_ *reporter, d *draft) { d.event.Department, d.apart = "moni-danwei", true }},
	{schema.DepartmentNotInvolved, func(r *reporter, _ *draft) bool { return r.outsider() != "" },
		func(r *reporter, d *draft) { d.event.Department, d.apart = r.outsider(), true }},
	{schema.FutureTime, nil, func(_ *reporter, d *draft) { d.event.Time, d.apart = d.received.Add(8*time.Hour), true }},
	{schema.MissingField, nil, func(_ *reporter, d *draft) { d.event.Data.Unit = "" }},
	{schema.TextTooLong, nil, func(_ *reporter, d *draft) { d.event.Data.Note = strings.Repeat("详见附件。", 600) }},
	{schema.InvalidID, nil, func(_ *reporter, d *draft) { d.event.ID += strings.Repeat("-0", 64) }},
	{schema.SelfReference, nil, func(_ *reporter, d *draft) { d.event.Data.Replaces = d.event.ID }},
	{schema.UnknownStage, nil, func(_ *reporter, d *draft) { d.event.Data.Stage = "last-years-stage" }},
	{schema.SubjectMismatch, nil, func(_ *reporter, d *draft) {
		elsewhere := d.event.Address()
		elsewhere.Commitment = "last-years-commitment"
		d.subject = elsewhere.Subject()
	}},
	{schema.UnsupportedContent, nil, func(_ *reporter, d *draft) { d.content = "text/csv" }},
	{schema.UnsupportedVersion, nil, mangled(`"specversion":"1.0"`, `"specversion":"0.3"`)},
	{schema.DuplicateKey, nil, mangled(`"specversion":"1.0"`, `"specversion":"1.0","specversion":"1.0"`)},
	{schema.UnknownType, nil, mangled(`"progress.reported.v1"`, `"progress.report"`)},
	{schema.InvalidTime, nil, mangled(`"time":"20`, `"time":"20/`)},
	{schema.UnknownField, nil, mangled(`"data":{`, `"data":{"remark":"",`)},
	{schema.WrongType, nil, mangled(`"data":{`, `"data":{"note":12,`)},
	{schema.InvalidUTF8, nil, mangled(`"data":{`, "\"data\":{\"note\":\"\xc4\xa3\xc4\xe2\",")}, // 模拟 in GBK
	{schema.MalformedJSON, nil, func(_ *reporter, d *draft) {
		d.mangle = func(body []byte) []byte { return body[:len(body)-2] }
	}},
}

// stageBlunders are those with a milestone's stages: none named, one of another ledger, half of one, a
// count of them.
var stageBlunders = []blunder{
	{schema.StageRequired, isStage, func(_ *reporter, d *draft) { d.event.Data.Stage = "" }},
	{schema.UnknownStage, isStage, func(_ *reporter, d *draft) { d.event.Data.Stage = "last-years-stage" }},
	{schema.OutOfBounds, isStage, func(_ *reporter, d *draft) { d.event.Data.Value = "0.5" }},
	{schema.OutOfBounds, isStage, func(_ *reporter, d *draft) { d.event.Data.Value = "2" }},
}

// mangled replaces a piece of the message. A note is left out, so that there is room for a wrong one.
func mangled(old, replacement string) func(*reporter, *draft) {
	return func(_ *reporter, d *draft) {
		d.event.Data.Note = ""
		d.mangle = func(body []byte) []byte {
			return bytes.Replace(body, []byte(old), []byte(replacement), 1)
		}
	}
}

// outsider is a department that has nothing to do with the commitment, "" if there is none.
func (r *reporter) outsider() string {
	for i := range r.ledger.Departments {
		if d := &r.ledger.Departments[i]; !r.m.Commitment.Involves(d.ID) {
			return d.ID
		}
	}
	return ""
}
