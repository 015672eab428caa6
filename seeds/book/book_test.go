package book_test

import (
	"bytes"
	"testing"

	"xushi/seeds"
	"xushi/seeds/book"
)

func hongqiao(t *testing.T) *seeds.Ledger {
	t.Helper()
	l, err := seeds.Hongqiao2024()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func write(t *testing.T, l *seeds.Ledger) []byte {
	t.Helper()
	workbook, err := book.Write(l)
	if err != nil {
		t.Fatal(err)
	}
	return workbook
}

// Importing what was exported changes nothing, and exporting it again gives the same bytes.
func TestExportImportExport(t *testing.T) {
	t.Parallel()
	l := hongqiao(t)
	workbook := write(t, l)
	r, err := book.Read(workbook, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r.Ledger.Version != l.Version || r.ExportedFrom != l.Version {
		t.Errorf("read back as version %s, exported from %s; want %s", r.Ledger.Version, r.ExportedFrom, l.Version)
	}
	if !bytes.Equal(workbook, write(t, r.Ledger)) {
		t.Error("exported again, the bytes differ")
	}
}
