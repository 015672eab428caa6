package seeds

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"os"
)

//go:embed hongqiao-2024
var embedded embed.FS

// Hongqiao2024 is the ledger that comes with the program: the promises of 天津市红桥区's 2024 report.
func Hongqiao2024() (*Ledger, error) {
	fsys, err := fs.Sub(embedded, "hongqiao-2024")
	if err != nil {
		return nil, err
	}
	return Load(fsys)
}

// LoadDir is Load from a folder on disk.
func LoadDir(dir string) (*Ledger, error) {
	l, err := Load(os.DirFS(dir))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	return l, nil
}

// Load reads a ledger from a folder of plan.yaml, departments.yaml, commitments.yaml and the source
// text that the plan names, and proves it: its form, its sense and every quote against the text. The
// error joins everything that is wrong, each with file and line.
func Load(fsys fs.FS) (*Ledger, error) {
	l := &Ledger{}
	r := reader{fsys, sha256.New()}
	plan, planErr := r.decode("plan.yaml", &l.Plan)
	departments, departmentsErr := r.decode("departments.yaml", &l.Departments)
	commitments, commitmentsErr := r.decode("commitments.yaml", &l.Commitments)
	if err := errors.Join(planErr, departmentsErr, commitmentsErr); err != nil {
		return nil, fmt.Errorf("reading the ledger:\n%w", err)
	}
	text, err := r.read(l.Plan.Source.File)
	if err != nil {
		return nil, plan.field("source").field("file").errorf("%v", err)
	}
	l.Text = string(text)
	l.Version = hex.EncodeToString(r.hash.Sum(nil))[:12]
	l.Index()
	if err := check(l, plan, departments, commitments); err != nil {
		return nil, fmt.Errorf("checking ledger %s:\n%w", l.Plan.ID, err)
	}
	return l, nil
}

// reader reads a ledger's files and hashes what it reads, with names and lengths so that nothing can
// move from one file to the next unnoticed.
type reader struct {
	fsys fs.FS
	hash hash.Hash
}

func (r reader) read(file string) ([]byte, error) {
	data, err := fs.ReadFile(r.fsys, file)
	if err != nil {
		return nil, err
	}
	_, _ = fmt.Fprintf(r.hash, "%s %d\n", file, len(data)) // a hash never fails
	_, _ = r.hash.Write(data)
	return data, nil
}

func (r reader) decode(file string, into any) (place, error) {
	data, err := r.read(file)
	if err != nil {
		return place{}, err
	}
	return decode(file, data, into)
}
