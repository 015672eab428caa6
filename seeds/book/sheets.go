package book

import "strings"

// Sheets of the workbook. Those that are no table of the ledger: what to know, the source text, and the
// hidden lists of the drop-downs.
const (
	aboutSheet = "说明"
	textSheet  = "原文"
	listSheet  = "选项"

	planSheet       = "计划"
	departmentSheet = "单位"
	commitmentSheet = "任务"
	measureSheet    = "指标"
	itemSheet       = "项目"
	pointSheet      = "节点"
	thresholdSheet  = "门槛"
	statementSheet  = "方向性表述"
	numeralSheet    = "数字"
	assignedSheet   = "拟定"
)

// kind is what a column's cells hold.
type kind int

const (
	text       kind = iota // words
	token                  // an id
	integer                // a whole number
	number                 // an exact decimal
	day                    // a date
	choice                 // one of the column's words
	reference              // one row of another sheet, by its id
	references             // several of them, one to a line
	fieldNames             // fields of the ledger, one to a line
)

// column is one field of a sheet's records.
type column struct {
	field    string // by its name in the ledger's files, "ratio.per" inside an object
	heading  string
	width    float64 // in half-width characters
	kind     kind
	words    []word // of a choice
	of       string // the sheet that a reference points into
	locked   bool   // stands in the source text, or is an identity: not for editing
	required bool
	rule     string // how it is filled in
}

// table is one sheet of records, in the order of the ledger.
type table struct {
	name    string
	about   string
	columns []column
	upright bool // the one record of the sheet runs downwards, a field to a row
	spare   int  // empty rows that are ready to be filled in
	wide    int  // printed pages side by side
}

func (t *table) column(field string) (int, bool) {
	for i, c := range t.columns {
		if c.field == field {
			return i, true
		}
	}
	return 0, false
}

// tables are the sheets in the order in which they are written, and read.
var tables = []*table{
	{name: planSheet, about: "本计划的基本信息和所依据的原文", upright: true, columns: planColumns},
	{name: departmentSheet, about: "牵头、配合和报送单位的名录；其他各表从这里选择单位", spare: 20, wide: 1, columns: departmentColumns},
	{name: commitmentSheet, about: "原文的每一项承诺一行，按原文顺序；灰底为原文照录，不修改", spare: 10, wide: 1, columns: commitmentColumns},
	{name: measureSheet, about: "每一项要计数的内容一行；一项任务可有几个指标，也可是没有数字的里程碑", spare: 20, wide: 2, columns: measureColumns},
	{name: itemSheet, about: "逐项报送的指标由哪些具体项目组成（原文点名的）", spare: 20, wide: 1, columns: itemColumns},
	{name: pointSheet, about: "计划曲线的各个节点；起止日期在指标表内", spare: 40, wide: 1, columns: pointColumns},
	{name: thresholdSheet, about: "判定进度状态的门槛，只写与默认不同的；指标为空的一行适用于整个计划", spare: 10, wide: 1, columns: thresholdColumns},
	{name: statementSheet, about: "原文中不作为任务考核的文字；与任务合在一起，原文每个分句恰有一个归属", spare: 10, wide: 1, columns: statementColumns},
	{name: numeralSheet, about: "原文中不是目标值的数字，逐处说明理由", spare: 10, wide: 1, columns: numeralColumns},
	{name: assignedSheet, about: "原文没有给出的内容由谁拟定、有多大把握；任务和指标均为空的一行适用于整个计划", spare: 20, wide: 1, columns: assignedColumns},
}

func tableOf(name string) *table {
	for _, t := range tables {
		if t.name == name {
			return t
		}
	}
	return nil
}

// Heading is the office's word for a field of the ledger ("measure", "target_value" or "ratio.per"), ""
// where the workbook has no column for it. Objects are plan, department, commitment, measure, item, curve
// (whose points are those of steps, items, levels and stages), statement, numeral and assigned.
func Heading(object, field string) string {
	sheets := map[string]string{
		"plan": planSheet, "department": departmentSheet, "commitment": commitmentSheet, "measure": measureSheet, "milestone": measureSheet, "item": itemSheet,
		"point": pointSheet, "statement": statementSheet, "numeral": numeralSheet, "assigned": assignedSheet,
	}
	t := tableOf(sheets[object])
	if t == nil {
		return ""
	}
	if i, ok := t.column(field); ok {
		return strings.ReplaceAll(t.columns[i].heading, "\n", "")
	}
	return map[string]string{"curve": "计划曲线", "ratio": "比率", "items": "项目", "assigned": "拟定", "thresholds": "门槛", "measures": "指标", "source": "原文"}[field]
}
