package seeds_test

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/shopspring/decimal"

	"xushi/schema"
	"xushi/seeds"
	"xushi/seeds/book"
)

// object is a JSON object whose members stand in the order of the Go types.
type object []member

type member struct {
	name  string
	value any
}

func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		var value bytes.Buffer
		enc := json.NewEncoder(&value)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(m.value); err != nil {
			return nil, err
		}
		b.WriteString(strconv.Quote(m.name) + ":")
		b.Write(bytes.TrimSpace(value.Bytes()))
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// parts are the ledger's files, with what each is a list of; the plan is no list.
var parts = []struct {
	file string
	of   reflect.Type
	list bool
}{
	{"plan", reflect.TypeFor[seeds.Plan](), false},
	{"departments", reflect.TypeFor[seeds.Department](), true},
	{"commitments", reflect.TypeFor[seeds.Commitment](), true},
	{"statements", reflect.TypeFor[seeds.Statement](), true},
	{"numerals", reflect.TypeFor[seeds.Numeral](), true},
}

// required are the members without which a ledger is refused, beside those that the canonical form always
// has.
var required = map[string][]string{
	"Plan":       {"jurisdiction", "start", "end", "source", "note"},
	"Source":     {"file", "sha256"},
	"Department": {"name", "name_en"},
	"Commitment": {"title_en", "section", "paragraph", "quote", "done", "lead_department"},
	"Measure":    {"title_en", "target_value", "unit", "comparator", "mode", "direction", "definition", "reporting_interval_days", "due_date"},
	"Ratio":      {"numerator", "denominator", "per"},
	"Item":       {"name"},
	"Statement":  {"quote", "reason"},
	"Numeral":    {"numeral_text", "reason"},
	"Assignment": {"assigned_by", "confidence", "basis"},
}

// headings say whose fields a type's are in the office's words, and under which prefix.
var headings = map[string][2]string{
	"Plan": {"plan", ""}, "Source": {"plan", "source."}, "Department": {"department", ""}, "Commitment": {"commitment", ""},
	"Measure": {"measure", ""}, "Ratio": {"measure", "ratio."}, "Curve": {"measure", "curve."}, "Item": {"item", ""},
	"Step": {"point", ""}, "ItemDate": {"point", ""}, "LevelDate": {"point", ""}, "Stage": {"point", ""},
	"Statement": {"statement", ""}, "Numeral": {"numeral", ""}, "Assignment": {"assigned", ""},
}

// curveMembers are what each kind of curve must and may have.
var curveMembers = map[seeds.CurveKind]struct{ must, may []string }{
	seeds.Linear:     {must: []string{"start", "end"}},
	seeds.Steps:      {must: []string{"steps"}},
	seeds.Season:     {must: []string{"start", "end"}, may: []string{"steps", "levels"}},
	seeds.ByItem:     {must: []string{"items"}, may: []string{"start", "end"}},
	seeds.ByLevel:    {must: []string{"levels"}},
	seeds.Milestones: {must: []string{"stages"}},
}

const (
	draft      = "https://json-schema.org/draft/2020-12/schema"
	ledgerFile = "ledger.schema.json"
)

// generator makes schemas of Go types, their comments and their constants.
type generator struct {
	t        *testing.T
	comments map[string]string   // of types, and of fields as Type.Field
	enums    map[string][]member // values of a type with what they mean
	defs     object
}

// generate makes every schema file.
func generate(t *testing.T) map[string][]byte {
	t.Helper()
	g := &generator{t: t, comments: map[string]string{}, enums: map[string][]member{}}
	g.read(".")
	g.read("../schema")
	ledger := g.ledger()
	g.defs = append(g.defs,
		member{"decimal", object{
			{"description", "An exact decimal of at most 18 integer digits and 6 decimals; as text where a program would round it. 数值"},
			{"type", []string{"number", "string"}}, {"pattern", `^-?[0-9]{1,18}(\.[0-9]{1,6})?$`},
		}},
		member{"date", object{
			{"description", "A day in Shanghai, which binds at 24:00. 日期"},
			{"type", "string"}, {"format", "date"}, {"pattern", `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`},
		}},
		member{"token", object{
			{"description", "Lower-case ASCII letters, digits and inner hyphens. 编号"},
			{"type", "string"}, {"pattern", "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$"}, {"maxLength", schema.MaxTokenBytes},
		}})
	files := map[string][]byte{ledgerFile: g.file(append(ledger, member{"$defs", g.defs}))}
	for _, p := range parts {
		of := object{{"$ref", ledgerFile + "#/$defs/" + p.of.Name()}}
		body := object{{"$schema", draft}, {"title", p.file + ".yaml"}}
		if p.list {
			body = append(body, member{"type", "array"}, member{"items", of})
		} else {
			body = append(body, of...)
		}
		files[p.file+".schema.json"] = g.file(body)
	}
	return files
}

