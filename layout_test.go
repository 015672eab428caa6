package main_test

import (
	"bytes"
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// module is the path that go.mod declares; an import of ours starts with it.
const module = "xushi"

// stages is how far down the flow each top-level folder stands. A folder may import itself and
// the folders of a lower stage, never its neighbours: producers, consumers and jobs meet in the
// stream, in the store and in schema.
var stages = map[string]int{
	"schema":    0,
	"seeds":     1,
	"producers": 2,
	"consumers": 2,
	"jobs":      2,
	"deploy":    3,
	"main.go":   4,
}

// embedded is what external tests of any folder may use: the real engine and the real server.
const embedded = module + "/deploy/embedded/"

// namesThatSayNothing hold whatever nobody found a place for.
var namesThatSayNothing = []string{"base", "common", "helper", "helpers", "misc", "pkg", "shared", "util", "utils"}

// beside is the folder beside the repository in which some of its developers keep their notes.
// It is spelt in two parts so that this file keeps its own rule.
const beside = "../" + "shared"

// source is what the rules need to know of one file.
type source struct {
	path    string   // from the repository's root, with slashes
	pkg     string   // name of its package; "" if it is no Go file
	imports []string // import paths
	text    []byte
}

// TestLayout holds the whole repository to the layout that README.md describes.
func TestLayout(t *testing.T) {
	t.Parallel()
	files := repository(t)
	if len(files) < 50 {
		t.Fatalf("found %d files only: this test looks in the wrong place", len(files))
	}
	for _, f := range files {
		for _, fault := range faults(f) {
			t.Errorf("%s: %s", f.path, fault)
		}
	}
}

// faults says in which ways a file breaks the layout.
func faults(f source) []string {
	var found []string
	top, _, nested := strings.Cut(f.path, "/")
	if _, known := stages[top]; nested && !known {
		found = append(found, "no folder "+top+" at the top: say in README.md why it is needed, and name it in layout_test.go")
	}
	for _, name := range append(strings.Split(path.Dir(f.path), "/"), strings.TrimSuffix(f.pkg, "_test")) {
		if slices.Contains(namesThatSayNothing, name) {
			found = append(found, name+" does not say what it is for")
		}
	}
	if bytes.Contains(f.text, []byte(beside)) {
		found = append(found, "names "+beside+": a clone stands alone")
	}
	for _, imported := range f.imports {
		if !mayImport(f, imported) {
			found = append(found, "must not import "+imported)
		}
	}
	return slices.Compact(found)
}

// mayImport tells whether the import points the right way.
func mayImport(f source, imported string) bool {
	folder, ours := strings.CutPrefix(imported, module+"/")
	if !ours {
		return imported != module // main is a program, not a library
	}
	external := strings.HasSuffix(f.path, "_test.go") && strings.HasSuffix(f.pkg, "_test")
	if external && strings.HasPrefix(imported+"/", embedded) {
		return true
	}
	from, _, _ := strings.Cut(f.path, "/")
	if f.pkg == "main_test" && from == f.path {
		from = "main.go" // the tests of the program stand beside it
	}
	to, _, _ := strings.Cut(folder, "/")
	lower, known := stages[to]
	return known && (from == to || lower < stages[from])
}

// repository reads every file that belongs to it: what git ignores at the top, and folders that
// start with a dot, do not.
func repository(t *testing.T) []source {
	t.Helper()
	ignore, err := os.ReadFile(".gitignore")
	if err != nil {
		t.Fatal(err)
	}
	var files []source
	err = fs.WalkDir(os.DirFS("."), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil || name == ".":
			return err
		case d.IsDir() && (strings.HasPrefix(name, ".") || bytes.Contains(ignore, []byte("/"+name+"/\n"))):
			return fs.SkipDir
		case d.IsDir():
			return nil
		}
		f, err := read(name)
		files = append(files, f)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func read(name string) (source, error) {
	f := source{path: name}
	var err error
	if f.text, err = os.ReadFile(name); err != nil || path.Ext(name) != ".go" {
		return f, err
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), name, f.text, parser.ImportsOnly)
	if err != nil {
		return f, err
	}
	f.pkg = parsed.Name.Name
	for _, spec := range parsed.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return f, fmt.Errorf("%s: import %s: %w", name, spec.Path.Value, err)
		}
		f.imports = append(f.imports, imported)
	}
	return f, nil
}

