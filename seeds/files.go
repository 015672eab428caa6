package seeds

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"xushi/schema"
)

// headers say at the top of each file what a reader of it must know. An editor finds the file's JSON
// Schema by the first line: in the folder schema beside the plan's own (xushi seeds schema writes it).
var headers = map[string]string{
	"plan":        `计划：辖区、期间、原文文件，以及原文没有给出的内容由谁拟定（assigned）。`,
	"departments": `单位名录。id 是主题（subject）中的一段，报送开始后不再改动。`,
	"commitments": `目标任务与量化指标，按原文顺序。quote、numeral_text 照录原文；quote_offset、numeral_offset 按字符（码点）从 0 计。
curve 为 items 时，没有单独日期的其余项目在 start 至 end 之间均摊。baseline_value、denominator_value 为 null：原文未给出。`,
	"statements": `原文中不作为目标任务的文字：方向性表述（directional）与标题（heading）。与目标任务合在一起，原文每个分句恰有一个归属。`,
	"numerals":   `原文中不是目标值的数字：序号、名称、成语等，逐处说明理由。`,
}

// Files is the ledger as the files that Load reads, in one form: the same ledger gives the same bytes,
// and loading them gives the same version. Comments other than the standing ones are not kept.
func (l *Ledger) Files() map[string][]byte {
	files := map[string][]byte{l.Plan.Source.File: []byte(l.Text)}
	for name, part := range map[string]any{
		"plan": l.Plan, "departments": l.Departments, "commitments": l.Commitments,
		"statements": l.Statements, "numerals": l.Numerals,
	} {
		files[name+".yaml"] = yamlFile(name, reflect.ValueOf(part))
	}
	return files
}

// WriteDir writes the ledger's files into a folder, which is made where there is none.
func WriteDir(dir string, l *Ledger) error {
	if !textFile(l.Plan.Source.File) {
		return fmt.Errorf("source text %q: must be a file of the ledger's own folder", l.Plan.Source.File)
	}
	return WriteFiles(dir, l.Files())
}

// textFile tells whether the source text can be kept under the name, beside the ledger's own files.
func textFile(name string) bool {
	return filepath.IsLocal(name) && filepath.Base(name) == name && name != "." && filepath.Ext(name) != ".yaml"
}

// WriteFiles writes a ledger's files, by name, into a folder, which is made where there is none.
func WriteFiles(dir string, files map[string][]byte) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("making the ledger's folder: %w", err)
	}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			return fmt.Errorf("writing the ledger: %w", err)
		}
	}
	return nil
}

// yamlFile writes a header and then the part: a list entry by entry with a blank line before each.
func yamlFile(name string, part reflect.Value) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# yaml-language-server: $schema=../schema/%s.schema.json\n", name)
	for line := range strings.Lines(headers[name] + "\n") {
		b.WriteString("# " + line)
	}
	if part.Kind() == reflect.Struct {
		b.WriteByte('\n')
		writeYAML(&b, mapping(part))
		return b.Bytes()
	}
	for i := range part.Len() {
		b.WriteByte('\n')
		writeYAML(&b, &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{mapping(part.Index(i))}})
	}
	if part.Len() == 0 {
		b.WriteString("\n[]\n")
	}
	return b.Bytes()
}

func writeYAML(b *bytes.Buffer, n *yaml.Node) {
	enc := yaml.NewEncoder(b)
	enc.SetIndent(2)
	if err := enc.Encode(n); err != nil {
		panic(fmt.Sprintf("seeds: a ledger is plain data: %v", err))
	}
}

// mapping writes a struct's fields in the order of their declaration, without those that say nothing.
func mapping(v reflect.Value) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	for f, value := range v.Fields() {
		name := f.Tag.Get("yaml")
		if name == "" || name == "-" || omitted(v, f, value) {
			continue
		}
		n.Content = append(n.Content, scalar(reflect.ValueOf(name)), node(value))
		if name == "numeral_text" {
			n.Content[len(n.Content)-1].Style = yaml.DoubleQuotedStyle // "12" is what the text says, no number
		}
	}
	return n
}

// omitted tells whether a field is left out: it is empty, and its absence reads back as the same. What a
// level or a ratio lacks because the text does not give it stands there as null.
func omitted(owner reflect.Value, f reflect.StructField, value reflect.Value) bool {
	switch o := owner.Interface().(type) {
	case Measure:
		if f.Name == "ReportingDepartment" && o.Commitment != nil {
			return o.ReportingDepartment == o.Commitment.LeadDepartment
		}
		if f.Name == "BaselineValue" && o.Mode == schema.Level {
			return false
		}
	case Ratio:
		if f.Name == "DenominatorValue" {
			return false
		}
	}
	_, options, _ := strings.Cut(f.Tag.Get("json"), ",")
	return options != "" && (value.IsZero() || (value.Kind() == reflect.Slice || value.Kind() == reflect.Map) && value.Len() == 0)
}

func node(v reflect.Value) *yaml.Node {
	switch {
	case v.Kind() == reflect.Pointer && v.IsNil():
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null"}
	case v.Kind() == reflect.Pointer:
		return node(v.Elem())
	case v.Kind() == reflect.Slice:
		return sequence(v)
	case v.Kind() == reflect.Map:
		return sorted(v)
	case v.Kind() == reflect.Struct && v.Type() != decimalType:
		return mapping(v)
	}
	return scalar(v)
}

// sorted writes a map by its keys.
func sorted(v reflect.Value) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode}
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return cmp.Compare(a.String(), b.String()) })
	for _, key := range keys {
		n.Content = append(n.Content, scalar(key), node(v.MapIndex(key)))
	}
	return n
}

// sequence writes words in one line, and points of a curve and items one to a line.
func sequence(v reflect.Value) *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode}
	if v.Type().Elem().Kind() == reflect.String {
		n.Style = yaml.FlowStyle
	}
	for i := range v.Len() {
		entry := node(v.Index(i))
		switch v.Index(i).Interface().(type) {
		case Item, Step, ItemDate, LevelDate, Stage:
			entry.Style = yaml.FlowStyle
		}
		n.Content = append(n.Content, entry)
	}
	return n
}

// scalar writes numbers and dates plain, and quotes text only where YAML would read something else.
func scalar(v reflect.Value) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Value: fmt.Sprint(v.Interface())}
	if v.Kind() != reflect.String {
		return n
	}
	n.Tag = "!!str"
	var plain bytes.Buffer
	writeYAML(&plain, n)
	if first := plain.Bytes()[0]; first == '\'' || first == '|' {
		n.Style = yaml.DoubleQuotedStyle // one kind of quotes; and no block, which loses blanks at ends of lines to editors
	}
	return n
}