func (g *generator) file(o object) []byte {
	data, err := o.MarshalJSON()
	if err != nil {
		g.t.Fatal(err)
	}
	var b bytes.Buffer
	if err := json.Indent(&b, data, "", "  "); err != nil {
		g.t.Fatal(err)
	}
	return append(b.Bytes(), '\n')
}

func (g *generator) ledger() object {
	properties := object{}
	for _, p := range parts {
		g.define(p.of)
		of := object{{"$ref", "#/$defs/" + p.of.Name()}}
		if p.list {
			of = object{{"type", "array"}, {"items", of}}
		}
		properties = append(properties, member{p.file, of})
	}
	properties = append(properties, member{"source_text", object{{"title", "原文全文"}, {"description", g.comments["Ledger.Text"]}, {"type", "string"}}})
	return object{
		{"$schema", draft}, {"title", "台账 ledger"}, {"description", g.comments["Ledger"]}, {"type", "object"}, {"properties", properties},
		{"required", []string{"plan", "departments", "commitments", "source_text"}}, {"additionalProperties", false},
	}
}

// define adds a struct to the definitions, once, after those that it is made of.
func (g *generator) define(t reflect.Type) {
	if slices.ContainsFunc(g.defs, func(m member) bool { return m.name == t.Name() }) {
		return
	}
	var properties object
	var must []string
	for f := range t.Fields() {
		name := f.Tag.Get("yaml")
		if name == "" || name == "-" {
			continue
		}
		where := headings[t.Name()]
		title := book.Heading(where[0], where[1]+name)
		if title == "" {
			title = g.listTitle(f.Type)
		}
		property := object{{"title", title}}
		if comment := g.comments[t.Name()+"."+f.Name]; comment != "" {
			property = append(property, member{"description", comment})
		}
		properties = append(properties, member{name, append(property, g.schemaOf(f.Type, name)...)})
		_, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		if options == "" || slices.Contains(required[t.Name()], name) {
			must = append(must, name)
		}
	}
	def := object{{"description", g.comments[t.Name()]}, {"type", "object"}, {"properties", properties}, {"required", must}, {"additionalProperties", false}}
	if t == reflect.TypeFor[seeds.Curve]() {
		def = append(def, member{"allOf", g.curves(properties)})
	}
	g.defs = append(g.defs, member{t.Name(), def})
}

// listTitle names the lists that are sheets of their own in the workbook.
func (g *generator) listTitle(t reflect.Type) string {
	title := map[string]string{"Step": "累计份额", "ItemDate": "项目时限", "LevelDate": "水平值", "Stage": "阶段"}[t.Elem().Name()]
	if title == "" {
		g.t.Fatalf("no title for a list of %s", t.Elem())
	}
	return title
}

// schemaOf says what a field takes.
func (g *generator) schemaOf(t reflect.Type, name string) object {
	switch {
	case t.Kind() == reflect.Pointer && t.Elem() == reflect.TypeFor[decimal.Decimal]():
		return object{{"anyOf", []object{{{"$ref", "#/$defs/decimal"}}, {{"type", "null"}}}}}
	case t.Kind() == reflect.Pointer:
		return g.schemaOf(t.Elem(), name)
	case t == reflect.TypeFor[decimal.Decimal]():
		return object{{"$ref", "#/$defs/decimal"}}
	case t == reflect.TypeFor[schema.Date]():
		return object{{"$ref", "#/$defs/date"}}
	case t.Kind() == reflect.Struct:
		g.define(t)
		return object{{"$ref", "#/$defs/" + t.Name()}}
	case t == reflect.TypeFor[seeds.Overrides]():
		g.overrides()
		return object{{"$ref", "#/$defs/Overrides"}}
	case t.Kind() == reflect.Slice:
		return object{{"type", "array"}, {"items", g.schemaOf(t.Elem(), name)}}
	case t.Kind() == reflect.Bool:
		return object{{"type", "boolean"}}
	case name == "reporting_interval_days":
		return object{{"type", "integer"}, {"minimum", 1}, {"maximum", 92}}
	case t.Kind() == reflect.Int:
		return object{{"type", "integer"}, {"minimum", 0}}
	case g.enums[t.Name()] != nil:
		return g.choice(g.enums[t.Name()])
	case name == "id" || name == "item" || name == "stage" || strings.HasSuffix(name, "department") || strings.HasSuffix(name, "departments"):
		return object{{"$ref", "#/$defs/token"}}
	case name == "sha256":
		return object{{"type", "string"}, {"pattern", "^[0-9a-f]{64}$"}}
	}
	return object{{"type", "string"}}
}

