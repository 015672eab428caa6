package store_test

import (
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"xushi/deploy/embedded/enginetest"
	"xushi/schema/store"
)

func TestMigrateTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	dsn := enginetest.Database(t)
	for range 2 {
		if err := store.Migrate(t.Context(), dsn); err != nil {
			t.Fatal(err)
		}
	}
	conn := open(t, dsn)
	migrations, err := filepath.Glob("migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	if got := count(t, conn, "SELECT count() FROM goose_db_version WHERE version_id > 0"); int(got) != len(migrations) {
		t.Errorf("%d migrations recorded, want %d: the second run must record none", got, len(migrations))
	}
}

func TestMigrateByProcessesThatStartTogether(t *testing.T) {
	t.Parallel()
	dsn := enginetest.Database(t)
	var together errgroup.Group
	for range 4 {
		together.Go(func() error { return store.Migrate(t.Context(), dsn) })
	}
	if err := together.Wait(); err != nil {
		t.Fatal(err)
	}
	conn := open(t, dsn)
	for _, view := range []string{"events_clean", "status", "lagging", "department_card", "conflicts", "progress_current"} {
		count(t, conn, "SELECT count() FROM "+view)
	}
	if err := store.Migrate(t.Context(), dsn); err != nil {
		t.Errorf("migrate once more: %v", err)
	}
}

func TestMigrateCreatesTheDatabase(t *testing.T) {
	t.Parallel()
	dsn := enginetest.Database(t)
	conn := open(t, dsn)
	name := databaseOf(dsn)
	if err := conn.Exec(t.Context(), "DROP DATABASE "+name+" SYNC"); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(t.Context(), dsn); err == nil || !strings.Contains(err.Error(), "has no database \""+name+"\"") {
		t.Errorf("open of a missing database: %v, want a word about the missing database", err)
	}
	if err := store.Migrate(t.Context(), dsn); err != nil {
		t.Fatal(err)
	}
	if got := count(t, open(t, dsn), "SELECT count() FROM events"); got != 0 {
		t.Errorf("%d events in a new database", got)
	}
}

// Analysts read the schema in their tool: every column of every table says what it is.
func TestEveryTableAndColumnIsDocumented(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	undocumented := strs(t, conn, `
		SELECT table || '.' || name FROM system.columns
		WHERE database = currentDatabase() AND comment = '' AND table != 'goose_db_version' AND NOT startsWith(table, '.')
		  AND table IN (SELECT name FROM system.tables WHERE database = currentDatabase() AND engine != 'View')
		UNION ALL
		SELECT name FROM system.tables
		WHERE database = currentDatabase() AND comment = '' AND name != 'goose_db_version' AND NOT startsWith(name, '.')`)
	if len(undocumented) > 0 {
		t.Errorf("without a comment: %s", strings.Join(undocumented, ", "))
	}
}
