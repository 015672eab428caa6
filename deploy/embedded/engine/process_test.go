package engine_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"xushi/deploy/embedded/engine"
)

// start runs an engine of the test's own.
func start(t *testing.T, o engine.Options) *engine.Process {
	t.Helper()
	if o.DataDir == "" {
		o.DataDir = t.TempDir()
	}
	if o.Listen == "" {
		o.Listen = "127.0.0.1:0"
	}
	e, err := engine.Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Stop(context.Background()) })
	return e
}

func query(t *testing.T, e *engine.Process, sql string) string {
	t.Helper()
	got := ask(t, "POST", e.URL(), nil, strings.NewReader(sql))
	if got.status != 200 {
		t.Fatalf("%s: %d %s", sql, got.status, got.body)
	}
	return strings.TrimSpace(got.body)
}

// gone tells whether a process has ended. An orphan may stay a zombie until someone
// asks for its exit status, which is not our affair.
func gone(pid int) bool {
	state, err := exec.Command("ps", "-o", "stat=", "-p", strconv.Itoa(pid)).Output()
	return err != nil || strings.HasPrefix(string(state), "Z")
}

func portFree(addr string) bool {
	l, err := net.Listen("tcp", addr)
	if err == nil {
		_ = l.Close()
	}
	return err == nil
}

func TestEngineTellsWhatItIs(t *testing.T) {
	t.Parallel()
	e := start(t, engine.Options{Databases: []string{"progress", "other", "many_*"}})
	if got := query(t, e, "SELECT version()"); got != e.Version() || !strings.HasPrefix(got, "26.") {
		t.Errorf("version %q, Version() %q", got, e.Version())
	}
	if got := query(t, e, "SELECT engine FROM system.databases WHERE name = 'progress'"); got != "Atomic" {
		t.Errorf("engine of the database progress: %q", got)
	}
	if got := query(t, e, "SHOW DATABASES"); !strings.Contains(got, "other\n") {
		t.Errorf("databases: %q", got)
	}
	query(t, e, "CREATE DATABASE many_1")
	if want := "http://default@" + strings.TrimPrefix(e.URL(), "http://") + "/progress"; e.DSN("progress") != want {
		t.Errorf("DSN = %q, want %q", e.DSN("progress"), want)
	}
}

func TestStopIsGracefulAndMayBeCalledOften(t *testing.T) {
	t.Parallel()
	e := start(t, engine.Options{})
	for range 3 {
		if err := e.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case <-e.Done():
	default:
		t.Error("Done is not closed after Stop")
	}
	if e.Err() != nil {
		t.Errorf("a wanted stop is reported as a failure: %v", e.Err())
	}
	if !gone(e.PID()) || !portFree(strings.TrimPrefix(e.URL(), "http://")) {
		t.Error("Stop left the process or its port behind")
	}
}