// overrides adds the thresholds that a plan or a measure may set, each with its limits.
func (g *generator) overrides() {
	if slices.ContainsFunc(g.defs, func(m member) bool { return m.name == "Overrides" }) {
		return
	}
	var properties object
	for i, name := range seeds.AllThresholds() {
		field := reflect.TypeFor[seeds.Thresholds]().Field(i).Name // in the same order
		least, most := name.Limits()
		properties = append(properties, member{string(name), object{
			{"title", name.Title()}, {"description", g.comments["Thresholds."+field]}, {"type", "integer"}, {"minimum", least}, {"maximum", most},
		}})
	}
	g.defs = append(g.defs, member{"Overrides", object{
		{"description", g.comments["Overrides"]}, {"type", "object"}, {"properties", properties}, {"additionalProperties", false},
	}})
}

// choice lists an enumeration's values, each with what it means.
func (g *generator) choice(values []member) object {
	var all []object
	for _, v := range values {
		all = append(all, object{{"const", v.name}, {"description", v.value}})
	}
	return object{{"oneOf", all}}
}

// curves say which members each kind of curve must have, and that it takes no others but those it may.
func (g *generator) curves(properties object) []object {
	var all []object
	for _, kind := range g.enums["CurveKind"] {
		members, known := curveMembers[seeds.CurveKind(kind.name)]
		if !known {
			g.t.Fatalf("which members has a curve of kind %s?", kind.name)
		}
		var forbidden object
		for _, p := range properties {
			if p.name != "kind" && !slices.Contains(members.must, p.name) && !slices.Contains(members.may, p.name) {
				forbidden = append(forbidden, member{p.name, false})
			}
		}
		all = append(all, object{
			{"if", object{{"properties", object{{"kind", object{{"const", kind.name}}}}}}},
			{"then", object{{"required", members.must}, {"properties", forbidden}}},
		})
	}
	return all
}

// read takes comments and constants from a package's source.
func (g *generator) read(dir string) {
	packages, err := parser.ParseDir(token.NewFileSet(), dir, nil, parser.ParseComments) //nolint:staticcheck // no build tags here, no types needed
	if err != nil {
		g.t.Fatal(err)
	}
	for name, p := range packages {
		if strings.HasSuffix(name, "_test") {
			continue
		}
		for _, file := range slices.Sorted(maps.Keys(p.Files)) {
			ast.Inspect(p.Files[file], g.declaration)
		}
	}
}

func (g *generator) declaration(n ast.Node) bool {
	d, ok := n.(*ast.GenDecl)
	if !ok {
		return true
	}
	for _, spec := range d.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			g.comments[spec.Name.Name] = said(d.Doc)
			if s, ok := spec.Type.(*ast.StructType); ok {
				for _, f := range s.Fields.List {
					for _, name := range f.Names {
						g.comments[spec.Name.Name+"."+name.Name] = strings.TrimSpace(said(f.Doc) + " " + said(f.Comment))
					}
				}
			}
		case *ast.ValueSpec:
			g.constant(d, spec)
		}
	}
	return false
}

func (g *generator) constant(d *ast.GenDecl, spec *ast.ValueSpec) {
	of, ok := spec.Type.(*ast.Ident)
	if d.Tok != token.CONST || !ok {
		return
	}
	for _, v := range spec.Values {
		if literal, ok := v.(*ast.BasicLit); ok && literal.Kind == token.STRING {
			value, err := strconv.Unquote(literal.Value)
			if err != nil {
				g.t.Fatal(err)
			}
			g.enums[of.Name] = append(g.enums[of.Name], member{value, said(spec.Comment)})
		}
	}
}

func said(c *ast.CommentGroup) string { return strings.Join(strings.Fields(c.Text()), " ") }
