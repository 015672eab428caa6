package main

import (
	"testing"

	"xushi/seeds"
)

// The ledger of a province is one that the office could put in force.
func TestProvinceIsALedger(t *testing.T) {
	t.Parallel()
	if _, err := seeds.Parse("province.json", province(20).JSON()); err != nil {
		t.Error(err)
	}
}
