package seeds

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// The office reads every complaint in Chinese: each form that the code complains with has its translation,
// which takes the same values, and no translation is of a form that is gone.
func TestEveryComplaintSpeaksChinese(t *testing.T) {
	t.Parallel()
	said := forms(t)
	for form := range said {
		if _, ok := inChinese[form]; !ok {
			t.Errorf("no Chinese for %q", form)
		}
	}
	for form, chinese := range inChinese {
		if !said[form] {
			t.Errorf("nobody says %q any more", form)
		}
		c := Complaint{form: form, args: values(form)}
		if words := c.Chinese(); strings.Contains(words, "%!") {
			t.Errorf("%q does not take what %q takes: %s", chinese, form, words)
		}
	}
}

// forms are the formats of all complaints in the package's code. The reasons of other packages, "%v", speak
// for themselves.
func forms(t *testing.T) map[string]bool {
	t.Helper()
	found := map[string]bool{}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]int{"require": 2, "expect": 2, "errorf": 0}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			method, ok := call.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			i, ok := at[method.Sel.Name]
			if !ok || i >= len(call.Args) {
				return true
			}
			if literal, ok := call.Args[i].(*ast.BasicLit); ok {
				form, err := strconv.Unquote(literal.Value)
				if err != nil {
					t.Fatal(err)
				}
				found[form] = true
			}
			return true
		})
	}
	delete(found, "%v")
	return found
}

var verb = regexp.MustCompile(`%[a-zU]`)

// values are such as the format takes.
func values(form string) []any {
	var all []any
	for _, v := range verb.FindAllString(form, -1) {
		switch v {
		case "%d":
			all = append(all, 1)
		case "%x":
			all = append(all, []byte{1})
		case "%U":
			all = append(all, 'x')
		default:
			all = append(all, fmt.Sprint("x", len(all)))
		}
	}
	return all
}
