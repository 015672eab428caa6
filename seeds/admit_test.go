package seeds_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"xushi/schema"
	"xushi/seeds"
)

// demo is a ledger with one measure of every kind. zhujianwei leads the commitment, weijianwei
// supports it, yuanlin has nothing to do with it.
func demo(t testing.TB) *seeds.Register {
	t.Helper()
	number := func(text string) *decimal.Decimal { d := decimal.RequireFromString(text); return &d }
	l := &seeds.Ledger{
		Plan:    seeds.Plan{ID: "demo-2024", Title: "示例计划"},
		Version: "v1",
		Departments: []seeds.Department{
			{ID: "zhujianwei", Name: "区住建委"}, {ID: "weijianwei", Name: "区卫健委"}, {ID: "yuanlin", Name: "区园林中心"},
		},
		Commitments: []seeds.Commitment{
			{ID: "construction", Title: "新启动建设项目", LeadDepartment: "zhujianwei", SupportingDepartments: []string{"weijianwei"}, Measures: []seeds.Measure{
				{ID: "area", Title: "开工面积", Unit: "平方米", Mode: schema.Increment},
				{ID: "saved", Title: "净增面积", Unit: "平方米", Mode: schema.Increment, MinValue: number("-100"), MaxValue: number("1000000000")},
				{ID: "sites", Title: "开工项目", Unit: "个", Mode: schema.ToDate, Itemised: true, ItemsOpen: true, Items: []seeds.Item{{ID: "hospital", Name: "人民医院三期"}}},
				{ID: "parks", Title: "口袋公园", Unit: "处", Mode: schema.ToDate, Itemised: true, Items: []seeds.Item{{ID: "luofulu", Name: "罗浮路健身公园"}}},
				{ID: "rate", Title: "签约率", Unit: "%", Mode: schema.Level, MaxValue: number("100"),
					Ratio: &seeds.Ratio{Numerator: "签约人数", Denominator: "重点人群人数", Per: decimal.NewFromInt(100)}},
				{ID: "metro", Title: "地铁站建成", Unit: seeds.StageUnit, Mode: schema.ToDate, TargetValue: decimal.NewFromInt(2),
					Curve: &seeds.Curve{Kind: seeds.Milestones, Stages: []seeds.Stage{{Stage: "shell", Name: "主体封顶"}, {Stage: "opened", Name: "投入运营"}}}},
			}},
			{ID: "greening", Title: "绿化", LeadDepartment: "yuanlin", Measures: []seeds.Measure{
				{ID: "green", Title: "新建绿地", Unit: "平方米", Mode: schema.Increment},
			}},
		},
	}
	l.Index()
	r := seeds.NewRegister(map[string]*seeds.History{l.Plan.ID: seeds.NewHistory(seeds.Revision{Ledger: l})})
	return r
}

// received is when the log took every message of these tests.
var received = time.Date(2024, 6, 30, 10, 0, 0, 0, time.UTC)

// message is one message as tests write it; by default an ordinary reading of area by zhujianwei.
type message struct {
	envelope map[string]any // changes to the envelope; nil removes a member
	data     map[string]any // changes to the data
	edit     func(body string) string
	subject  string
	header   map[string][]string
	simulate bool // the configuration allows simulation
}

func (m message) open(t testing.TB) schema.Message {
	t.Helper()
	data := map[string]any{"commitment": "construction", "measure": "area", "mode": "increment", "value": "84.7", "unit": "万平方米"}
	apply(data, m.data)
	envelope := map[string]any{
		"specversion": "1.0", "id": "e-1", "source": "/zhujianwei/projects", "type": "progress.reported.v1",
		"time": "2024-06-30T18:00:00+08:00", "plan": "demo-2024", "department": "zhujianwei", "data": data,
	}
	apply(envelope, m.envelope)
	body, err := json.Marshal(envelope)
	if err != nil {
		t.Fatal(err)
	}
	if m.edit != nil {
		edited := m.edit(string(body))
		if edited == string(body) {
			t.Fatal("the edit changes nothing")
		}
		body = []byte(edited)
	}
	subject := m.subject
	if subject == "" {
		subject = fmt.Sprintf("progress.%v.%v.%v", envelope["plan"], envelope["department"], data["commitment"])
	}
	return schema.Message{Subject: subject, Header: m.header, Body: body, Sequence: 7, Timestamp: received}
}

