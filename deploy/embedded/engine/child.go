package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

// reportFD is where the child tells its parent how the start went.
const reportFD = 3

// report is the one line that the child writes when it serves or cannot.
type report struct {
	Addr    string             `json:",omitempty"`
	Version string             `json:",omitempty"`
	Fence   string             `json:",omitempty"`
	Port    *PortInUseError    `json:",omitempty"`
	Dir     *DataDirInUseError `json:",omitempty"`
	Error   string             `json:",omitempty"`
}

// shutdownPatience bounds the way from the wish to stop to the end of the process.
const shutdownPatience = 10 * time.Second

// RunIfChild turns this process into the engine, and never returns, if it was
// started as one by [Start]; otherwise it returns at once. It must be the first
// call of main and of every TestMain whose binary starts an engine.
func RunIfChild() {
	config, isChild := os.LookupEnv(childVariable)
	if !isChild {
		return
	}
	os.Exit(runChild(config))
}

func runChild(config string) int {
	signal.Ignore(os.Interrupt, syscall.SIGHUP) // Ctrl-C is meant for the parent, who stops us
	var c childConfig
	pipe := os.NewFile(reportFD, "report")
	err := json.Unmarshal([]byte(config), &c)
	if err == nil {
		err = serveChild(c, pipe)
	}
	if err == nil {
		return 0
	}
	failure := report{Error: err.Error()}
	failure.Port, _ = errors.AsType[*PortInUseError](err)
	failure.Dir, _ = errors.AsType[*DataDirInUseError](err)
	if json.NewEncoder(pipe).Encode(failure) != nil { // the start was reported already
		fmt.Fprintln(os.Stderr, err)
	}
	return 1
}

// serveChild runs the engine until the parent closes its end of stdin, which it
// does on purpose or by dying.
func serveChild(c childConfig, pipe *os.File) error {
	fence, err := enterFence(c)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	lock, err := lockDataDir(ctx, c.DataDir)
	if err != nil {
		return err
	}
	defer func() { _ = lock.Close() }()
	listener, err := listen(c.Listen)
	if err != nil {
		return err
	}
	engine, err := boot(c)
	if err != nil {
		return err
	}
	if err := json.NewEncoder(pipe).Encode(report{Addr: listener.Addr().String(), Version: engine.version, Fence: fence}); err != nil {
		return fmt.Errorf("report the start: %w", err)
	}
	_ = pipe.Close()
	return engine.serve(ctx, listener, c)
}

// PortInUseError says that Options.Listen is taken.
type PortInUseError struct{ Addr string }

func (e *PortInUseError) Error() string {
	return fmt.Sprintf("the address %s, where ClickHouse's HTTP interface should listen, is in use", e.Addr)
}

// Unwrap says it as the system does, so that one test is enough for every server.
func (*PortInUseError) Unwrap() error { return syscall.EADDRINUSE }

func listen(addr string) (net.Listener, error) {
	listener, err := net.Listen("tcp", addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, &PortInUseError{Addr: addr}
	}
	return listener, err
}

// bootedEngine is the engine with its first session, which must stay open: closing
// the last one shuts the engine down.
type bootedEngine struct {
	lib     *library
	first   *conn
	args    []string
	version string
}

func boot(c childConfig) (*bootedEngine, error) {
	args, err := writeConfig(c.DataDir, c.Databases)
	if err != nil {
		return nil, err
	}
	if err := os.Chdir(c.DataDir); err != nil { // libchdb would read a config.xml of the current folder
		return nil, err
	}
	lib, err := openLibrary(c.Library)
	if err != nil {
		return nil, err
	}
	first, err := lib.connect(args...)
	if err != nil {
		return nil, err
	}
	for _, name := range c.fixed() {
		if err := first.exec("CREATE DATABASE IF NOT EXISTS " + quote(name, '`') + " ENGINE = Atomic"); err != nil {
			return nil, fmt.Errorf("create database %s: %w", name, err)
		}
	}
	version, err := first.query("SELECT version()", "TSVRaw", nil)
	if err != nil {
		return nil, fmt.Errorf("ask for the engine's version: %w", err)
	}
	defer version.close()
	return &bootedEngine{lib, first, args, strings.TrimSpace(string(version.bytes()))}, nil
}

// serve answers until ctx ends, then lets running requests finish, within bounds.
func (e *bootedEngine) serve(ctx context.Context, listener net.Listener, c childConfig) error {
	open := func(queryID string) (*conn, error) {
		return e.lib.connect(append(slices.Clip(e.args), "--"+idSetting+"="+queryID)...)
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	addr, _ := listener.Addr().(*net.TCPAddr)
	srv := &http.Server{
		Handler:           newServer(open, c.MaxBody, c.MaxQuery, addr.IP.IsLoopback()).handler(),
		ReadHeaderTimeout: 30 * time.Second,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(listener) }()
	select {
	case err := <-served:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	time.AfterFunc(shutdownPatience, func() { os.Exit(0) })
	bounded, cancel := context.WithTimeout(context.Background(), shutdownPatience/2)
	defer cancel()
	if srv.Shutdown(bounded) != nil {
		return nil // a statement still runs: to close the engine under it would abort the process
	}
	e.first.close()
	e.lib.shutdown()
	return nil
}
