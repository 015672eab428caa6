package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xushi/deploy/embedded/enginetest"
	"xushi/schema/store"
)

func TestViewAges(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	started := time.Now()
	refresh(t, conn)

	ages, err := store.ViewAges(t.Context(), conn)
	if err != nil {
		t.Fatal(err)
	}
	var views []string
	for _, a := range ages {
		views = append(views, a.View)
		if limit := time.Since(started) + time.Second; !a.Refreshed || a.Age > limit || a.Took > limit || a.Failure != "" {
			t.Errorf("just refreshed: %+v", a)
		}
	}
	if diff := cmp.Diff([]string{"progress_current", "progress_daily", "standing_daily"}, views); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// A view that can no longer be rebuilt keeps its rows, grows old, and says why.
func TestViewAgesTellOfAFailure(t *testing.T) {
	t.Parallel()
	conn := enginetest.Store(t)
	refresh(t, conn)
	exec(t, conn, "DROP TABLE stages SYNC")
	if err := store.Refresh(t.Context(), conn); err == nil {
		t.Fatal("a refresh without the table that it reads succeeds")
	}
	ages, err := store.ViewAges(t.Context(), conn)
	if err != nil {
		t.Fatal(err)
	}
	failed := map[string]bool{}
	for _, a := range ages {
		failed[a.View] = a.Failure != ""
		if !a.Refreshed {
			t.Errorf("refreshed once, and then not: %+v", a)
		}
	}
	if failed["standing_daily"] || !failed["progress_daily"] { // progress_current may still be at it
		t.Errorf("without the table stages, which progress_daily reads, and standing_daily does not: %+v", ages)
	}
}
