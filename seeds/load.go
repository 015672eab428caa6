package seeds

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// LoadDir is Load from a folder on disk.
func LoadDir(dir string) (*Ledger, error) {
	l, err := Load(os.DirFS(dir))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	return l, nil
}

// Load reads a ledger from a folder of plan.yaml, departments.yaml, commitments.yaml, statements.yaml,
// numerals.yaml and the source text that the plan names, and proves it: its form, its sense, every quote
// against the text, and that nothing of the text is left out. The error joins everything that is wrong,
// each with file and line.
func Load(fsys fs.FS) (*Ledger, error) {
	l := &Ledger{}
	var at places
	var errs []error
	for _, f := range []struct {
		name string
		at   *place
		into any
	}{
		{"plan.yaml", &at.plan, &l.Plan},
		{"departments.yaml", &at.departments, &l.Departments},
		{"commitments.yaml", &at.commitments, &l.Commitments},
		{"statements.yaml", &at.statements, &l.Statements},
		{"numerals.yaml", &at.numerals, &l.Numerals},
	} {
		data, err := fs.ReadFile(fsys, f.name)
		if err == nil {
			*f.at, err = decode(f.name, data, f.into)
		}
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("reading the ledger:\n%w", err)
	}
	text, err := fs.ReadFile(fsys, l.Plan.Source.File)
	if err != nil {
		return nil, at.plan.field("source").field("file").errorf("%v", err)
	}
	l.Text = string(text)
	return l.prove(at)
}

// Parse reads a ledger from its canonical form or anything equal to it in JSON or YAML, called name in
// complaints, and proves it as Load does.
func Parse(name string, data []byte) (*Ledger, error) {
	l := &Ledger{}
	root, err := decode(name, data, l)
	if err != nil {
		return nil, fmt.Errorf("reading the ledger:\n%w", err)
	}
	return l.prove(places{
		root.field("plan"), root.field("departments"), root.field("commitments"),
		root.field("statements"), root.field("numerals"),
	})
}

// places is where a ledger's parts were read from.
type places struct{ plan, departments, commitments, statements, numerals place }

// prove makes the ledger as read ready for use, and checks it.
func (l *Ledger) prove(at places) (*Ledger, error) {
	l.Index()
	l.Version = versionOf(l)
	if err := check(l, at); err != nil {
		return nil, fmt.Errorf("checking ledger %s:\n%w", l.Plan.ID, err)
	}
	return l, nil
}