func apply(to, changes map[string]any) {
	maps.Copy(to, changes)
	maps.DeleteFunc(to, func(_ string, v any) bool { return v == nil })
}

// judge opens the message and admits what is in it, as the ingest does.
func (m message) judge(t testing.TB) schema.Opened {
	t.Helper()
	msg := m.open(t)
	var all []schema.Opened
	schema.Policy{AllowSimulation: m.simulate}.Open(&msg, func(o *schema.Opened) {
		if o.Rejection == nil {
			o.Rejection = demo(t).Admit(&o.Record)
		}
		all = append(all, *o)
	})
	if len(all) != 1 {
		t.Fatalf("%d verdicts on one event", len(all))
	}
	return all[0]
}

type fields = map[string]any

// reach is a reading that a milestone has reached its first stage, with changes to its data.
func reach(changes fields) message {
	data := fields{"measure": "metro", "mode": "to_date", "unit": "个阶段", "value": "1", "stage": "shell"}
	maps.Copy(data, changes)
	return message{data: data}
}

// of is the message as an event of another type.
func (m message) of(eventType string) message {
	m.envelope = fields{"type": eventType}
	return m
}

func replace(good, bad string) func(string) string {
	return func(body string) string { return strings.Replace(body, good, bad, 1) }
}

// TestBadInput: whatever can be wrong with an event is refused under a reason of its own, at the path
// of the field, and in Chinese.
func TestBadInput(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		message
		reason schema.Reason
		field  string
		says   string // part of the sentence
	}{
		"unknown plan":                  {message{envelope: fields{"plan": "demo-2025"}}, schema.UnknownPlan, "plan", "现有：demo-2024"},
		"unknown department":            {message{envelope: fields{"department": "xinfang"}}, schema.UnknownDepartment, "department", "xinfang"},
		"unknown commitment":            {message{data: fields{"commitment": "roads"}}, schema.UnknownCommitment, "data.commitment", "roads"},
		"unknown measure":               {message{data: fields{"measure": "volume"}}, schema.UnknownMeasure, "data.measure", "现有：area、saved"},
		"measure of another commitment": {message{data: fields{"measure": "green"}}, schema.UnknownMeasure, "data.measure", "green"},
		"department not involved":       {message{envelope: fields{"department": "yuanlin"}}, schema.DepartmentNotInvolved, "department", "区园林中心"},

		"unknown item of a closed list": {message{data: fields{"measure": "parks", "mode": "to_date", "unit": "处", "value": "1", "item": "elsewhere"}}, schema.UnknownItem, "data.item", "现有：luofulu"},
		"no item of an itemised one":    {message{data: fields{"measure": "sites", "mode": "to_date", "unit": "个", "value": "1"}}, schema.ItemRequired, "data.item", "逐项"},
		"item of one not itemised":      {message{data: fields{"item": "hospital"}}, schema.ItemRefused, "data.item", "不分项目"},
		"stage of one without stages":   {message{data: fields{"stage": "shell"}}, schema.UnknownStage, "data.stage", "不分阶段"},
		"no stage of a milestone":       {reach(fields{"stage": nil}), schema.StageRequired, "data.stage", "shell（主体封顶）、opened（投入运营）"},
		"unknown stage of a milestone":  {reach(fields{"stage": "design"}), schema.UnknownStage, "data.stage", "shell（主体封顶）、opened（投入运营）"},
		"item of a milestone":           {reach(fields{"item": "shell"}), schema.ItemRefused, "data.item", "不分项目"},
		"item for its stage":            {reach(fields{"item": "shell", "stage": nil}), schema.ItemRefused, "data.item", "不分项目"},
		"stage twice done":              {reach(fields{"value": "2"}), schema.OutOfBounds, "data.value", "每个阶段只能是 0"},
		"stage half done":               {reach(fields{"value": "0.5"}), schema.OutOfBounds, "data.value", "每个阶段只能是 0"},
		"stage in percent":              {reach(fields{"unit": "%"}), schema.WrongUnit, "data.unit", "个阶段"},
		"stage as an increment":         {reach(fields{"mode": "increment"}), schema.WrongMode, "data.mode", "to_date"},
		"stage as a ratio":              {reach(fields{"value": nil, "numerator": "1", "denominator": "1"}), schema.RatioRefused, "data.numerator", "不是比率"},
		"item registered for a milestone": {reach(fields{"item": "new", "name": "新", "stage": nil, "mode": nil, "value": nil, "unit": nil}).of("progress.item.v1"),
			schema.ItemRefused, "data.item", "无需登记"},
		"item twice done": {message{data: fields{"measure": "sites", "mode": "to_date", "unit": "个", "value": "2", "item": "hospital"}}, schema.OutOfBounds, "data.value", "0（未完成）或 1"},
		"item half done":  {message{data: fields{"measure": "sites", "mode": "to_date", "unit": "个", "value": "0.5", "item": "hospital"}}, schema.OutOfBounds, "data.value", "0.5"},

		"wrong unit":                {message{data: fields{"unit": "亩"}}, schema.WrongUnit, "data.unit", "平方米"},
		"unit without its 平方":       {message{data: fields{"unit": "万"}}, schema.WrongUnit, "data.unit", "平方米"},
		"千 is not a scale":          {message{data: fields{"unit": "千平方米"}}, schema.WrongUnit, "data.unit", "千平方米"},
		"万 of a percentage":         {message{data: fields{"measure": "rate", "mode": "level", "unit": "万%", "value": "0.008"}}, schema.WrongUnit, "data.unit", "%"},
		"wrong mode":                {message{data: fields{"mode": "to_date"}}, schema.WrongMode, "data.mode", "increment（本次新增）"},
		"no such mode":              {message{data: fields{"mode": "total"}}, schema.WrongMode, "data.mode", "total"},
		"a stage it does not have":  {message{data: fields{"stage": "roofed"}}, schema.UnknownStage, "data.stage", "不分阶段"},
		"ratio of what is no ratio": {message{data: fields{"value": nil, "numerator": "1", "denominator": "2"}}, schema.RatioRefused, "data.numerator", "不是比率"},
		"nothing to divide by":      {message{data: fields{"measure": "rate", "mode": "level", "unit": "%", "value": nil, "numerator": "1", "denominator": "0"}}, schema.ZeroDenominator, "data.denominator", "大于零"},
		"negative denominator":      {message{data: fields{"measure": "rate", "mode": "level", "unit": "%", "value": nil, "numerator": "1", "denominator": "-2"}}, schema.ZeroDenominator, "data.denominator", "大于零"},

		"not a decimal":             {message{data: fields{"value": "约84.7"}}, schema.NotDecimal, "data.value", "普通小数"},
		"thousands separator":       {message{data: fields{"value": "847,000"}}, schema.NotDecimal, "data.value", "千分位"},
		"NaN":                       {message{data: fields{"value": "NaN"}}, schema.NotDecimal, "data.value", "NaN"},
		"infinity":                  {message{data: fields{"value": "Inf"}}, schema.NotDecimal, "data.value", "Inf"},
		"exponent":                  {message{data: fields{"value": "8.47e5"}}, schema.NotDecimal, "data.value", "科学记数法"},
		"percent sign":              {message{data: fields{"value": "80%"}}, schema.NotDecimal, "data.value", "百分号"},
		"plus sign":                 {message{data: fields{"value": "+1"}}, schema.NotDecimal, "data.value", "+1"},
		"no digit before the point": {message{data: fields{"value": ".5"}}, schema.NotDecimal, "data.value", ".5"},
		"no digit after the point":  {message{data: fields{"value": "5."}}, schema.NotDecimal, "data.value", "5."},
		"full-width digits":         {message{data: fields{"value": "８４"}}, schema.NotDecimal, "data.value", "８４"},
		"not a decimal above":       {message{data: fields{"measure": "rate", "mode": "level", "unit": "%", "value": nil, "numerator": "x", "denominator": "2"}}, schema.NotDecimal, "data.numerator", "x"},
		"seven decimals":            {message{data: fields{"value": "0.1234567", "unit": "平方米"}}, schema.TooPrecise, "data.value", "超过 6 位"},
		"seven decimals of a ratio": {message{data: fields{"measure": "rate", "mode": "level", "unit": "%", "value": nil, "numerator": "1", "denominator": "1.0000001"}}, schema.TooPrecise, "data.denominator", "四舍五入"},
		"nineteen digits":           {message{data: fields{"value": "1000000000000000000", "unit": "平方米"}}, schema.TooManyDigits, "data.value", "18"},
		"nineteen digits with 万":    {message{data: fields{"value": "100000000000000"}}, schema.TooManyDigits, "data.value", "18"},
		"nineteen digits of a rate": {message{data: fields{"measure": "rate", "mode": "level", "unit": "%", "value": nil, "numerator": "999999999999999999", "denominator": "0.000001"}}, schema.TooManyDigits, "data.numerator", "18"},
		"negative":                  {message{data: fields{"value": "-1"}}, schema.OutOfBounds, "data.value", "不能低于 0"},
		"below its own least":       {message{data: fields{"measure": "saved", "value": "-101", "unit": "平方米"}}, schema.OutOfBounds, "data.value", "不能低于 -100"},
		"above its greatest":        {message{data: fields{"measure": "rate", "mode": "level", "unit": "%", "value": "100.000001"}}, schema.OutOfBounds, "data.value", "不能高于 100"},
		"a rate above its greatest": {message{data: fields{"measure": "rate", "mode": "level", "unit": "%", "value": nil, "numerator": "3", "denominator": "2"}}, schema.OutOfBounds, "data.value", "不能高于 100"},
		"a number, not a string":    {message{data: fields{"value": 84.7}}, schema.WrongType, "data.value", `例如 "84.7"`},

		"no value":              {message{data: fields{"value": nil}}, schema.MissingField, "data.value", "data.numerator"},
		"value and ratio":       {message{data: fields{"numerator": "1", "denominator": "2"}}, schema.UnknownField, "data.value", "二选一"},
		"numerator alone":       {message{data: fields{"value": nil, "numerator": "1"}}, schema.MissingField, "data.denominator", "缺少分母"},
		"denominator alone":     {message{data: fields{"value": nil, "denominator": "1"}}, schema.MissingField, "data.numerator", "缺少分子"},
		"no unit":               {message{data: fields{"unit": nil}}, schema.MissingField, "data.unit", "缺少"},
		"unknown field":         {message{data: fields{"quantity": "1"}}, schema.UnknownField, "data.quantity", "quantity"},
		"field of another type": {message{data: fields{"problem": "征拆滞后"}}, schema.UnknownField, "data.problem", "请删去"},
		"replaces itself":       {message{data: fields{"replaces": "e-1"}}, schema.SelfReference, "id", "新的 id"},

		"a closed list takes no item": {message{envelope: fields{"type": "progress.item.v1"}, data: fields{"measure": "parks", "item": "new", "name": "新公园", "mode": nil, "value": nil, "unit": nil}}, schema.ListClosed, "data.item", "封闭"},
		"an item of what has none":    {message{envelope: fields{"type": "progress.item.v1"}, data: fields{"item": "new", "name": "新", "mode": nil, "value": nil, "unit": nil}}, schema.ItemRefused, "data.item", "无需登记"},
		"planned on no day":           {message{envelope: fields{"type": "progress.item.v1"}, data: fields{"measure": "sites", "item": "new", "name": "新", "planned_date": "2024-02-30", "mode": nil, "value": nil, "unit": nil}}, schema.InvalidTime, "data.planned_date", "2024-06-30"},
		"planned in the year 9999":    {message{envelope: fields{"type": "progress.item.v1"}, data: fields{"measure": "sites", "item": "new", "name": "新", "planned_date": "9999-01-01", "mode": nil, "value": nil, "unit": nil}}, schema.InvalidTime, "data.planned_date", "2024-06-30"},
		"voids itself":                {message{envelope: fields{"type": "progress.voided.v1"}, data: fields{"voids": "e-1", "reason": "误报", "measure": nil, "mode": nil, "value": nil, "unit": nil}}, schema.SelfReference, "id", "撤销自己"},

		"future time":         {message{envelope: fields{"time": "2024-06-30T18:05:00.000001+08:00"}}, schema.FutureTime, "time", "晚于接收时间"},
		"time without a zone": {message{envelope: fields{"time": "2024-06-30T18:00:00"}}, schema.InvalidTime, "time", "带时区"},
		"no time":             {message{envelope: fields{"time": nil}}, schema.MissingField, "time", "发生时间"},
		"received_at of its own": {message{header: map[string][]string{"Xushi-Received-At": {"2024-01-01T00:00:00Z"}}},
			schema.ReceivedAtForbidden, "Xushi-Received-At", "不得自行填写"},
		"received_at, in other letters": {message{header: map[string][]string{"xushi-received-at": {"2024-01-01T00:00:00Z"}}, simulate: true},
			schema.ReceivedAtForbidden, "Xushi-Received-At", "不得自行填写"},
		"simulator where none is allowed": {message{envelope: fields{"source": "/simulator"}, header: map[string][]string{"Xushi-Received-At": {"2024-07-01T00:00:00Z"}}},
			schema.SimulationForbidden, "source", "不接收模拟事件"},
		"simulator's time is none": {message{envelope: fields{"source": "/simulator"}, header: map[string][]string{"Xushi-Received-At": {"yesterday"}}, simulate: true},
			schema.InvalidTime, "Xushi-Received-At", "RFC 3339"},

		"id of 129 bytes":      {message{envelope: fields{"id": strings.Repeat("x", 129)}}, schema.InvalidID, "id", "现为 129 字节"},
		"id not ASCII":         {message{envelope: fields{"id": "第1号"}}, schema.InvalidID, "id", "ASCII"},
		"no id":                {message{envelope: fields{"id": nil}}, schema.MissingField, "id", "缺少 id"},
		"source with a space":  {message{envelope: fields{"source": "my system"}}, schema.InvalidID, "source", "source"},
		"plan no subject can":  {message{envelope: fields{"plan": "红桥"}}, schema.InvalidID, "plan", "小写字母"},
		"no such type":         {message{envelope: fields{"type": "progress.reported.v2"}}, schema.UnknownType, "type", "progress.reported.v2"},
		"CloudEvents 0.3":      {message{envelope: fields{"specversion": "0.3"}}, schema.UnsupportedVersion, "specversion", "1.0"},
		"data that are XML":    {message{envelope: fields{"datacontenttype": "application/xml"}}, schema.UnsupportedContent, "datacontenttype", "application/json"},
		"content that is text": {message{header: map[string][]string{"Content-Type": {"text/plain"}}}, schema.UnsupportedContent, "Content-Type", "text/plain"},

		"another department's subject": {message{subject: "progress.demo-2024.weijianwei.construction"}, schema.SubjectMismatch, "department", "必须一致"},
		"another commitment's subject": {message{subject: "progress.demo-2024.zhujianwei.greening"}, schema.SubjectMismatch, "data.commitment", "必须一致"},
		"a subject too long":           {message{subject: "progress.demo-2024.zhujianwei.construction.area"}, schema.SubjectMismatch, "subject", "progress.<计划>.<部门>.<任务>"},
		"one event as a batch":         {message{subject: "progress.demo-2024.zhujianwei.batch"}, schema.SubjectMismatch, "data.commitment", "必须一致"},

		"2 MB body":                    {message{data: fields{"note": strings.Repeat("x", 2<<20)}}, schema.TooLarge, "", "超过上限 262144 字节"},
		"2 MB of something else":       {message{data: fields{"note": strings.Repeat("x", 2<<20)}, header: map[string][]string{"Content-Type": {"text/plain"}}}, schema.TooLarge, "", "超过上限"},
		"a note over 8 KiB":            {message{data: fields{"note": strings.Repeat("x", 8193)}}, schema.TextTooLong, "data.note", "8193 字节"},
		"seventeen pieces of evidence": {message{data: fields{"evidence": strings.Split(strings.Repeat("x", 17), "")}}, schema.TextTooLong, "data.evidence", "最多 16 条"},
		"evidence that is no list":     {message{data: fields{"evidence": "x"}}, schema.WrongType, "data.evidence", "字符串数组"},
		"evidence too long":            {message{data: fields{"evidence": []string{"x", strings.Repeat("x", 513)}}}, schema.TextTooLong, "data.evidence.1", "513"},

		"invalid UTF-8":              {message{data: fields{"note": "GBK"}, edit: replace("GBK", "\xd5\xc5\xc8\xfd")}, schema.InvalidUTF8, "data.note", "UTF-8"},
		"invalid UTF-8 in a name":    {message{edit: replace(`"id"`, "\"\xff\"")}, schema.InvalidUTF8, "", "UTF-8"},
		"half a surrogate":           {message{data: fields{"note": "half"}, edit: replace("half", `\ud800`)}, schema.MalformedJSON, "data.note", "不是有效的 JSON"},
		"duplicate key":              {message{edit: replace(`"id":"e-1"`, `"id":"e-1","id":"e-2"`)}, schema.DuplicateKey, "id", "出现了两次"},
		"duplicate key, once empty":  {message{edit: replace(`"id":"e-1"`, `"id":"","id":"e-2"`)}, schema.DuplicateKey, "id", "出现了两次"},
		"duplicate key in the data":  {message{edit: replace(`"value":"84.7"`, `"value":"84.7","value":"847"`)}, schema.DuplicateKey, "data.value", "出现了两次"},
		"duplicate data":             {message{edit: replace(`"data":{`, `"data":{"measure":"area"},"data":{`)}, schema.DuplicateKey, "data", "出现了两次"},
		"duplicate extension":        {message{edit: replace(`"id":"e-1"`, `"id":"e-1","trace":"1","trace":"1"`)}, schema.DuplicateKey, "trace", "出现了两次"},
		"duplicate key, one escaped": {message{edit: replace(`"id":"e-1"`, `"id":"e-1","\u0069d":"e-2"`)}, schema.DuplicateKey, "id", "出现了两次"},
		"cut off":                    {message{edit: func(body string) string { return body[:len(body)/2] }}, schema.MalformedJSON, "id", "JSON"},
		"something after the event":  {message{edit: func(body string) string { return body + "x" }}, schema.MalformedJSON, "", "JSON"},
		"empty":                      {message{edit: func(string) string { return "" }}, schema.MalformedJSON, "", "JSON"},
		"data that are no object":    {message{envelope: fields{"data": "x"}}, schema.WrongType, "data", "data"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := c.judge(t).Rejection
			if r == nil {
				t.Fatal("it was accepted")
			}
			if r.Reason != c.reason || r.Field != c.field || !strings.Contains(r.Message, c.says) {
				t.Errorf("refused as %s at %q: %s\nwant        %s at %q: … %s …", r.Reason, r.Field, r.Message, c.reason, c.field, c.says)
			}
			if !strings.ContainsFunc(r.Message, func(c rune) bool { return unicode.Is(unicode.Han, c) }) || !strings.HasSuffix(r.Message, "。") {
				t.Errorf("not a Chinese sentence: %s", r.Message)
			}
			if len(r.Message) > 1024 {
				t.Errorf("the sentence repeats too much of what was sent: %d bytes", len(r.Message))
			}
		})
	}
}

