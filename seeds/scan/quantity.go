package scan

import (
	"regexp"
	"strings"

	"github.com/shopspring/decimal"

	"xushi/schema"
	"xushi/seeds"
)

// quantities files every numeral of a clause and tells whether one of them is a quantity.
func (s *scanner) quantities(c clause) bool {
	numerals := s.numerals(c.span)
	var per Passage
	found := 0
	floor := c.start // where the words before the next quantity begin
	for i, n := range numerals {
		v := s.sight(c, n)
		if v.denominator() && s.countsAhead(c, numerals[i+1:]) {
			per = s.passage(n.span)
			continue
		}
		if reason, unsure, named := v.name(); named {
			s.name(c.span, n, reason, unsure)
			continue
		}
		value, percent, err := seeds.ReadNumeral(v.text)
		if err != nil {
			s.name(c.span, n, "不能读作一个数", true)
			continue
		}
		r := reading{
			sight: v, value: value, percent: percent, clause: c, per: per, first: found == 0, review: s.review,
			lead: s.of(span{floor, n.start}), rest: s.of(span{n.end, s.next(numerals[i+1:], c.end)}),
		}
		q, end := s.quantity(&r)
		s.report.Quantities = append(s.report.Quantities, q)
		floor, per = end, Passage{}
		found++
	}
	return found > 0
}

// next is where the next numeral begins; 百 of 百分点 is part of a unit.
func (s *scanner) next(numerals []numeral, end int) int {
	for _, n := range numerals {
		if !s.says(n.start, end, percentagePoint) {
			return n.start
		}
	}
	return end
}

// denominator tells of the 千 in 千人口4个 and in 每千人拥有4个.
func (v *sight) denominator() bool {
	return strings.Trim(v.text, "十百千万") == "" && (strings.HasSuffix(v.before, "每") || strings.HasPrefix(v.after, "人口"))
}

// countsAhead tells whether one of the next few numerals of the clause is a quantity.
func (s *scanner) countsAhead(c clause, numerals []numeral) bool {
	for _, n := range numerals[:min(3, len(numerals))] {
		v := s.sight(c, n)
		if _, _, named := v.name(); !named {
			return true
		}
	}
	return false
}

// reading is a numeral that is no name, with what is needed to tell what it counts.
type reading struct {
	sight
	value      decimal.Decimal
	percent    bool
	clause     clause
	lead, rest string // the words between it and the quantity before, the numeral after
	per        Passage
	first      bool // of its clause
	review     bool // in a section that tells of the years before
	unsure     []Doubt
}

func (r *reading) doubt(is bool, field, words string) {
	if is {
		r.unsure = append(r.unsure, Doubt{field, words})
	}
}

// quantity proposes what a numeral counts, and tells where its unit ends.
func (s *scanner) quantity(r *reading) (q Quantity, end int) {
	q = Quantity{
		Sentence: s.passage(r.clause.sentence), Clause: s.passage(r.clause.span), NumeralText: r.text, Offset: r.start,
		Scale: r.scale, Value: r.value, Per: r.per, Comparator: seeds.ComparatorOf(r.lead, r.rest),
	}
	unit, length := r.unit()
	q.Unit, q.Kind, end = unit.base, unit.kind, r.end+length
	if q.Per.Text != "" {
		q.Unit, q.Kind = q.Unit+"/"+q.Per.Text+"人", Level
	}
	q.Items, q.ItemsOpen = r.items()
	q.Shared = !r.first && r.lead == "、"
	r.direction(&q)
	q.Mode = mode(&q)
	r.doubts(&q)
	q.Unsure = r.unsure
	return q, end
}

// unit is what stands after the numeral.
func (r *reading) unit() (u unit, length int) {
	if r.percent {
		return unit{"%", "%", Level}, 0
	}
	return unitAt(r.after)
}

// mode proposes how a quantity is reported: small counts and lists to date, the rest as it is added.
func mode(q *Quantity) schema.Mode {
	switch {
	case q.Kind == Level || q.AtMost || q.Direction == seeds.Fall:
		return schema.Level
	case len(q.Items) > 0 || q.ItemsOpen || q.Kind == Count && q.Value.LessThanOrEqual(few):
		return schema.ToDate
	}
	return schema.Increment
}

// few pieces are planned one by one (seeds.Measure.SmallCount).
var few = decimal.NewFromInt(12)

