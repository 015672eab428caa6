// Package enginetest gives tests the real ClickHouse engine: one per test binary,
// started by the first test that asks, and a fresh database for each test.
//
// A missing engine fails the test with what to do about it; nothing is ever skipped.
// It is for tests only: the product starts its engine with package engine.
package enginetest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"os"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"xushi/deploy/embedded/engine"
	"xushi/schema/store"
)

// shared is the engine of this test binary.
var shared struct {
	once    sync.Once
	process *engine.Process
	dir     string
	err     error
	keep    atomic.Bool // a test failed: leave the data to be looked at
}

// Main is the whole TestMain of a package that uses the engine:
//
//	func TestMain(m *testing.M) { enginetest.Main(m) }
func Main(m *testing.M) {
	engine.RunIfChild()
	code := m.Run()
	stop()
	os.Exit(code)
}

// stop ends the engine and removes its data, unless a failed test's database is in it.
func stop() {
	if shared.process != nil {
		_ = shared.process.Stop(context.Background()) // it is gone either way
	}
	if shared.keep.Load() {
		fmt.Fprintf(os.Stderr, "the databases of failed tests are kept in %s\n", shared.dir)
	} else if shared.dir != "" {
		_ = os.RemoveAll(shared.dir) // a leftover in the temporary folder harms no one
	}
}

// Engine returns the shared engine and starts it if need be.
func Engine(t testing.TB) *engine.Process {
	t.Helper()
	shared.once.Do(func() {
		if shared.dir, shared.err = os.MkdirTemp("", "xushi-engine-"); shared.err != nil { //nolint:usetesting // outlives this test
			return
		}
		shared.process, shared.err = engine.Start(context.Background(), engine.Options{
			DataDir:   shared.dir,
			Listen:    "127.0.0.1:0",
			Databases: []string{"progress", "xushi_test_*"},
			Progress:  os.Stderr,
		})
	})
	if shared.err != nil {
		t.Fatalf("this test needs the ClickHouse engine: %v", shared.err)
	}
	return shared.process
}

// Database makes a database for this test alone and returns clickhouse-go's DSN for
// it. It is dropped after the test, and kept when the test failed.
func Database(t testing.TB) (dsn string) {
	t.Helper()
	e, name := Engine(t), databaseName(t.Name())
	admin, err := sql.Open("clickhouse", e.DSN("default"))
	if err != nil {
		t.Fatalf("open clickhouse: %v", err)
	}
	exec := func(statement string) {
		if _, err := admin.ExecContext(context.Background(), statement); err != nil {
			t.Errorf("%s: %v", statement, err)
		}
	}
	exec("CREATE DATABASE " + name + " ENGINE = Atomic")
	t.Cleanup(func() {
		if t.Failed() {
			shared.keep.Store(true)
			t.Logf("the database %s is kept", name)
		} else {
			exec("DROP DATABASE " + name + " SYNC")
		}
		_ = admin.Close()
	})
	return e.DSN(name)
}

// Conn is Database with an open connection of clickhouse-go to it.
func Conn(t testing.TB) clickhouse.Conn {
	t.Helper()
	o, err := clickhouse.ParseDSN(Database(t))
	if err != nil {
		t.Fatalf("parse DSN: %v", err)
	}
	conn, err := clickhouse.Open(o)
	if err != nil {
		t.Fatalf("open clickhouse: %v", err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// Store is Database as the product has it, migrated, with the product's connection to it.
func Store(t testing.TB) driver.Conn {
	t.Helper()
	dsn := Database(t)
	if err := store.Migrate(t.Context(), dsn); err != nil {
		t.Fatalf("migrate: %v", err)
	}
	conn, err := store.Open(t.Context(), dsn)
	if err != nil {
		t.Fatalf("open the store: %v", err)
	}
	t.Cleanup(func() { _ = conn.Close() }) // a test that is over has nothing to lose
	return conn
}

var notInName = regexp.MustCompile(`[^a-z0-9]+`)

// databaseName is readable, valid and unique.
func databaseName(test string) string {
	name := notInName.ReplaceAllString(strings.ToLower(test), "_")
	return "xushi_test_" + name[:min(len(name), 80)] + "_" + strings.ToLower(rand.Text()[:8])
}