// TestAccepted: what stands just inside every boundary, and what it comes to in the base unit.
func TestAccepted(t *testing.T) {
	t.Parallel()
	ratio := func(over, under string) fields {
		return fields{"measure": "rate", "mode": "level", "unit": "%", "value": nil, "numerator": over, "denominator": under}
	}
	for name, c := range map[string]struct {
		message
		quantity string // "" for none
	}{
		"万平方米":                         {message{}, "847000"},
		"平方米":                          {message{data: fields{"value": "847000", "unit": "平方米"}}, "847000"},
		"m²":                           {message{data: fields{"value": "847000", "unit": "m²"}}, "847000"},
		"万㎡":                           {message{data: fields{"unit": "万㎡"}}, "847000"},
		"亿平方米":                         {message{data: fields{"value": "0.00847", "unit": "亿平方米"}}, "847000"},
		"ten decimals that 万 takes up": {message{data: fields{"value": "0.1234567891"}}, "1234.567891"},
		"seven decimals, the last a 0": {message{data: fields{"value": "0.1234560", "unit": "平方米"}}, "0.123456"},
		"eighteen digits":              {message{data: fields{"value": "999999999999999999.999999", "unit": "平方米"}}, "999999999999999999.999999"},
		"leading zeros":                {message{data: fields{"value": "0084.7"}}, "847000"},
		"minus zero":                   {message{data: fields{"value": "-0"}}, "0"},
		"its own least":                {message{data: fields{"measure": "saved", "value": "-100", "unit": "平方米"}}, "-100"},
		"its greatest":                 {message{data: fields{"measure": "rate", "mode": "level", "unit": "%", "value": "100"}}, "100"},
		"full-width percent":           {message{data: fields{"measure": "rate", "mode": "level", "unit": "％", "value": "80"}}, "80"},
		"a ratio":                      {message{data: ratio("3", "4")}, "75"},
		"a ratio rounded half up":      {message{data: ratio("2", "3")}, "66.666667"},
		"a stage reached":              {reach(nil), "1"},
		"a stage not reached":          {reach(fields{"stage": "opened", "value": "0"}), "0"},
		"an item of an open list":      {message{data: fields{"measure": "sites", "mode": "to_date", "unit": "个", "value": "1", "item": "not-listed"}}, "1"},
		"an item of a closed list":     {message{data: fields{"measure": "parks", "mode": "to_date", "unit": "处", "value": "0", "item": "luofulu"}}, "0"},
		"a supporting department":      {message{envelope: fields{"department": "weijianwei"}}, "847000"},
		"five minutes ahead":           {message{envelope: fields{"time": "2024-06-30T18:05:00+08:00"}}, "847000"},
		"id of 128 bytes":              {message{envelope: fields{"id": strings.Repeat("x", 128)}}, "847000"},
		"an extension attribute":       {message{envelope: fields{"traceparent": "00-1-2-01", "sampled": 3}}, "847000"},
		"escapes":                      {message{edit: replace("万平方米", `\u4e07\u5e73方米`)}, "847000"},
		"white space":                  {message{edit: func(body string) string { return strings.ReplaceAll(body, ",", " ,\r\n\t") + "\n" }}, "847000"},
		"the simulator": {message{envelope: fields{"source": "/simulator", "time": "2024-01-31T00:00:00Z"}, simulate: true,
			header: map[string][]string{"Xushi-Received-At": {"2024-02-01T08:00:00+08:00"}}}, "847000"},
		"no change":        {message{envelope: fields{"type": "progress.unchanged.v1"}, data: fields{"mode": nil, "value": nil, "unit": nil}}, ""},
		"no change at all": {message{envelope: fields{"type": "progress.unchanged.v1"}, data: fields{"measure": nil, "mode": nil, "value": nil, "unit": nil}}, ""},
		"a void": {message{envelope: fields{"type": "progress.voided.v1"},
			data: fields{"voids": "e-0", "reason": "误报", "measure": nil, "mode": nil, "value": nil, "unit": nil}}, ""},
		"an item registered": {message{envelope: fields{"type": "progress.item.v1"},
			data: fields{"measure": "sites", "item": "school", "name": "学校", "planned_date": "2024-09-01", "mode": nil, "value": nil, "unit": nil}}, ""},
		"an explanation": {message{envelope: fields{"type": "progress.explained.v1"},
			data: fields{"problem": "征拆滞后", "next_step": "加快签约", "measure": nil, "mode": nil, "value": nil, "unit": nil}}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := c.judge(t)
			if o.Rejection != nil {
				t.Fatal(o.Rejection)
			}
			got := ""
			if o.Record.Quantity.Valid {
				got = o.Record.Quantity.Decimal.String()
			}
			if got != c.quantity {
				t.Errorf("quantity %q, want %q", got, c.quantity)
			}
			if o.Record.LedgerVersion != "v1" {
				t.Errorf("ledger version %q", o.Record.LedgerVersion)
			}
			if o.Record.Position != schema.At(7, 0) {
				t.Errorf("position %d", o.Record.Position)
			}
		})
	}
}

