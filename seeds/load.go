package seeds

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
)

// Load reads a ledger from a folder of plan.yaml, departments.yaml, commitments.yaml, statements.yaml,
// numerals.yaml and the source text that the plan names, and proves it: its form, its sense, every quote
// against the text, and that nothing of the text is left out. The error joins everything that is wrong,
// each with file and line.
func Load(fsys fs.FS) (*Ledger, error) {
	l, _, err := Check(fsys)
	if err != nil {
		return nil, err
	}
	return l, nil
}

// Check is Load for the ledger's author: beside the error it gives the ledger as far as its form can be
// read, nil otherwise, and how much of the text is owned, which is nothing where the text cannot be read.
func Check(fsys fs.FS) (*Ledger, Coverage, error) {
	l := &Ledger{}
	at, malformed := l.read(fsys)
	unread := l.readText(fsys, at.plan)
	if !at.readable() {
		return nil, Coverage{}, fmt.Errorf("reading the ledger:\n%w", errors.Join(malformed, unread))
	}
	coverage, err := l.prove(at, unread, malformed)
	return l, coverage, err
}

// read decodes every file but the text.
func (l *Ledger) read(fsys fs.FS) (at places, err error) {
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
	return at, errors.Join(errs...)
}

// readText reads the source text, if there is a plan that could name one.
func (l *Ledger) readText(fsys fs.FS, plan place) error {
	if plan.node == nil {
		return nil
	}
	text, err := fs.ReadFile(fsys, l.Plan.Source.File)
	if err != nil {
		return plan.field("source").field("file").errorf("%v", err)
	}
	l.Text = string(text)
	return nil
}

// Parse reads a ledger from its canonical form or anything equal to it in JSON or YAML, called name in
// complaints, and proves it as Load does.
func Parse(name string, data []byte) (*Ledger, error) {
	l, _, err := parse(name, data)
	if err != nil {
		return nil, err
	}
	return l, nil
}

func parse(name string, data []byte) (*Ledger, Coverage, error) {
	l, at, malformed := readWhole(name, data)
	if !at.readable() {
		return nil, Coverage{}, fmt.Errorf("reading the ledger:\n%w", malformed)
	}
	coverage, err := l.prove(at, nil, malformed)
	return l, coverage, err
}

// Restore is Parse for a ledger that was proved when it came into force. Of the proof it repeats what
// everything that computes with a ledger relies on, and none of the reading of the text: a reading that
// becomes stricter must never take back a version by which events were judged.
func Restore(name string, data []byte) (*Ledger, error) {
	l, at, malformed := readWhole(name, data)
	if malformed != nil {
		return nil, fmt.Errorf("reading the ledger:\n%w", malformed)
	}
	l.ready()
	if err := sound(l, at); err != nil {
		return nil, fmt.Errorf("ledger %s:\n%w", l.Plan.ID, err)
	}
	return l, nil
}

// readWhole reads a ledger from one document.
func readWhole(name string, data []byte) (*Ledger, places, error) {
	l := &Ledger{}
	root, malformed := decode(name, data, l)
	if root.node == nil {
		return nil, places{}, malformed
	}
	return l, places{
		root.field("plan"), root.field("departments"), root.field("commitments"),
		root.field("statements"), root.field("numerals"),
	}, malformed
}

// places is where a ledger's parts were read from.
type places struct{ plan, departments, commitments, statements, numerals place }

// readable tells whether all parts say what was written, but for what is complained of.
func (p *places) readable() bool {
	return !slices.ContainsFunc(p.all(), func(part place) bool { return part.node == nil })
}

func (p *places) all() []place {
	return []place{p.plan, p.departments, p.commitments, p.statements, p.numerals}
}

// ready makes the ledger as read ready for use.
func (l *Ledger) ready() {
	l.Index()
	l.Version = versionOf(l)
}

// prove makes the ledger as read ready for use, and checks it, beside what is malformed in it.
func (l *Ledger) prove(at places, unread, malformed error) (Coverage, error) {
	l.ready()
	coverage, err := check(l, at, unread, at.malformed(malformed))
	if err = errors.Join(malformed, err); err != nil {
		return coverage, fmt.Errorf("checking ledger %s:\n%w", l.Plan.ID, err)
	}
	return coverage, nil
}
