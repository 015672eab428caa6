package book

import (
	"regexp"
	"strings"
)

// names is what rows of one sheet are called, so that other sheets can refer to them in words: by id, by
// name where only one bears it, or as name（id）, which the drop-downs offer.
type names struct {
	byID map[string]string   // name by id
	ids  map[string][]string // ids by name
}

func (n *names) add(id, name string) {
	if n.byID == nil {
		n.byID, n.ids = map[string]string{}, map[string][]string{}
	}
	n.byID[id] = name
	n.ids[name] = append(n.ids[name], id)
}

// label is name（id）.
func (n *names) label(id string) string {
	if n.byID[id] == "" {
		return id
	}
	return n.byID[id] + "（" + id + "）"
}

var labelled = regexp.MustCompile(`(?s)^(.*?)\s*[（(]([^（()）]+)[）)]$`)

// find reads a reference. In name（id） the id counts: the name may have been changed since; but it must
// not be the name of another.
func (n *names) find(text string) (id string, problem string) {
	if _, ok := n.byID[text]; ok {
		return text, ""
	}
	if parts := labelled.FindStringSubmatch(text); parts != nil {
		if name, ok := n.byID[parts[2]]; ok {
			if others := n.ids[parts[1]]; name != parts[1] && len(others) > 0 {
				return "", "名称“" + parts[1] + "”的编号是 " + others[0] + "，不是 " + parts[2]
			}
			return parts[2], ""
		}
	}
	switch ids := n.ids[text]; len(ids) {
	case 1:
		return ids[0], ""
	case 0:
		return "", "没有“" + text + "”"
	default:
		return "", "名称“" + text + "”不止一个（" + strings.Join(ids, "、") + "）：请写编号"
	}
}

// listed splits a cell of several references: one to a line, or with a separator, which a name may have
// in itself too.
func (n *names) listed(text string) []string {
	var all []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if _, problem := n.find(line); problem == "" || line == "" {
			all = append(all, line)
			continue
		}
		all = append(all, strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune("、，,；;", r) })...)
	}
	return trimmed(all)
}

func trimmed(texts []string) []string {
	var all []string
	for _, s := range texts {
		if s = strings.TrimSpace(s); s != "" {
			all = append(all, s)
		}
	}
	return all
}

// fieldLabel names a field for the office: 口径（measure.definition）. Within a commitment's or a
// measure's own row the object goes without saying.
func fieldLabel(field string, owner record) string {
	object, name, qualified := strings.Cut(field, ".")
	if !qualified || owner["commitment"] != nil || owner["measure"] != nil {
		name = field
		if object = "measure"; owner["commitment"] != nil {
			object = "commitment"
		}
	}
	if heading := Heading(object, name); heading != "" {
		return heading + "（" + field + "）"
	}
	return field
}

// fieldOf reads what fieldLabel wrote, or the bare field.
func fieldOf(label string) string {
	if parts := labelled.FindStringSubmatch(label); parts != nil {
		return parts[2]
	}
	return label
}