func TestSimulatorsReceivedAtStandsIn(t *testing.T) {
	t.Parallel()
	m := message{envelope: fields{"source": "/simulator", "time": "2024-01-31T00:00:00Z"}, simulate: true,
		header: map[string][]string{"Xushi-Received-At": {"2024-02-01T08:00:00+08:00"}}}
	want := time.Date(2024, 2, 1, 0, 0, 0, 0, time.UTC)
	if diff := cmp.Diff(want, m.judge(t).Record.ReceivedAt); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(received, message{}.judge(t).Record.ReceivedAt); diff != "" {
		t.Errorf("without it, the stream's timestamp: %s", diff)
	}
}

// TestVerdictHasNoMemory: what was admitted before changes nothing, so that a replay in any order says
// the same.
func TestVerdictHasNoMemory(t *testing.T) {
	t.Parallel()
	r := demo(t)
	m := message{data: fields{"measure": "sites", "mode": "to_date", "unit": "个", "value": "1", "item": "unregistered"}}.open(t)
	for range 2 {
		schema.Policy{}.Open(&m, func(o *schema.Opened) {
			if o.Rejection == nil {
				o.Rejection = r.Admit(&o.Record)
			}
			if o.Rejection != nil {
				t.Error(o.Rejection)
			}
		})
	}
}
