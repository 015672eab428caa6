package seeds_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"xushi/seeds"
)

var update = flag.Bool("update", false, "write the JSON Schemas anew")

// The committed schemas are those of the types as they are.
func TestJSONSchemasAreThoseOfTheTypes(t *testing.T) {
	t.Parallel()
	generated := generate(t)
	committed := map[string]string{}
	for name, data := range generated {
		path := filepath.Join("schema", name)
		if *update {
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		old, err := os.ReadFile(path)
		if err != nil {
			t.Fatalf("%v: go test ./seeds -run JSONSchema -update writes it", err)
		}
		committed[name] = string(old)
	}
	for _, name := range slices.Sorted(maps.Keys(generated)) {
		if diff := cmp.Diff(committed[name], string(generated[name])); diff != "" {
			t.Errorf("schema/%s is not up to date, go test ./seeds -run JSONSchema -update writes it (-committed +generated):\n%s", name, diff)
		}
	}
}

// compiled is a schema as a folder of WriteSchemas has it, formats asserted.
func compiled(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "schema")
	if err := seeds.WriteSchemas(dir); err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	s, err := c.Compile(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func tree(t *testing.T, data []byte) any {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Every ledger that comes with the program is accepted, in its canonical form and file by file.
func TestJSONSchemaAcceptsLedgers(t *testing.T) {
	t.Parallel()
	for _, name := range seeds.BuiltIns() {
		l, err := seeds.BuiltIn(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := compiled(t, ledgerFile).Validate(tree(t, l.JSON())); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, p := range parts {
			data, err := os.ReadFile(filepath.Join(name, p.file+".yaml"))
			if err != nil {
				t.Fatal(err)
			}
			if err := compiled(t, p.file+".schema.json").Validate(asEditorsRead(t, data)); err != nil {
				t.Errorf("%s/%s.yaml: %v", name, p.file, err)
			}
		}
	}
}

// asEditorsRead is YAML in JSON's terms, where a date is text.
func asEditorsRead(t *testing.T, data []byte) any {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	var v any
	datesAsText(&doc)
	if err := doc.Decode(&v); err != nil {
		t.Fatal(err)
	}
	asJSON, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return tree(t, asJSON)
}

func datesAsText(n *yaml.Node) {
	if n.ShortTag() == "!!timestamp" {
		n.Tag = "!!str"
	}
	for _, child := range n.Content {
		datesAsText(child)
	}
}

// A schema is no stricter than the check, and as strict where it can be: each damage is refused by both.
func TestJSONSchemaRefusesDamage(t *testing.T) {
	t.Parallel()
	l, err := seeds.BuiltIn(seeds.Default)
	if err != nil {
		t.Fatal(err)
	}
	s := compiled(t, ledgerFile)
	commitment := func(root map[string]any) map[string]any {
		return root["commitments"].([]any)[indexOf(t, root, "new-construction")].(map[string]any)
	}
	measure := func(root map[string]any) map[string]any {
		return commitment(root)["measures"].([]any)[1].(map[string]any)
	}
	for name, damage := range map[string]func(root map[string]any){
		"an unknown part":               func(r map[string]any) { r["extras"] = []any{} },
		"an unknown field":              func(r map[string]any) { measure(r)["targt"] = "1" },
		"no plan":                       func(r map[string]any) { delete(r, "plan") },
		"a token with capitals":         func(r map[string]any) { commitment(r)["id"] = "New" },
		"a token that ends in a hyphen": func(r map[string]any) { commitment(r)["id"] = "new-" },
		"an unknown done":               func(r map[string]any) { commitment(r)["done"] = "over" },
		"an unknown mode":               func(r map[string]any) { measure(r)["mode"] = "sum" },
		"an unknown comparator":         func(r map[string]any) { measure(r)["comparator"] = ">" },
		"an unknown confidence": func(r map[string]any) {
			r["plan"].(map[string]any)["assigned"].([]any)[0].(map[string]any)["confidence"] = "sure"
		},
		"an exponent":               func(r map[string]any) { measure(r)["target_value"] = "8.47e5" },
		"seven decimals":            func(r map[string]any) { measure(r)["target_value"] = "847000.0000001" },
		"a date with slashes":       func(r map[string]any) { measure(r)["due_date"] = "2024/12/31" },
		"a day that is none":        func(r map[string]any) { measure(r)["due_date"] = "2024-02-30" },
		"an offset before the text": func(r map[string]any) { commitment(r)["quote_offset"] = json.Number("-1") },
		"an interval of no days":    func(r map[string]any) { measure(r)["reporting_interval_days"] = json.Number("0") },
		"an unknown curve":          func(r map[string]any) { measure(r)["curve"] = map[string]any{"kind": "wavy"} },
		"a linear curve without a window": func(r map[string]any) {
			measure(r)["curve"] = map[string]any{"kind": "linear"}
		},
		"a linear curve with steps": func(r map[string]any) {
			measure(r)["curve"].(map[string]any)["steps"] = []any{map[string]any{"by": "2024-12-31", "share": "100"}}
		},
		"a step without a share": func(r map[string]any) {
			measure(r)["curve"] = map[string]any{"kind": "steps", "steps": []any{map[string]any{"by": "2024-12-31"}}}
		},
		"text for a yes": func(r map[string]any) { measure(r)["evidence_required"] = "是" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			root := tree(t, l.JSON()).(map[string]any)
			damage(root)
			refusedByBoth(t, s, root)
		})
	}
}

func indexOf(t *testing.T, root map[string]any, id string) int {
	t.Helper()
	i := slices.IndexFunc(root["commitments"].([]any), func(c any) bool { return c.(map[string]any)["id"] == id })
	if i < 0 {
		t.Fatalf("no commitment %s", id)
	}
	return i
}

func refusedByBoth(t *testing.T, s *jsonschema.Schema, root map[string]any) {
	t.Helper()
	if err := s.Validate(root); err == nil {
		t.Error("the schema accepts it")
	}
	data, err := json.Marshal(root)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := seeds.Parse("damaged", data); err == nil {
		t.Error("the check accepts it: the schema is stricter")
	}
}

// What the schema requires, the check requires too: each member is taken away once.
func TestJSONSchemaRequiresWhatTheCheckRequires(t *testing.T) {
	t.Parallel()
	l, err := seeds.BuiltIn(seeds.Default)
	if err != nil {
		t.Fatal(err)
	}
	s := compiled(t, ledgerFile)
	for _, path := range []string{
		"plan", "plan.source", "departments.0", "commitments.0", "commitments.0.measures.0", "statements.1", "numerals.1", "plan.assigned.0",
	} {
		at := func(root any) map[string]any {
			for step := range strings.SplitSeq(path, ".") {
				if list, ok := root.([]any); ok {
					root = list[step[0]-'0']
				} else {
					root = root.(map[string]any)[step]
				}
			}
			return root.(map[string]any)
		}
		for name := range at(tree(t, l.JSON())) {
			root := tree(t, l.JSON()).(map[string]any)
			delete(at(root), name)
			if s.Validate(root) == nil || path+"."+name == "plan.source.file" {
				continue // not required; a folder needs the file's name, the canonical form has the text
			}
			t.Run(fmt.Sprintf("%s.%s", path, name), func(t *testing.T) {
				t.Parallel()
				refusedByBoth(t, s, root)
			})
		}
	}
}
