package store_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"xushi/deploy/embedded/enginetest"
)

var sqlBlock = regexp.MustCompile("(?s)```sql\n(.*?)```")

// An analyst pastes these queries: each must run as it stands.
func TestQueriesOfTheReadmeRun(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	blocks := sqlBlock.FindAllStringSubmatch(readme(t), -1)
	if len(blocks) == 0 {
		t.Fatal("the README has no queries")
	}
	for _, block := range blocks {
		exec(t, conn, block[1])
	}
}

func TestReadmeNamesEveryTableAndView(t *testing.T) {
	t.Parallel()
	text := readme(t)
	for _, name := range strs(t, enginetest.Store(t), `
		SELECT name FROM system.tables
		WHERE database = currentDatabase() AND NOT startsWith(name, '.') AND name != 'goose_db_version'`) {
		if !strings.Contains(text, "`"+name+"`") {
			t.Errorf("%s is not in README.md", name)
		}
	}
}

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