// direction tells bounds from above and falls from rises.
func (r *reading) direction(q *Quantity) {
	near := lastRunes(r.lead, 8)
	word := suffixOf(near, upperBounds)
	behind := firstRunes(strings.TrimLeft(r.rest, "个条处户家人"), 8)
	q.AtMost = word != "" && q.Comparator != seeds.AtLeast || holds(behind, []string{"以内", "以下", "之内"}) != ""
	q.Direction = seeds.Rise
	if to := holds(near, fallsTo); to != "" {
		q.Direction = seeds.Fall
		r.doubt(true, "direction", "“"+to+"”：按要降到的水平计，方向为下降")
	} else if by := holds(lastRunes(r.lead, reach), falls); by != "" && !q.AtMost {
		r.doubt(true, "direction", "“"+by+"”：按降幅计（越大越好）；如果数字是要降到的水平，请改为下降方向")
	}
	if q.AtMost {
		q.Direction = seeds.Fall
		r.doubt(true, "direction", "上限（不超过、以内）：台账按下降方向的水平值处理，请核对")
	}
}

var (
	upperBounds = []string{"不超过", "不高于", "不多于", "不大于", "控制在", "控制到", "低于", "少于", "小于"}
	fallsTo     = []string{"下降到", "下降至", "降低到", "降低至", "减少到", "减少至", "压缩到", "压缩至", "缩短到", "缩短至", "降至", "降到", "减至"}
	falls       = []string{"下降", "降低", "减少", "压减", "缩减", "削减", "缩短", "压缩"}
)

// doubts says what a person must look at.
func (r *reading) doubts(q *Quantity) {
	before := lastRunes(r.lead, 6)
	r.doubt(q.Kind == Unknown, "unit", "没有认出单位")
	r.doubt(r.chinese, "numeral_text", "中文数字：请核对是目标还是名称")
	r.doubt(r.text == seeds.Everywhere, "target_value", "“全覆盖”按100%计；原文没有分母")
	r.doubt(q.Mode == schema.Level && r.text != seeds.Everywhere, "baseline_value", "水平值：原文没有基期或分母")
	r.doubt(q.Kind == Money, "mode", "金额：按本次新增报送还是按累计报送，请核对")
	r.doubt(q.Kind == Duration, "mode", "时长：请核对是不是目标")
	r.doubt(strings.ContainsAny(r.text, ",，"), "target_value", "逗号按千位分隔符读，也可能是分句")
	r.doubt(rangeEnd.MatchString(r.before), "target_value", "范围：按上端计")
	r.doubt(suffixOf(before, []string{"近", "约", "大约", "接近", "将近"}) != "" || strings.HasPrefix(r.rest, "余") || prefixOf(r.rest, vague) != "" ||
		strings.ContainsAny(r.text, "余多") || holds(firstRunes(r.rest, 8), []string{"左右", "上下"}) != "", "target_value", "约数：按所写的数计")
	r.doubt(q.Unit == "番", "target_value", "“翻番”以基期为准：请换算成目标值")
	stock := holds(before, []string{"达到", "达", "总数", "累计", "保有"})
	r.doubt(q.Kind != Level && stock != "", "mode", "“"+stock+"”之后可能是存量水平，而不是本年新增")
	r.doubt(r.review || holds(r.before, past) != "", "numeral_text", alreadyDone)
	r.doubt(q.Per.Text == "" && each.MatchString(r.lead), "target_value", "“每”：也许是每一个的数，而不是总数")
	r.doubt(threshold.MatchString(r.after), "numeral_text", "“以上”之后还有名词：看起来是项目的门槛，而不是目标")
	r.doubt(q.ItemsOpen && q.Value.Equal(decimal.NewFromInt(int64(len(q.Items)))), "items_open", "列出的项数与总数相同，“等”也许只是收尾")
	r.doubt(q.ItemsOpen && (!q.Value.IsInteger() || q.Kind != Count), "items_open", "“等”之后不是个数")
}

var (
	each      = regexp.MustCompile(`每[\p{Han}]{1,4}$|每[\p{Han}]{1,3}(不少于|不低于|至少)$`)
	threshold = regexp.MustCompile(`^\p{Han}{1,3}(及)?(以上|以下)(的)?\p{Han}{2}`)
)

const alreadyDone = "可能是已完成的情况，而不是目标"

var past = []string{"去年", "上年", "过去", "已建成", "已完成", "同比", "历年", "先后", "累计完成"}
