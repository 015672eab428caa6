package book_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"xushi/seeds"
	"xushi/seeds/book"
)

// edit does to a workbook what a person does.
type edit func(t *testing.T, f *excelize.File)

// set fills in one field of the row that has the id.
func set(sheet, id, field string, value any) edit { return setBy(sheet, "id", id, field, value) }

func setBy(sheet, keyField, key, field string, value any) edit {
	return func(t *testing.T, f *excelize.File) {
		t.Helper()
		must(t, f.SetCellValue(sheet, cell(t, f, sheet, keyField, key, field), value))
	}
}

// format gives a number a format, as typing 80% does.
func format(sheet, id, field string, value float64, numFmt int) edit {
	return func(t *testing.T, f *excelize.File) {
		t.Helper()
		name := cell(t, f, sheet, "id", id, field)
		style, err := f.NewStyle(&excelize.Style{NumFmt: numFmt})
		must(t, err)
		must(t, f.SetCellValue(sheet, name, value))
		must(t, f.SetCellStyle(sheet, name, name, style))
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// edited is the town's workbook after the edits.
func edited(t *testing.T, edits ...edit) []byte {
	t.Helper()
	f := open(t, write(t, town(t)))
	for _, e := range edits {
		e(t, f)
	}
	var b bytes.Buffer
	must(t, f.Write(&b))
	return b.Bytes()
}

// Each damage is named by sheet, cell and field, with what is wrong and what to do.
func TestEveryBadCellIsNamed(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		do   edit
		want string // the one complaint begins with this
	}{
		{"a number in words", set("指标", "parking-added", "target_value", "一千二百"), "指标!G7（目标值 target_value）：“一千二百”：请写基本单位的完整数字"},
		{"万", set("指标", "parking-added", "target_value", "0.12万"), "指标!G7（目标值 target_value）：“0.12万”：请写基本单位的完整数字"},
		{"text for a number", set("指标", "parking-added", "target_value", "约1200"), "指标!G7（目标值 target_value）：“约1200”不是可用的数字"},
		{"seven decimals", set("指标", "parking-added", "target_value", 1200.0000001), "指标!G7（目标值 target_value）：“1200.0000001”不是可用的数字"},
		{"more digits than a program keeps", set("指标", "parking-added", "max_value", 1234567890123456.0), "指标!M7（上限 max_value）：“1234567890123450”超过 15 位有效数字"},
		{"80% typed as a percentage", format("指标", "contract-rate", "target_value", 0.8, 9), "指标!G11（目标值 target_value）：百分比格式（单元格里的数是 0.8）"},
		{"80% typed as text", set("指标", "contract-rate", "target_value", "80%"), "指标!G11（目标值 target_value）：百分比格式（单元格里的数是 80%）"},
		{"half a day", set("指标", "parking-added", "reporting_interval_days", 7.5), "指标!Y7（报送周期（天） reporting_interval_days）：“7.5”须为整数"},
		{"a date with a time", set("指标", "parking-added", "due_date", 45657.5), "指标!Z7（完成时限 due_date）：日期带有时刻"},
		{"a day that is none", set("指标", "parking-added", "due_date", "2025-02-30"), "指标!Z7（完成时限 due_date）：“2025-02-30”不是日历上的一天"},
		{"a date in words", set("指标", "parking-added", "due_date", "年底前"), "指标!Z7（完成时限 due_date）：“年底前”不是日期"},
		{"a number that is no date", set("指标", "parking-added", "due_date", 12), "指标!Z7（完成时限 due_date）：“12”不是日期"},
		{"a choice that there is not", set("指标", "parking-added", "mode", "加起来"), "指标!J7（报送方式 mode）：“加起来”不在可选项内：请选 本次新增、累计、水平值"},
		{"neither yes nor no", set("指标", "parking-added", "evidence_required", "也许"), "指标!AA7（须附佐证 evidence_required）：“也许”不在可选项内：请选 是、否"},
		{"an unknown department", set("任务", "parking", "lead_department", "财政局"), "任务!I7（牵头单位 lead_department）：没有“财政局”：请从下拉列表选择，新的先在“单位”表登记"},
		{"another's id", set("任务", "parking", "lead_department", "建设办（wenhua）"), "任务!I7（牵头单位 lead_department）：名称“建设办”的编号是 jianshe，不是 wenhua"},
		{"an unknown supporting department", set("任务", "doctors", "supporting_departments", "建设办、财政局"), "任务!J11（配合单位 supporting_departments）：没有“财政局”"},
		{"a measure of no commitment", set("指标", "parking-added", "commitment", "没有的任务（nothing）"), "指标!D7（所属任务 commitment）：没有“没有的任务（nothing）”"},
		{"an id used twice", set("单位", "wenhua", "id", "jianshe"), "单位!A7（单位编号 id）：编号“jianshe”与前面的行重复"},
		{"an id that is none", set("项目", "yi", "id", "乙 园"), "项目!B6（项目编号 id）：“乙 园”不是编号"},
		{"an empty cell that must not be", set("指标", "parking-added", "definition", ""), "指标!W7（口径 definition）：不能为空"},
		{"an empty cell of the plan", set("计划", "", "jurisdiction", " "), "计划!C6（地区 jurisdiction）：不能为空"},
		{"a formula that nothing computed", func(t *testing.T, f *excelize.File) {
			must(t, f.SetCellValue("指标", "G7", nil))
			must(t, f.SetCellFormula("指标", "G7", "600*2"))
		}, "指标!G7（目标值 target_value）：不能为空"},
		{"a field of another kind of point", setBy("节点", "measure", "roads-built", "weight", 20), "节点!I7（权重（%） weight）：类型为“累计份额”的节点不填这一栏"},
		{"a point without its value", setBy("节点", "measure", "roads-built", "share", ""), "节点!D7（累计份额（%） share）：不能为空：类型为“累计份额”的节点须填这一栏"},
		{"an assignment of two", setBy("拟定", "commitment", "streets", "measure", "roads-built"), "拟定!B7（指标 measure）：任务和指标只能填一栏"},
		{"a threshold that there is not", setBy("门槛", "threshold", "报送宽限（天）", "threshold", "滞后"), "门槛!B7（门槛 threshold）：“滞后”不在可选项内：请选 严重滞后起点（百分点）、"},
		{"a threshold twice", setBy("门槛", "threshold", "督办升级（周）", "threshold", "滞后起点（百分点）"), "门槛!B6（门槛 threshold）：这个门槛写了两次"},
		{"a threshold of nobody", setBy("门槛", "threshold", "报送宽限（天）", "measure", "没有的指标（nothing）"), "门槛!A7（指标 measure）：没有“没有的指标（nothing）”"},
		{"a threshold out of its limits", setBy("门槛", "threshold", "报送宽限（天）", "value", 400), "门槛!C7（数值 value）：核对未通过：须在 0 与 366 之间，现在是 400。填写要求：整数"},
		{"a threshold that contradicts another", setBy("门槛", "threshold", "滞后起点（百分点）", "value", 31), "门槛!C5（数值 value）：核对未通过：31 大于“严重滞后起点（百分点）”的 30，互相矛盾"},
		{"merged cells", func(t *testing.T, f *excelize.File) { must(t, f.MergeCell("任务", "I6", "I7")) }, "任务!I6：合并单元格 I6:I7：请取消合并"},
		{"a column of one's own", func(t *testing.T, f *excelize.File) { must(t, f.SetCellValue("单位", "D4", "phone")) }, "单位!D4：不认识的列“phone”"},
		{"notes beside the table", func(t *testing.T, f *excelize.File) { must(t, f.SetCellValue("单位", "F6", "待核实")) }, "单位!F6：这一列没有字段名"},
		{"a column that is gone", func(t *testing.T, f *excelize.File) { must(t, f.RemoveCol("数字", "C")) }, "数字（理由 reason）：缺少这一列"},
		{"a column twice", func(t *testing.T, f *excelize.File) { must(t, f.SetCellValue("单位", "D4", "name")) }, "单位!D4（单位名称 name）：这一列出现了两次"},
		{"headings that are gone", func(t *testing.T, f *excelize.File) { must(t, f.RemoveRow("数字", 4)) }, "数字：找不到字段名一行"},
		{"a sheet that is gone", func(t *testing.T, f *excelize.File) { must(t, f.DeleteSheet("数字")) }, "数字：缺少这张工作表"},
		{"a sheet of one's own", func(t *testing.T, f *excelize.File) {
			_, err := f.NewSheet("草稿")
			must(t, err)
		}, "草稿：不认识这张工作表"},
		{"a source text that is gone", func(t *testing.T, f *excelize.File) { must(t, f.DeleteSheet("原文")) }, "原文：原文不全"},
		{"a character that cannot be seen", set("单位", "wenhua", "name", "文化\u200b\u0007站"), "单位!B7（单位名称 name）：含有无法显示的字符（U+FFFD）"},

		{"a target that the text does not say", set("指标", "parking-added", "target_value", 12000), "指标!G7（目标值 target_value）：核对未通过：12000 与原文“1200”不符，应为 1200 个"},
		{"a quote that was touched", set("任务", "parking", "quote", "新增车位1200"), "任务!F7（原文 quote）：核对未通过：把分句“新增车位1200个”（位置 33）截成了两段"},
		{"a comparator that the text does not bear out", set("指标", "contract-rate", "comparator", "照原文"), "指标!I11（目标表述 comparator）：核对未通过：原文数字带“以上”“不少于”之类的，目标表述选“以上”"},
		{"weights that are not 100", setBy("节点", "measure", "library-built", "weight", 50), "节点!I14（权重（%） weight）：核对未通过：各阶段权重之和须为 100"},
		{"a due date before the curve's end", set("指标", "parking-added", "due_date", "2025-10-31"), "指标!AD7（曲线结束 curve.end）：核对未通过：2025-12-31 晚于完成时限 2025-10-31"},
		{"a curve without its window", set("指标", "parking-added", "curve.start", ""), "指标!AC7（曲线开始 curve.start）：核对未通过："},
		{"a clause that nothing owns any more", func(t *testing.T, f *excelize.File) { must(t, f.RemoveRow("方向性表述", 9)) }, `原文!C9：核对未通过：分句“有一处空白”`},
		{"a source text that was touched", func(t *testing.T, f *excelize.File) { must(t, f.SetCellStr("原文", "C5", "(一)城镇 建设")) }, "计划!C10（原文校验值 source.sha256）：核对未通过：原文"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := book.Read(edited(t, tc.do), nil)
			complaints, ok := errors.AsType[book.Complaints](err)
			if !ok || !strings.HasPrefix(complaints[0].String(), tc.want) {
				t.Errorf("got:\n%v\nwant first: %s", err, tc.want)
			}
		})
	}
}

