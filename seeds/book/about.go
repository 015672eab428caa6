package book

import (
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"xushi/seeds"
)

// advice is what an office must know before it edits.
var advice = []struct{ heading, text string }{
	{"怎样修改", "白色单元格可以修改；有下拉箭头的从列表中选择。改完保存，交由管理员运行 xushi seeds import 导入；导入先逐格检查，再核对全部原文，有问题的单元格会逐一列出，不会带错导入。"},
	{"哪些不改", "灰色单元格是原文照录（原文、位置、原文数字）或报送所用的编号，已锁定。保护没有密码，只防误改：确需更正的，在“审阅”中撤销工作表保护。"},
	{"怎样增加", "在表格末尾的空行填写，编号用小写字母、数字和连字符（如 qu-zhujianwei）。新单位先登记在“单位”表，即可在其他表中选择。"},
	{"怎样删除", "撤销工作表保护后删除整行；删除任务或指标的，其指标、项目、节点也一并删除。原文的每个分句、每个数字都须有归属，缺少的导入时会指出。"},
	{"数字和日期", "数字写基本单位的完整数值，不写“万”；百分数写 80，不写 80% 或 0.8。日期写 2024-06-30。超过 15 位有效数字的数以文本保存，以免表格软件改动尾数。"},
	{"不要做的", "不改工作表名称和第 4 行的字段名；不合并单元格；不增加列（列的先后可以调整，列宽、行高可以改）。"},
	{"导入之后", "目标值、完成时限、计划曲线的改动须有批准人和理由，由 xushi seeds apply 生效；旧版本保留，可随时查询。"},
}

// about writes the first sheet: what this is, how it is edited, and what every column means.
func (w *writer) about(l *seeds.Ledger) {
	w.do(w.file.SetSheetName("Sheet1", aboutSheet))
	for i, width := range []float64{16, 24, 26, 150} {
		w.width(aboutSheet, i+1, width)
	}
	w.title(aboutSheet, l.Plan.Title+"：台账工作簿")
	row := headingRow
	for _, fact := range [][3]string{{"计划", planField, l.Plan.ID}, {"台账版本", versionField, l.Version}} {
		w.put(aboutSheet, 1, row, fact[0], look{part: headingPart})
		w.put(aboutSheet, 2, row, fact[1], look{part: fieldPart})
		w.put(aboutSheet, 3, row, fact[2], look{part: notePart})
		row++
	}
	for _, a := range advice {
		row++
		w.put(aboutSheet, 1, row, a.heading, look{part: headingPart})
		w.put(aboutSheet, 2, row, a.text, look{part: notePart})
		w.do(w.file.SetCellStyle(aboutSheet, cellName(2, row), cellName(4, row), w.style(look{part: notePart})))
		w.do(w.file.MergeCell(aboutSheet, cellName(2, row), cellName(4, row)))
		w.do(w.file.SetRowHeight(aboutSheet, row, float64(linesOf(a.text, 190))*lineHeight+8))
	}
	w.dictionary(row + 2)
	w.page(aboutSheet, aboutRow, 0, 1)
	w.protect(aboutSheet)
}

// dictionary says of every column how it is filled in.
func (w *writer) dictionary(row int) {
	for i, heading := range []string{"工作表", "字段", "列", "填写说明"} {
		w.put(aboutSheet, i+1, row, heading, look{part: headingPart})
	}
	for _, t := range tables {
		for _, c := range t.columns {
			row++
			rule := c.rule
			if len(c.words) > 0 {
				rule += "。可选：" + strings.Join(labels(c.words), "、")
			}
			for i, cell := range []string{t.name, c.field, strings.ReplaceAll(c.heading, "\n", ""), rule} {
				w.put(aboutSheet, i+1, row, cell, look{part: notePart})
			}
		}
	}
}

// These mark the cells that say of which plan, and from which version, the workbook was exported.
const (
	planField    = "plan"
	versionField = "version"
)

// finish sets what the file says of itself. Its date is the plan's first day, not today: the same ledger
// gives the same bytes.
func (w *writer) finish(l *seeds.Ledger) {
	index, err := w.file.GetSheetIndex(aboutSheet)
	w.do(err)
	w.file.SetActiveSheet(index)
	yes := true
	w.do(w.file.SetCalcProps(&excelize.CalcPropsOptions{FullCalcOnLoad: &yes}))
	stamp := l.Plan.Start.Start().UTC().Format(time.RFC3339)
	w.do(w.file.SetDocProps(&excelize.DocProperties{
		Title: l.Plan.Title, Subject: "台账 " + l.Version, Creator: "序时 Xushi", LastModifiedBy: "序时 Xushi",
		Language: "zh-CN", Created: stamp, Modified: stamp,
	}))
}
