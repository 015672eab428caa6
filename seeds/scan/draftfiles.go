package scan

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"xushi/seeds"
)

// Files is the draft as the files of a ledger, with every doubt beside its field.
func (d *Draft) Files() (map[string][]byte, error) {
	files := d.Ledger.Files()
	for name, find := range map[string]func(list *yaml.Node, comments map[int]string){
		"commitments.yaml": d.measureDoubts, "numerals.yaml": d.nameDoubts,
	} {
		var doc yaml.Node
		if err := yaml.Unmarshal(files[name], &doc); err != nil {
			return nil, fmt.Errorf("commenting the draft's %s: %w", name, err)
		}
		comments := map[int]string{}
		find(doc.Content[0], comments)
		files[name] = beside(files[name], comments)
	}
	first, rest, _ := bytes.Cut(files["commitments.yaml"], []byte("\n")) // the first line is for editors
	files["commitments.yaml"] = slices.Concat(first, []byte("\n"+commitmentsHint), rest)
	files["departments.yaml"] = append(files["departments.yaml"], departmentsHint...)
	return files, nil
}

const (
	commitmentsHint = `# 草稿：由 xushi seeds scan 起草。“# 请核对”处请对照原文核对，核对后删去；“` + seeds.Undecided + `”处请填写，填完之前 xushi seeds check 不会通过。
# 里程碑的阶段日期写着 1970-01-01 的，请改为实际节点。编号（task-1 等）请改为有含义的英文，一经报送不再改动。
# 同属一项任务的相邻分句，可以合并为一条：quote 可以连续照录几个分句。
`
	departmentsHint = `
# 请把上面的 [] 换成单位名录，例如：
# - id: zhujianju
#   name: 区住建局
#   name_en: District Bureau of Housing and Urban-Rural Development
`
)

// beside writes comments at the end of lines, which are counted from 1. People take the mark out when
// they have looked.
func beside(file []byte, comments map[int]string) []byte {
	var out bytes.Buffer
	number := 0
	for line := range strings.Lines(string(file)) {
		number++
		if c, ok := comments[number]; ok {
			line = strings.TrimSuffix(line, "\n") + "  # 请核对：" + c + "\n"
		}
		out.WriteString(line)
	}
	return out.Bytes()
}

// measureDoubts finds the line of every doubt about a measure: that of the field, or of the measure's ID
// where the field is left out.
func (d *Draft) measureDoubts(list *yaml.Node, comments map[int]string) {
	for _, entry := range list.Content {
		lines := map[string]int{}
		var doubts []Doubt
		for i := 0; i+1 < len(entry.Content); i += 2 {
			key, value := entry.Content[i], entry.Content[i+1]
			lines[key.Value] = key.Line
			switch key.Value {
			case "id":
				doubts = d.doubts[value.Value]
			case "measures":
				d.measureDoubts(value, comments)
			}
		}
		for _, doubt := range doubts {
			line, there := lines[doubt.Field]
			if !there {
				line = lines["id"]
			}
			comments[line] = strings.TrimPrefix(comments[line]+"；"+doubt.Words, "；")
		}
	}
}

func (d *Draft) nameDoubts(list *yaml.Node, comments map[int]string) {
	for i, entry := range list.Content {
		if d.unsureNames[i] {
			comments[entry.Content[len(entry.Content)-1].Line] = "也可能是目标值"
		}
	}
}
