package seeds

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

// Default is the built-in ledger that is used where none is named: the promises of 天津市红桥区's 2024 report.
const Default = "hongqiao-2024"

// Example is the built-in ledger of a place that does not exist: small, and commented for whoever writes
// a ledger of their own.
const Example = "example-2025"

// builtIns are the ledgers that come with the program. A name is a plan's ID and a folder here.
var builtIns = []string{Default, Example}

//go:embed hongqiao-2024 example-2025
var folders embed.FS

// BuiltIns names the ledgers that come with the program, the default first.
func BuiltIns() []string { return slices.Clone(builtIns) }

// BuiltIn loads a ledger that comes with the program.
func BuiltIn(name string) (*Ledger, error) {
	fsys, err := BuiltInFiles(name)
	if err != nil {
		return nil, err
	}
	return Load(fsys)
}

// BuiltInFiles are the files of a ledger that comes with the program, as its authors wrote them.
func BuiltInFiles(name string) (fs.FS, error) {
	if slices.Contains(builtIns, name) {
		return fs.Sub(folders, name)
	}
	return nil, fmt.Errorf("%s: no built-in ledger has this name; built in: %s", name, strings.Join(builtIns, ", "))
}
