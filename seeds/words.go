package seeds

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"xushi/schema"
)

// words says an entry's field for a reader, in Chinese and briefly: departments by their names, quantities
// with their unit, a curve by what it does. "" is nothing.
func (o *object) words(name string) string {
	if threshold, ok := strings.CutPrefix(name, thresholdField); ok {
		return o.thresholdWords(Threshold(threshold))
	}
	switch v := o.fields[name].Interface().(type) {
	case decimal.Decimal:
		return o.quantity(&v)
	case *decimal.Decimal:
		return o.quantity(v)
	case schema.Date:
		return dateWords(v)
	case interface{ Title() string }: // a choice
		return v.Title()
	case *Curve:
		return v.Words(o.measure)
	case *Ratio:
		return v.words()
	case bool:
		if v {
			return "是"
		}
		return "否"
	case []string:
		return listed(v, o.ledger.DepartmentName)
	case []Item:
		return listed(v, func(i Item) string { return i.Name })
	case []Assignment:
		return listed(v, func(a Assignment) string {
			return fmt.Sprintf("%s由%s拟定（%s：%s）", listed(a.Fields, FieldTitle), a.AssignedBy, a.Confidence.Title(), a.Basis)
		})
	case string:
		if name == "lead_department" || name == "reporting_department" {
			return o.ledger.DepartmentName(v)
		}
		return v
	default:
		if v := o.fields[name]; v.Kind() == reflect.String {
			return v.String()
		}
		return canonicalField(o.fields[name])
	}
}

func (o *object) quantity(d *decimal.Decimal) string {
	if d == nil {
		return ""
	}
	for _, s := range scales {
		if strings.HasSuffix(o.measure.NumeralText, s.word) { // as the text counts: 84.7万平方米
			return d.Div(s.factor).String() + s.word + o.measure.Unit
		}
	}
	return d.String() + o.measure.Unit
}

// thresholdWords say what holds where the entry sets nothing, too.
func (o *object) thresholdWords(name Threshold) string {
	own, _ := reflect.TypeAssert[*int](o.fields[thresholdField+string(name)])
	switch {
	case own != nil:
		return strconv.Itoa(*own)
	case o.measure != nil:
		return strconv.Itoa(o.ledger.Thresholds().value(name)) + "（随计划）"
	}
	return strconv.Itoa(DefaultThresholds().value(name)) + "（默认）"
}

func listed[T any](all []T, word func(T) string) string {
	words := make([]string, len(all))
	for i, one := range all {
		words[i] = word(one)
	}
	return strings.Join(words, "、")
}

func dateWords(d schema.Date) string {
	if d == 0 {
		return ""
	}
	return d.String()
}

// curveWords are what each kind of curve does.
var curveWords = map[CurveKind]string{
	Linear: "按日均匀", Steps: "分步", Season: "季节性", ByItem: "逐项", ByLevel: "按水平值", Milestones: "分阶段",
}

// Title is what the kind does, for readers.
func (k CurveKind) Title() string { return curveWords[k] }

// Words says a curve in a line: 分步 2024-06-30前25%、2024-12-31前100%.
func (c *Curve) Words(m *Measure) string {
	if c == nil {
		return ""
	}
	var parts []string
	if c.window() {
		parts = append(parts, c.Start.String()+"—"+c.End.String())
	}
	by := func(d schema.Date, what string) { parts = append(parts, d.String()+"前"+what) }
	for _, s := range c.Steps {
		by(s.By, s.Share.String()+"%")
	}
	for _, l := range c.Levels {
		by(l.By, l.Value.String()+m.Unit)
	}
	for _, i := range c.Items {
		name := i.Item
		for _, item := range m.Items {
			if item.ID == i.Item {
				name = item.Name
			}
		}
		by(i.By, name)
	}
	for _, s := range c.Stages {
		by(s.By, s.Name+"（"+s.Weight.String()+"%）")
	}
	return c.Kind.Title() + " " + strings.Join(parts, "、")
}

// excerpts are the places, with some words around them, between which two long texts differ.
func excerpts(before, after string) (was, is string) {
	const around, most = 12, 80
	a, b := []rune(before), []rune(after)
	first := 0
	for first < len(a) && first < len(b) && a[first] == b[first] {
		first++
	}
	same := 0 // at the end
	for same < len(a)-first && same < len(b)-first && a[len(a)-1-same] == b[len(b)-1-same] {
		same++
	}
	cut := func(s []rune) string {
		from, to := max(0, first-around), min(len(s), len(s)-same+around)
		if to-from > most {
			return "…" + string(s[from:from+most]) + "…"
		}
		return "…" + string(s[from:to]) + "…"
	}
	return cut(a), cut(b)
}

func (r *Ratio) words() string {
	if r == nil {
		return ""
	}
	words := r.Numerator + " ÷ " + r.Denominator + " × " + r.Per.String()
	if r.DenominatorValue != nil {
		words += "（分母" + r.DenominatorValue.String() + "）"
	}
	return words
}

// fieldTitles are the names that people have for the fields of a ledger's files.
var fieldTitles = map[string]string{
	"assigned": "拟定说明", "baseline_value": "基期值", "commitment": "所属任务", "comparator": "目标表述", "curve": "计划曲线",
	"definition": "口径", "direction": "方向", "done": "完成标志", "due_date": "完成时限", "end": "计划止日", "evidence_required": "须附佐证",
	"items": "项目清单", "items_open": "清单开放", "itemised": "逐项报送", "jurisdiction": "地区", "lead_department": "牵头单位",
	"max_value": "上限", "min_value": "下限", "mode": "报送方式", "name": "名称", "name_en": "英文名称", "note": "说明",
	"numeral_offset": "数字位置", "numeral_text": "原文数字", "paragraph": "段落", "quote": "原文", "quote_offset": "原文位置",
	"ratio": "比率", "reason": "理由", "reporting_department": "报送单位", "reporting_interval_days": "报送周期（天）", "section": "章节",
	"source.file": "原文文件", "source.sha256": "原文校验值", "source.title": "原文名称", "source_text": "原文全文", "start": "计划起日",
	"supporting_departments": "配合单位", "target_value": "目标值", "thresholds": "门槛", "title": "名称", "title_en": "英文名称", "unit": "单位",
	"departments": "单位顺序", "commitments": "任务顺序", "measures": "指标顺序", "statements": "表述顺序", "numerals": "数字顺序",
}

// FieldTitle is a field's name for readers: 目标值 of target_value. A field without one keeps its own.
func FieldTitle(field string) string {
	if title, ok := fieldTitles[field]; ok {
		return title
	}
	if threshold, ok := strings.CutPrefix(field, thresholdField); ok {
		return "门槛“" + Threshold(threshold).Title() + "”"
	}
	return field
}