// All bad cells are named together, in the order of the workbook.
func TestBadCellsAreReportedTogether(t *testing.T) {
	t.Parallel()
	_, err := book.Read(edited(t,
		set("指标", "parking-added", "due_date", "年底"), set("单位", "wenhua", "name", ""), set("指标", "roads-built", "unit", ""),
		setBy("节点", "measure", "roads-built", "by", "夏天"),
	), nil)
	want := `单位!B7（单位名称 name）：不能为空：规范简称
指标!H6（单位 unit）：不能为空：基本单位：平方米、个、户、%；不写万平方米或 m²；里程碑写“个阶段”
指标!Z7（完成时限 due_date）：“年底”不是日期：请填写日期，如 2024-06-30 或 2024/6/30
节点!C7（日期 by）：“夏天”不是日期：请填写日期，如 2024-06-30 或 2024/6/30`
	if err == nil {
		t.Fatal("accepted")
	}
	if diff := cmp.Diff(want, err.Error()); diff != "" {
		t.Errorf("complaints (-want +got):\n%s", diff)
	}
}

// What people and programs do to cells without meaning to change anything changes nothing.
func TestHabitsOfSpreadsheetsAreRead(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		do   edit
	}{
		{"a number as text", set("指标", "parking-added", "target_value", "1200")},
		{"full-width digits", set("指标", "parking-added", "target_value", "１２００")},
		{"thousands", set("指标", "parking-added", "target_value", " 1,200 ")},
		{"a date as text", set("指标", "parking-added", "due_date", "2025-12-31")},
		{"a date with slashes", set("指标", "parking-added", "due_date", "2025/12/31")},
		{"a date with dots", set("指标", "parking-added", "due_date", "2025.12.31")},
		{"a date in Chinese", set("指标", "parking-added", "due_date", "２０２５年12月31日")},
		{"a date in eight digits", set("指标", "parking-added", "due_date", 20251231)},
		{"a date as a serial number", set("指标", "parking-added", "due_date", 46022)},
		{"blanks around words", set("单位", "wenhua", "name", " 文化站 \n")},
		{"a department by its name", set("任务", "parking", "lead_department", "建设办")},
		{"a department by its id", set("任务", "parking", "lead_department", " jianshe ")},
		{"a department with ASCII brackets", set("任务", "parking", "lead_department", "建设办(jianshe)")},
		{"departments in one line, one with a separator in its name", set("任务", "doctors", "supporting_departments", "建设办，文化站")},
		{"a choice in the ledger's own word", set("指标", "parking-added", "mode", "to_date")},
		{"a logical value", set("指标", "roads-built", "evidence_required", true)},
		{"an empty no", set("指标", "parking-added", "evidence_required", "")},
		{"blank rows between", func(t *testing.T, f *excelize.File) { must(t, f.InsertRows("任务", 7, 3)) }},
		{"a row above the headings", func(t *testing.T, f *excelize.File) { must(t, f.InsertRows("单位", 3, 1)) }},
		{"commitments in another order", func(t *testing.T, f *excelize.File) {
			must(t, f.DuplicateRowTo("任务", 5, 16))
			must(t, f.RemoveRow("任务", 5))
		}},
		{"columns in another order", func(t *testing.T, f *excelize.File) {
			for row, err := range map[int]error{4: nil, 5: nil, 6: nil, 7: nil} {
				must(t, err)
				a, err := f.GetCellValue("单位", excelName(t, 1, row))
				must(t, err)
				b, err := f.GetCellValue("单位", excelName(t, 3, row))
				must(t, err)
				must(t, f.SetCellStr("单位", excelName(t, 1, row), b))
				must(t, f.SetCellStr("单位", excelName(t, 3, row), a))
			}
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			l := town(t)
			r, err := book.Read(edited(t, tc.do), nil)
			if err != nil {
				t.Fatal(err)
			}
			if r.Ledger.Version != l.Version {
				t.Errorf("changed: %v", seeds.Diff(l, r.Ledger))
			}
		})
	}
}

