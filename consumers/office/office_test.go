package office_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/go-cmp/cmp"
	"github.com/nats-io/nats.go/jetstream"

	"xushi/consumers/office"
	"xushi/deploy/embedded/enginetest"
	"xushi/deploy/embedded/natsdtest"
	"xushi/schema"
	"xushi/schema/store"
	"xushi/seeds"
	acts "xushi/seeds/office"
)

func TestMain(m *testing.M) { enginetest.Main(m) }

func on(month time.Month, day int) time.Time {
	return time.Date(2024, month, day, 9, 0, 0, 0, schema.Shanghai)
}

func follow(t *testing.T, js jetstream.JetStream, conn driver.Conn) {
	t.Helper()
	if err := office.New(natsdtest.Acts(t, js), conn, slog.New(slog.DiscardHandler)).Follow(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// fill puts two versions and a confirmation into a log.
func fill(t *testing.T, js jetstream.JetStream) *acts.Acts {
	t.Helper()
	a := natsdtest.Acts(t, js)
	natsdtest.Apply(t, a, acts.Application{Ledger: natsdtest.Hongqiao(t), At: on(1, 1)})
	if _, err := a.Confirm(t.Context(), "hongqiao-2024", seeds.Confirmation{
		Object: "measure", ID: natsdtest.Floor, Field: "curve", By: "区住建委", Reason: "复函", At: on(2, 1)}); err != nil {
		t.Fatal(err)
	}
	natsdtest.Apply(t, a, acts.Application{Ledger: natsdtest.Raised(t), At: on(7, 3)})
	return a
}

type table struct{ Rows, Hash uint64 }

var tables = []string{"plans", "departments", "commitments", "measures", "items", "stages", "statements", "numerals", "assignments",
	"planned_daily", "office_acts", "ledger_changes"}

func contents(t *testing.T, conn driver.Conn) map[string]table {
	t.Helper()
	all := map[string]table{}
	for _, name := range tables {
		var c table
		if err := conn.QueryRow(t.Context(), "SELECT count(), sum(cityHash64(toString(tuple(*)))) FROM "+name+" FINAL").Scan(&c.Rows, &c.Hash); err != nil {
			t.Fatal(err)
		}
		all[name] = c
	}
	return all
}

// The database is lost and made anew: following the log again gives the same tables. So does following it
// twice, and beside another.
func TestTheStoreIsWhatTheLogSays(t *testing.T) {
	t.Parallel()
	js, dsn := natsdtest.JetStream(t), enginetest.Database(t)
	conn := migrated(t, dsn)
	fill(t, js)
	follow(t, js, conn)
	want := contents(t, conn)
	if want["office_acts"].Rows != 3 || want["plans"].Rows != 2 {
		t.Fatalf("%+v", want)
	}
	other := natsdtest.Acts(t, js)
	if err := conn.Exec(t.Context(), "ALTER TABLE office_acts DELETE WHERE sequence > 1 SETTINGS mutations_sync = 2"); err != nil {
		t.Fatal(err) // as if another had come only so far
	}
	if err := office.New(other, conn, slog.New(slog.DiscardHandler)).Follow(t.Context()); err != nil {
		t.Fatal(err)
	}
	follow(t, js, conn)
	if diff := cmp.Diff(want, contents(t, conn)); diff != "" {
		t.Errorf("followed again (-want +got)\n%s", diff)
	}

	for _, name := range names(t, conn) {
		if err := conn.Exec(t.Context(), "DROP TABLE IF EXISTS `"+name+"` SYNC"); err != nil {
			t.Fatal(err)
		}
	}
	conn = migrated(t, dsn)
	if got := contents(t, conn); got["plans"].Rows != 0 {
		t.Fatal("the database is not empty")
	}
	follow(t, js, conn)
	if diff := cmp.Diff(want, contents(t, conn)); diff != "" {
		t.Errorf("followed into a new database (-want +got)\n%s", diff)
	}
}

// names are everything in the database, views first.
func names(t *testing.T, conn driver.Conn) (all []string) {
	t.Helper()
	err := conn.QueryRow(t.Context(), `
		SELECT arrayMap(x -> x.2, arraySort(groupArray((endsWith(engine, 'View') ? 0 : 1, name))))
		FROM system.tables WHERE database = currentDatabase() AND NOT startsWith(name, '.')`).Scan(&all)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func migrated(t *testing.T, dsn string) driver.Conn {
	t.Helper()
	if err := store.Migrate(t.Context(), dsn); err != nil {
		t.Fatal(err)
	}
	conn, err := store.Open(t.Context(), dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// A follower that dies after any of its inserts leaves what its successor completes.
func TestKilledBetweenInserts(t *testing.T) {
	t.Parallel()
	js, conn := natsdtest.JetStream(t), enginetest.Store(t)
	fill(t, js)
	whole := enginetest.Store(t)
	follow(t, js, whole)
	want := contents(t, whole)
	a := natsdtest.Acts(t, js)
	for n := range 40 {
		dying := &mortal{Conn: conn, left: n}
		err := office.New(a, dying, slog.New(slog.DiscardHandler)).Follow(t.Context())
		if err == nil {
			break
		}
		if !errors.Is(err, errKilled) {
			t.Fatal(err)
		}
		var measures uint64
		if err := conn.QueryRow(t.Context(), "SELECT count() FROM ledger").Scan(&measures); err != nil {
			t.Fatal(err)
		}
		if all := uint64(len(natsdtest.Hongqiao(t).Measures())); measures != 0 && measures != all {
			t.Errorf("killed at insert %d, the ledger in force has %d measures, want none or all %d", n+1, measures, all)
		}
	}
	follow(t, js, conn)
	if diff := cmp.Diff(want, contents(t, conn)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

var errKilled = errors.New("killed")

// mortal is a connection that ends after some inserts.
type mortal struct {
	driver.Conn
	left int
}

func (m *mortal) PrepareBatch(ctx context.Context, query string, options ...driver.PrepareBatchOption) (driver.Batch, error) {
	if m.left--; m.left < 0 {
		return nil, errKilled
	}
	return m.Conn.PrepareBatch(ctx, query, options...)
}

// A version that is applied while the follower runs comes into the store by itself.
func TestTheFollowerRuns(t *testing.T) {
	t.Parallel()
	js, conn := natsdtest.JetStream(t), enginetest.Store(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	f := office.New(natsdtest.Acts(t, js), conn, slog.New(slog.DiscardHandler))
	ended := make(chan error, 1)
	go func() { ended <- f.Run(ctx) }()
	fill(t, js)
	var rows uint64
	for rows < 3 && ctx.Err() == nil {
		if err := conn.QueryRow(ctx, "SELECT count() FROM office_acts").Scan(&rows); err != nil {
			t.Fatal(err)
		}
		<-time.After(10 * time.Millisecond) // polling a real store
	}
	if rows != 3 {
		t.Errorf("%d acts came into the store, want 3", rows)
	}
	if err := f.Health(); err != nil {
		t.Errorf("all is well, yet: %v", err)
	}
	js.Conn().Close()
	for f.Health() == nil && ctx.Err() == nil {
		<-time.After(10 * time.Millisecond)
	}
	if err := f.Health(); err == nil {
		t.Error("the stream is away, and health does not say so")
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
