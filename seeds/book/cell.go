package book

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/xuri/excelize/v2"

	"xushi/schema"
)

// value reads a cell as its column means it, in JSON; or says what is wrong with it and what to do.
func (r *reader) value(c column, cell rawCell) (json, problem string) {
	kind, percent := r.stored(cell)
	text := strings.TrimSpace(cell.text)
	switch {
	case kind == broken:
		return "", "公式出错（" + text + "）：请改正公式，或直接填写数值"
	case percent && (c.kind == number || c.kind == integer) && kind == numeric:
		return "", percentProblem(text)
	}
	switch c.kind {
	case integer, number:
		return numberCell(c.kind, text, kind == numeric)
	case day:
		return r.dayCell(text, kind == numeric)
	case choice:
		return choiceCell(c, text, kind)
	case token:
		if text = narrow(text); !schema.IsToken(text) {
			return "", fmt.Sprintf("“%s”不是编号：用小写字母、数字和中间的连字符，不超过 %d 个字符", text, schema.MaxTokenBytes)
		}
		return quote(text), ""
	case reference:
		return r.referenceCell(c, text)
	case references:
		return r.referencesCell(c, text)
	case fieldNames:
		return fieldsCell(text), ""
	}
	return textCell(text, kind == numeric)
}

// storage is how a program keeps a cell.
type storage int

const (
	textual storage = iota
	numeric
	logical
	broken // a formula's error
)

// stored asks the file about what may be a number, a yes or no, or an error.
func (r *reader) stored(cell rawCell) (kind storage, percent bool) {
	name := cellName(cell.column, cell.row)
	t, err := r.file.GetCellType(cell.table.name, name)
	if err != nil {
		return textual, false
	}
	switch t {
	case excelize.CellTypeError:
		return broken, false
	case excelize.CellTypeBool:
		return logical, false
	case excelize.CellTypeUnset, excelize.CellTypeNumber:
	default:
		return textual, false
	}
	id, err := r.file.GetCellStyle(cell.table.name, name)
	if err != nil {
		return numeric, false
	}
	style, err := r.file.GetStyle(id)
	if err != nil {
		return numeric, false
	}
	custom := style.CustomNumFmt != nil && strings.Contains(*style.CustomNumFmt, "%")
	return numeric, style.NumFmt == 9 || style.NumFmt == 10 || custom
}

var (
	plainNumber = regexp.MustCompile(`^-?\d{1,18}(\.\d{1,6})?$`)
	thousands   = regexp.MustCompile(`^-?\d{1,3}(,\d{3})+(\.\d+)?$`)
)

// numberCell reads an exact decimal. What a program keeps as a binary number is the shortest decimal
// that it stands for; from sixteen digits on a program has rounded already, so those must be text.
func numberCell(k kind, text string, isNumber bool) (json, problem string) {
	shown := text
	text = strings.ReplaceAll(narrow(text), " ", "")
	if thousands.MatchString(text) {
		text = strings.ReplaceAll(text, ",", "")
	}
	if isNumber {
		f, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return "", "“" + shown + "”不是数字"
		}
		if math.Abs(f) >= 1e15 {
			return "", "“" + shown + "”超过 15 位有效数字，表格软件会改动尾数：请先把单元格设为文本格式，再填写完整数字"
		}
		text = strconv.FormatFloat(f, 'f', -1, 64)
	}
	switch {
	case strings.HasSuffix(text, "%"):
		return "", percentProblem(shown)
	case strings.ContainsAny(text, "万亿千百"):
		return "", "“" + shown + "”：请写基本单位的完整数字，如 84.7万 写 847000"
	case !plainNumber.MatchString(text):
		return "", "“" + shown + "”不是可用的数字：整数至多 18 位、小数至多 6 位，不用科学计数，不带单位"
	case k == integer && strings.Contains(text, "."):
		return "", "“" + shown + "”须为整数"
	}
	if k == integer {
		n, err := strconv.ParseInt(text, 10, 32)
		if err != nil {
			return "", "“" + shown + "”超出范围"
		}
		return strconv.FormatInt(n, 10), ""
	}
	return quote(text), ""
}