func excelName(t *testing.T, column, row int) string {
	t.Helper()
	name, err := excelize.CoordinatesToCellName(column, row)
	must(t, err)
	return name
}

// A change of a cell is that change of the ledger, and no other.
func TestAnEditIsThatChange(t *testing.T) {
	t.Parallel()
	l := town(t)
	for _, tc := range []struct {
		name string
		do   edit
		want []string
	}{
		{"a due date", set("指标", "repairs-done", "due_date", "2025-11-30"), []string{"measure repairs-done due_date"}},
		{"a lead, which reports then", set("任务", "parking", "lead_department", "文化站（wenhua）"), []string{
			"commitment parking lead_department", "measure parking-added reporting_department",
		}},
		{"a new department", func(t *testing.T, f *excelize.File) {
			must(t, f.SetSheetRow("单位", "A8", &[]any{"caizheng", "财政办", "Finance"}))
		}, []string{"department caizheng "}},
		{"a baseline that was unknown", set("指标", "beds-per-thousand", "baseline_value", 4.5), []string{"measure beds-per-thousand baseline_value"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r, err := book.Read(edited(t, tc.do), l)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, c := range seeds.Diff(l, r.Ledger) {
				got = append(got, c.Object+" "+c.ID+" "+c.Field)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatIsNoWorkbookIsSaidToBeNone(t *testing.T) {
	t.Parallel()
	for _, data := range []string{"", "not a workbook", "PK\x03\x04 broken"} {
		if _, err := book.Read([]byte(data), nil); err == nil || !strings.Contains(err.Error(), "打不开这个文件") {
			t.Errorf("%q: %v", data, err)
		}
	}
}

// What a spreadsheet computed counts as if it had been typed; its errors do not.
func TestFormulas(t *testing.T) {
	t.Parallel()
	marked := edited(t, set("指标", "parking-added", "target_value", 987654321))
	mark := regexp.MustCompile(`<c r="G7"( s="\d+")?><v>987654321</v></c>`)
	for name, tc := range map[string]struct{ cell, want string }{
		"a number":  {`<c r="G7"$1><f>600*2</f><v>1200</v></c>`, ""},
		"its error": {`<c r="G7"$1 t="e"><f>1/0</f><v>#DIV/0!</v></c>`, "指标!G7（目标值 target_value）：公式出错（#DIV/0!）"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := 0
			workbook := rezipped(t, marked, func(_ string, part []byte) []byte {
				found += len(mark.FindAll(part, -1))
				return mark.ReplaceAll(part, []byte(tc.cell))
			})
			if found != 1 {
				t.Fatalf("%d marks", found)
			}
			r, err := book.Read(workbook, nil)
			switch {
			case tc.want == "" && (err != nil || r.Ledger.Version != town(t).Version):
				t.Errorf("not as it was: %v", err)
			case tc.want != "" && (err == nil || !strings.HasPrefix(err.Error(), tc.want)):
				t.Errorf("got %v, want %s", err, tc.want)
			}
		})
	}
}

// A small file can claim to be a huge one: it is refused before it is one.
func TestHugeWorkbooksAreRefused(t *testing.T) {
	t.Parallel()
	whole := write(t, town(t))
	for name, tc := range map[string]struct {
		blow func(name string, part []byte) []byte
		want string
	}{
		"a cell at the end of every row": {func(_ string, part []byte) []byte {
			var rows strings.Builder
			for i := range 200 {
				fmt.Fprintf(&rows, `<row r="%[1]d"><c r="XFD%[1]d"><v>1</v></c></row>`, 5000+i)
			}
			return bytes.Replace(part, []byte("</sheetData>"), []byte(rows.String()+"</sheetData>"), 1)
		}, "个单元格"},
		"a part of many blanks": {func(name string, part []byte) []byte {
			if name == "xl/styles.xml" {
				return append(part, bytes.Repeat([]byte{' '}, 65<<20)...)
			}
			return part
		}, "打不开这个文件"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			workbook := rezipped(t, whole, tc.blow)
			if len(workbook) > 1<<20 {
				t.Fatalf("%d bytes: no small file", len(workbook))
			}
			if _, err := book.Read(workbook, nil); err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Errorf("got %v, want %s", err, tc.want)
			}
		})
	}
}

// rezipped is a workbook with its parts changed.
func rezipped(t *testing.T, workbook []byte, change func(name string, part []byte) []byte) []byte {
	t.Helper()
	from, err := zip.NewReader(bytes.NewReader(workbook), int64(len(workbook)))
	must(t, err)
	var out bytes.Buffer
	to := zip.NewWriter(&out)
	for _, f := range from.File {
		r, err := f.Open()
		must(t, err)
		part, err := io.ReadAll(r)
		must(t, err)
		w, err := to.Create(f.Name)
		must(t, err)
		_, err = w.Write(change(f.Name, part))
		must(t, err)
	}
	must(t, to.Close())
	return out.Bytes()
}

// A workbook from a Mac of old counts days from 1904.
func TestDatesSince1904(t *testing.T) {
	t.Parallel()
	yes := true
	workbook := edited(t, func(t *testing.T, f *excelize.File) {
		must(t, f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}))
		for _, sheet := range []string{"计划", "指标", "节点"} {
			rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
			must(t, err)
			for i, row := range rows {
				for j, text := range row {
					if len(text) == 5 && text > "45657" && text < "46023" && strings.Trim(text, "0123456789") == "" {
						must(t, f.SetCellInt(sheet, excelName(t, j+1, i+1), int64(serial(text)-1462)))
					}
				}
			}
		}
	})
	r, err := book.Read(workbook, nil)
	if err != nil {
		t.Fatal(err)
	}
	if want := town(t).Version; r.Ledger.Version != want {
		t.Errorf("version %s, want %s", r.Ledger.Version, want)
	}
}

func serial(text string) (n int) {
	for _, c := range text {
		n = 10*n + int(c-'0')
	}
	return n
}
