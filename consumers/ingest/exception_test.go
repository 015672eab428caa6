package ingest_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"xushi/consumers/ingest"
	"xushi/deploy/embedded/enginetest"
)

// The codes that mean content are those of the names that stand beside them, as ClickHouse itself says.
func TestContentCodesAreClickHouses(t *testing.T) {
	t.Parallel()
	conn, theirs := enginetest.Conn(t), map[int32]string{}
	for code := range ingest.ContentCodes {
		var name string
		if err := conn.QueryRow(t.Context(), "SELECT errorCodeToName($1)", code).Scan(&name); err != nil {
			t.Fatal(err)
		}
		theirs[code] = name
	}
	if diff := cmp.Diff(theirs, ingest.ContentCodes); diff != "" {
		t.Errorf("ClickHouse's names (-), ours (+):\n%s", diff)
	}
}