func percentProblem(text string) string {
	return "百分比格式（单元格里的数是 " + text + "）：百分数写 80，不写 80% 或 0.8；请把单元格格式改为常规后重新填写"
}

var dayForms = regexp.MustCompile(`^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?$`)

// dayCell reads a date as programs keep it, days since an epoch, or as people type it.
func (r *reader) dayCell(text string, isNumber bool) (json, problem string) {
	shown := text
	text = narrow(text)
	if serial, err := strconv.ParseFloat(text, 64); err == nil && isNumber && serial < 1e6 {
		if serial != math.Trunc(serial) {
			return "", "日期带有时刻（" + shown + "）：请只填日期，如 2024-06-30"
		}
		if r.since1904 {
			serial += 1462
		}
		d := schema.Date(int32(serial) - epoch)
		if iso := d.String(); iso >= "1990" && iso < "2200" {
			return quote(iso), ""
		}
		return "", "“" + shown + "”不是日期：请填写日期，如 2024-06-30"
	}
	if len(text) == 8 && strings.Trim(text, "0123456789") == "" {
		text = text[:4] + "-" + text[4:6] + "-" + text[6:]
	}
	parts := dayForms.FindStringSubmatch(text)
	if parts == nil {
		return "", "“" + shown + "”不是日期：请填写日期，如 2024-06-30 或 2024/6/30"
	}
	iso := fmt.Sprintf("%s-%02s-%02s", parts[1], parts[2], parts[3])
	if _, err := schema.ParseDate(iso); err != nil {
		return "", "“" + shown + "”不是日历上的一天"
	}
	return quote(iso), ""
}

func choiceCell(c column, text string, kind storage) (json, problem string) {
	if kind == logical || (kind == numeric && len(c.words) == len(yesNoWords)) {
		text = map[string]string{"1": "true", "0": "false"}[text]
	}
	code, ok := codeOf(c.words, narrow(text))
	switch {
	case !ok:
		return "", "“" + text + "”不在可选项内：请选 " + strings.Join(labels(c.words), "、")
	case code == "true", code == "false":
		return code, ""
	}
	return quote(code), ""
}

func (r *reader) referenceCell(c column, text string) (json, problem string) {
	id, problem := r.names[c.of].find(text)
	if problem != "" {
		return "", problem + "：请从下拉列表选择，新的先在“" + c.of + "”表登记"
	}
	return quote(id), ""
}

func (r *reader) referencesCell(c column, text string) (json, problem string) {
	var ids, problems []string
	for _, one := range r.names[c.of].listed(text) {
		id, problem := r.names[c.of].find(one)
		if problem != "" {
			problems = append(problems, problem)
		}
		ids = append(ids, quote(id))
	}
	if problems != nil {
		return "", strings.Join(problems, "；") + "：每行写一个，须在“" + c.of + "”表登记过"
	}
	return "[" + strings.Join(ids, ", ") + "]", ""
}

func fieldsCell(text string) (json string) {
	var fields []string
	for _, label := range (&names{}).listed(text) {
		fields = append(fields, quote(fieldOf(label)))
	}
	return "[" + strings.Join(fields, ", ") + "]"
}

// textCell keeps words as they are, without the blanks around them.
func textCell(text string, isNumber bool) (json, problem string) {
	if f, err := strconv.ParseFloat(text, 64); isNumber && err == nil {
		text = strconv.FormatFloat(f, 'f', -1, 64) // 0.1 is kept as 0.10000000000000001
	}
	for _, c := range text {
		if unicode.IsControl(c) && c != '\n' && c != '\t' || c == '\ufeff' || c == '\ufffd' || c == '\ufffe' || c == '\uffff' {
			return "", fmt.Sprintf("含有无法显示的字符（%U）：请重新输入这段文字", c)
		}
	}
	return quote(text), ""
}

// narrow turns full-width letters, digits and signs into ASCII, as input methods should have.
func narrow(text string) string {
	return strings.TrimSpace(strings.Map(func(c rune) rune {
		switch {
		case c >= '！' && c <= '～':
			return c - '！' + '!'
		case c == '　' || c == '\u00a0':
			return ' '
		}
		return c
	}, text))
}