// TestFaults shows that each rule can be broken, and what keeps it.
func TestFaults(t *testing.T) {
	t.Parallel()
	importing := func(file, pkg, imported string) source {
		return source{path: file, pkg: pkg, imports: []string{imported}}
	}
	for _, tt := range []struct {
		name string
		file source
		want []string
	}{
		{"schema imports nothing of ours", importing("schema/a.go", "schema", "xushi/seeds"), []string{"must not import xushi/seeds"}},
		{"seeds import schema", importing("seeds/a.go", "seeds", "xushi/schema"), nil},
		{"seeds do not import producers", importing("seeds/a.go", "seeds", "xushi/producers"), []string{"must not import xushi/producers"}},
		{"producers import seeds", importing("producers/a.go", "producers", "xushi/seeds"), nil},
		{"producers do not import consumers", importing("producers/a.go", "producers", "xushi/consumers/ingest"), []string{"must not import xushi/consumers/ingest"}},
		{"consumers do not import jobs", importing("consumers/ingest/a.go", "ingest", "xushi/jobs/mail"), []string{"must not import xushi/jobs/mail"}},
		{"jobs do not import producers", importing("jobs/mail/a.go", "mail", "xushi/producers"), []string{"must not import xushi/producers"}},
		{"neither do their tests", importing("jobs/mail/a_test.go", "mail_test", "xushi/producers"), []string{"must not import xushi/producers"}},
		{"jobs import each other", importing("jobs/letter/a.go", "letter", "xushi/jobs/assessment"), nil},
		{"jobs do not import deploy", importing("jobs/mail/a.go", "mail", "xushi/deploy/config"), []string{"must not import xushi/deploy/config"}},
		{"nor the engine", importing("schema/store/a.go", "store", "xushi/deploy/embedded/engine"), []string{"must not import xushi/deploy/embedded/engine"}},
		{"external tests use the engine", importing("schema/store/a_test.go", "store_test", "xushi/deploy/embedded/engine"), nil},
		{"internal tests do not", importing("schema/store/a_test.go", "store", "xushi/deploy/embedded/engine"), []string{"must not import xushi/deploy/embedded/engine"}},
		{"external tests use nothing else of deploy", importing("schema/a_test.go", "schema_test", "xushi/deploy/config"), []string{"must not import xushi/deploy/config"}},
		{"deploy imports everything", importing("deploy/app/a.go", "app", "xushi/jobs/mail"), nil},
		{"the program imports deploy", importing("main.go", "main", "xushi/deploy/cli"), nil},
		{"so do its tests", importing("a_test.go", "main_test", "xushi/deploy/cli"), nil},
		{"nobody imports the program", importing("deploy/cli/a.go", "cli", "xushi"), []string{"must not import xushi"}},
		{"nobody imports a folder that is not there", importing("deploy/cli/a.go", "cli", "xushi/board"), []string{"must not import xushi/board"}},
		{"a library is a library", importing("schema/a.go", "schema", "github.com/xushi/schema"), nil},
		{"a new folder at the top", source{path: "docs/a.md"}, []string{"no folder docs at the top: say in README.md why it is needed, and name it in layout_test.go"}},
		{"a file at the top", source{path: "README.md"}, nil},
		{"a package for leftovers", source{path: "jobs/a.go", pkg: "utils_test"}, []string{"utils does not say what it is for"}},
		{"a folder for leftovers", source{path: "deploy/common/a.yaml"}, []string{"common does not say what it is for"}},
		{"a file that is not in the clone", source{path: "seeds/a.go", pkg: "seeds", text: []byte("open(`" + beside + "/a`)")}, []string{"names " + beside + ": a clone stands alone"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, faults(tt.file)); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
		})
	}
}
