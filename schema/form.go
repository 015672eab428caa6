package schema

import (
	"fmt"
	"strconv"
)

// members is a set of members of Data.
type members uint32

const (
	commitment members = 1 << iota
	measure
	item
	mode
	value
	numerator
	denominator
	unit
	stage
	replaces
	evidence
	note
	voids
	reason
	name
	plannedDate
	problem
	nextStep
)

// form is which members a type must and may have; anything else is refused, because a member that has no
// meaning there is a mistake its sender would want to hear of.
type form struct{ must, may members }

func formOf(t Type) (f form, ok bool) {
	switch t {
	case Reported:
		return form{commitment | measure | mode | unit, item | value | numerator | denominator | stage | replaces | evidence | note}, true
	case Unchanged:
		return form{commitment, measure | note}, true
	case Voided:
		return form{commitment | voids | reason, note}, true
	case ItemAdded:
		return form{commitment | measure | item | name, plannedDate | note}, true
	case Explained:
		return form{commitment | problem | nextStep, note}, true
	}
	return form{}, false
}

// texts describes the members of Data that hold one text: their path, and what it must look like.
var texts = [...]struct {
	bit   members
	path  string
	check func(path, text string) *Rejection
}{
	{commitment, "data.commitment", checkToken},
	{measure, "data.measure", checkToken},
	{item, "data.item", checkToken},
	{mode, "data.mode", checkMode},
	{value, "data.value", checkNumber},
	{numerator, "data.numerator", checkNumber},
	{denominator, "data.denominator", checkNumber},
	{unit, "data.unit", checkShort},
	{stage, "data.stage", checkToken},
	{replaces, "data.replaces", checkID},
	{note, "data.note", checkLong},
	{voids, "data.voids", checkID},
	{reason, "data.reason", checkLong},
	{name, "data.name", checkShort},
	{plannedDate, "data.planned_date", checkDate},
	{problem, "data.problem", checkLong},
	{nextStep, "data.next_step", checkLong},
}

// texts are the members in the order of the table.
func (d *Data) texts() [len(texts)]*string {
	return [...]*string{
		&d.Commitment, &d.Measure, &d.Item, (*string)(&d.Mode), &d.Value, &d.Numerator, &d.Denominator, &d.Unit, &d.Stage,
		&d.Replaces, &d.Note, &d.Voids, &d.Reason, &d.Name, &d.PlannedDate, &d.Problem, &d.NextStep,
	}
}

// CheckForm checks everything about an event that needs no ledger and no clock.
func (e *Event) CheckForm() *Rejection {
	if r := e.checkEnvelope(); r != nil {
		return r
	}
	form, ok := formOf(e.Type)
	if !ok {
		return Refuse(UnknownType, "type", fmt.Sprintf("没有 %q 这种事件类型。", clip(string(e.Type))))
	}
	var has members
	written := e.Data.texts()
	for i := range written {
		t, text := &texts[i], *written[i]
		if text == "" {
			if form.must&t.bit != 0 {
				return Refuse(MissingField, t.path, "缺少 "+t.path+"。")
			}
			continue
		}
		has |= t.bit
		if (form.must|form.may)&t.bit == 0 {
			return Refuse(UnknownField, t.path, fmt.Sprintf("%s 类事件没有 %s，请删去。", e.Type, t.path))
		}
		if r := t.check(t.path, text); r != nil {
			return r
		}
	}
	if r := checkEvidence(e.Data.Evidence, form.may&evidence != 0); r != nil {
		return r
	}
	if e.Data.Replaces == e.ID || e.Data.Voids == e.ID {
		return Refuse(SelfReference, "id", "事件不能更正或撤销自己；请用新的 id。")
	}
	if e.Type == Reported {
		return checkQuantity(has)
	}
	return nil
}

func (e *Event) checkEnvelope() *Rejection {
	if r := checkID("id", e.ID); r != nil {
		return r
	}
	if len(e.Source) > MaxSourceBytes || !printable(e.Source) {
		return Refuse(InvalidID, "source", fmt.Sprintf("source 须为 1 至 %d 个可打印的 ASCII 字符，例如 /zhujianwei/projects。", MaxSourceBytes))
	}
	if r := checkToken("plan", e.Plan); r != nil {
		return r
	}
	return checkToken("department", e.Department)
}

func checkQuantity(has members) *Rejection {
	switch has & (value | numerator | denominator) {
	case value, numerator | denominator:
		return nil
	case 0:
		return Refuse(MissingField, "data.value", "缺少 data.value（或同时给出 data.numerator 和 data.denominator）。")
	case numerator:
		return Refuse(MissingField, "data.denominator", "给出了分子，缺少分母 data.denominator。")
	case denominator:
		return Refuse(MissingField, "data.numerator", "给出了分母，缺少分子 data.numerator。")
	}
	return Refuse(UnknownField, "data.value", "value 与 numerator、denominator 只能二选一。")
}

func checkEvidence(list []string, allowed bool) *Rejection {
	if len(list) > 0 && !allowed {
		return Refuse(UnknownField, "data.evidence", "这类事件没有 data.evidence，请删去。")
	}
	if len(list) > MaxEvidence {
		return Refuse(TextTooLong, "data.evidence", fmt.Sprintf("佐证材料最多 %d 条。", MaxEvidence))
	}
	for i, text := range list {
		if len(text) > MaxShortText {
			return checkShort("data.evidence."+strconv.Itoa(i), text)
		}
	}
	return nil
}

func checkID(path, text string) *Rejection {
	if text == "" {
		return Refuse(MissingField, path, "缺少 "+path+"。")
	}
	if len(text) > MaxIDBytes || !printable(text) {
		return Refuse(InvalidID, path, fmt.Sprintf("%s 须为 1 至 %d 个可打印的 ASCII 字符（现为 %d 字节）。", path, MaxIDBytes, len(text)))
	}
	return nil
}

func checkToken(path, text string) *Rejection {
	if text == "" {
		return Refuse(MissingField, path, "缺少 "+path+"。")
	}
	if !IsToken(text) || text == BatchToken {
		return Refuse(InvalidID, path, fmt.Sprintf("%s 为 %q：只能用小写字母、数字和中间的连字符，最多 %d 个字符，且不能是 %q。", path, clip(text), MaxTokenBytes, BatchToken))
	}
	return nil
}

func checkMode(path, text string) *Rejection {
	switch Mode(text) {
	case Increment, ToDate, Level:
		return nil
	}
	return Refuse(WrongMode, path, fmt.Sprintf("%s 为 %q：须为 increment（本次新增）、to_date（累计）或 level（水平值）。", path, clip(text)))
}

func checkDate(path, text string) *Rejection {
	// The bounds are inside what the store's dates can hold.
	if d, err := ParseDate(text); err != nil || d < Day(1970, 1, 1) || d > Day(2199, 12, 31) {
		return Refuse(InvalidTime, path, fmt.Sprintf("%s 须为 2024-06-30 形式的日期。", path))
	}
	return nil
}

func checkShort(path, text string) *Rejection { return checkLength(path, text, MaxShortText) }
func checkLong(path, text string) *Rejection  { return checkLength(path, text, MaxLongText) }

func checkLength(path, text string, limit int) *Rejection {
	if len(text) > limit {
		return Refuse(TextTooLong, path, fmt.Sprintf("%s 为 %d 字节，超过上限 %d 字节。", path, len(text), limit))
	}
	return nil
}

func printable(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] > '~' {
			return false
		}
	}
	return s != ""
}