func TestStopKillsWhatDoesNotStop(t *testing.T) {
	t.Parallel()
	e := start(t, engine.Options{})
	if err := syscall.Kill(e.PID(), syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := e.Stop(ctx); err != nil || !gone(e.PID()) {
		t.Errorf("Stop: %v; the process is gone: %v", err, gone(e.PID()))
	}
}

func TestDeathOfTheEngineIsNoticed(t *testing.T) {
	t.Parallel()
	e := start(t, engine.Options{})
	if e.Err() != nil {
		t.Errorf("Err of a running engine: %v", e.Err())
	}
	if err := syscall.Kill(e.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-e.Done()
	exit, ok := errors.AsType[*engine.ExitError](e.Err())
	if !ok || exit.State != "signal: killed" || exit.PID != e.PID() {
		t.Errorf("Err = %v, want an ExitError with signal: killed", e.Err())
	}
}

func TestDataSurvivesAKill(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	e := start(t, engine.Options{DataDir: dir})
	query(t, e, "CREATE TABLE progress.t (n UInt64) ENGINE = MergeTree ORDER BY n")
	for i := range 20 {
		query(t, e, fmt.Sprintf("INSERT INTO progress.t SELECT number + %d FROM numbers(1000)", i*1000))
	}
	if err := syscall.Kill(e.PID(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	<-e.Done()
	e = start(t, engine.Options{DataDir: dir})
	if got := query(t, e, "SELECT count(), uniqExact(n) FROM progress.t"); got != "20000\t20000" {
		t.Errorf("after the kill: %q, want all 20000 rows", got)
	}
}

func TestPortInUse(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	_, err = engine.Start(t.Context(), engine.Options{DataDir: t.TempDir(), Listen: l.Addr().String()})
	inUse, ok := errors.AsType[*engine.PortInUseError](err)
	if !ok || inUse.Addr != l.Addr().String() {
		t.Errorf("Start on a taken port: %v, want a PortInUseError of %s", err, l.Addr())
	}
}

func TestDataDirInUse(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	e := start(t, engine.Options{DataDir: dir})
	_, err := engine.Start(t.Context(), engine.Options{DataDir: dir, Listen: "127.0.0.1:0"})
	inUse, ok := errors.AsType[*engine.DataDirInUseError](err)
	if !ok || inUse.PID != e.PID() || inUse.Dir != dir {
		t.Errorf("a second engine on one folder: %v, want a DataDirInUseError with pid %d", err, e.PID())
	}
	query(t, e, "SELECT 1")
}

func TestStartThatFailsSaysWhy(t *testing.T) {
	t.Parallel()
	noLibrary := t.TempDir() + "/libchdb.so"
	if err := os.WriteFile(noLibrary, []byte("no library"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		options engine.Options
		want    string
	}{
		"no data folder": {engine.Options{}, "DataDir is empty"},
		"no library":     {engine.Options{DataDir: t.TempDir(), Library: noLibrary}, "libchdb.so"},
		"bad address":    {engine.Options{DataDir: t.TempDir(), Listen: "nowhere"}, "missing port"},
		"bad database":   {engine.Options{DataDir: t.TempDir(), Databases: []string{"a b"}, Listen: "127.0.0.1:0"}, `"a b"`},
		"out of time":    {engine.Options{DataDir: t.TempDir(), Listen: "127.0.0.1:0", StartTimeout: time.Nanosecond}, "in time"},
	} {
		e, err := engine.Start(t.Context(), tt.options)
		if err == nil {
			_ = e.Stop(t.Context())
			t.Errorf("%s: it started", name)
		} else if !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v, want %q in it", name, err, tt.want)
		}
	}
}

func TestServeEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	var e *engine.Process
	err := engine.Serve(ctx, engine.Options{DataDir: t.TempDir(), Listen: "127.0.0.1:0"}, func(p *engine.Process) {
		e = p
		query(t, p, "SELECT 1")
		cancel()
	})
	if err != nil || !gone(e.PID()) {
		t.Errorf("Serve: %v; the process is gone: %v", err, gone(e.PID()))
	}
}

// TestEngineDiesWithItsParent kills the parent with -9. One engine is asleep then
// (SIGSTOP), so that only the kernel can end it; the other must do so by itself or
// by the kernel. In both cases the next start on the folder succeeds at once.
func TestEngineDiesWithItsParent(t *testing.T) {
	t.Parallel()
	const variable = "XUSHI_TEST_PARENT"
	if dir := os.Getenv(variable); dir != "" {
		beParent(t, dir)
		return
	}
	for _, asleep := range []bool{false, true} {
		t.Run(fmt.Sprintf("asleep=%v", asleep), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			parent := exec.Command(os.Args[0], "-test.run=^TestEngineDiesWithItsParent$")
			parent.Env = append(os.Environ(), variable+"="+dir)
			output, err := parent.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := parent.Start(); err != nil {
				t.Fatal(err)
			}
			line, err := bufio.NewReader(output).ReadString('\n')
			if err != nil {
				t.Fatal(err)
			}
			pidText, addr, _ := strings.Cut(strings.TrimSpace(line), " ")
			pid, err := strconv.Atoi(pidText)
			if err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			if asleep {
				if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
					t.Fatal(err)
				}
			}
			if err := parent.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = parent.Wait() // killed, as wanted
			e := start(t, engine.Options{DataDir: dir, Listen: addr})
			if !gone(pid) {
				t.Error("the engine outlived its parent")
			}
			if got := query(t, e, "SELECT count() FROM progress.t"); got != "1000" {
				t.Errorf("%s rows are left, want 1000", got)
			}
		})
	}
}

// beParent starts an engine, stores something and waits to be killed.
func beParent(t *testing.T, dir string) {
	t.Helper()
	e, err := engine.Start(t.Context(), engine.Options{DataDir: dir, Listen: "127.0.0.1:0"})
	if err != nil {
		t.Fatal(err)
	}
	query(t, e, "CREATE TABLE progress.t (n UInt64) ENGINE = MergeTree ORDER BY n")
	query(t, e, "INSERT INTO progress.t SELECT number FROM numbers(1000)")
	fmt.Println(e.PID(), strings.TrimPrefix(e.URL(), "http://"))
	<-e.Done()
}
