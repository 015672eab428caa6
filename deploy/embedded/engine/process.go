package engine

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"time"
)

// Process is a running engine, seen from its parent.
type Process struct {
	cmd      *exec.Cmd
	log      *slog.Logger
	lifeline io.Closer // its end tells the child to stop
	stderr   *tail
	report   report

	stopping sync.Once
	stopped  chan struct{} // closed when Stop was called
	done     chan struct{} // closed when the child is gone
	err      error         // why, valid after done
}

// Start runs an engine and waits until it answers. The child ends with this
// process, however this one ends. Typed errors: [*InstallError], [*PortInUseError],
// [*DataDirInUseError], [*ExitError].
func Start(ctx context.Context, o Options) (*Process, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	if o.Library == "" {
		if o.Library, err = Locate(ctx, o.Progress); err != nil {
			return nil, err
		}
	}
	if err := os.MkdirAll(o.DataDir, 0o700); err != nil {
		return nil, fmt.Errorf("engine data folder: %w", err)
	}
	p, reports, err := spawn(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("start engine: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, o.StartTimeout)
	defer cancel()
	if err := p.await(ctx, reports); err != nil {
		p.kill()
		return nil, err
	}
	p.log.Info("engine started", "url", p.URL(), "version", p.Version(), "pid", p.PID(), "fence", p.report.Fence)
	return p, nil
}

// Serve runs an engine until ctx ends, and calls ready once it answers.
func Serve(ctx context.Context, o Options, ready func(*Process)) error {
	p, err := Start(ctx, o)
	if err != nil {
		return err
	}
	ready(p)
	select {
	case <-p.Done():
		return p.Err()
	case <-ctx.Done():
		return p.Stop(context.WithoutCancel(ctx))
	}
}

// spawn starts the child. The pipe that it returns ends with the child's report.
func spawn(ctx context.Context, o Options) (*Process, *os.File, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, nil, err
	}
	config, err := json.Marshal(childConfig{o.Library, o.DataDir, o.Listen, o.Databases, o.MaxBody, o.MaxQuery})
	if err != nil {
		return nil, nil, err
	}
	reports, reportEnd, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = reportEnd.Close() }()
	p := &Process{log: o.Logger, stderr: &tail{}, stopped: make(chan struct{}), done: make(chan struct{})}
	p.cmd = exec.CommandContext(context.WithoutCancel(ctx), self) // it outlives the start
	p.cmd.Env = childEnvironment(string(config))
	p.cmd.Stdout, p.cmd.Stderr = p.stderr, p.stderr
	p.cmd.ExtraFiles = []*os.File{reportEnd} // becomes reportFD
	p.cmd.SysProcAttr = dieWithParent()
	p.cmd.WaitDelay = time.Second
	if p.lifeline, err = p.cmd.StdinPipe(); err != nil {
		_ = reports.Close()
		return nil, nil, err
	}
	started := make(chan error)
	go p.run(started)
	if err := <-started; err != nil {
		_ = reports.Close()
		return nil, nil, err
	}
	return p, reports, nil
}

// run starts the child and waits for its end on one OS thread: Linux sends the
// parent-death signal when the thread that started the child ends, and the Go
// runtime may end any thread that is not held.
func (p *Process) run(started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := p.cmd.Start()
	started <- err
	if err != nil {
		return
	}
	err = p.cmd.Wait()
	select {
	case <-p.stopped:
	default:
		p.err = &ExitError{PID: p.PID(), State: p.cmd.ProcessState.String(), Stderr: p.stderr.String(), err: err}
	}
	close(p.done)
}

// await reads the child's report.
func (p *Process) await(ctx context.Context, reports *os.File) error {
	defer func() { _ = reports.Close() }()
	stop := context.AfterFunc(ctx, func() { _ = reports.SetReadDeadline(time.Now()) })
	defer stop()
	line, err := bufio.NewReader(reports).ReadBytes('\n')
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("engine did not start in time: %w%s", context.Cause(ctx), p.stderr.quoted())
	case err != nil: // it ended without a word
		<-p.done
		return p.err
	}
	if err := json.Unmarshal(line, &p.report); err != nil {
		return fmt.Errorf("engine's report: %w", err)
	}
	switch r := p.report; {
	case r.Port != nil:
		return r.Port
	case r.Dir != nil:
		return r.Dir
	case r.Error != "":
		return fmt.Errorf("engine does not start: %s%s", r.Error, p.stderr.quoted())
	}
	return nil
}

// ExitError says that the engine ended although nobody stopped it.
type ExitError struct {
	PID    int
	State  string // "signal: killed", "exit status 1"
	Stderr string // its last lines
	err    error
}

func (e *ExitError) Error() string {
	return fmt.Sprintf("the ClickHouse engine (pid %d) died: %s%s", e.PID, e.State, quoteTail(e.Stderr))
}

func (e *ExitError) Unwrap() error { return e.err }

// URL is where the HTTP interface answers, for curl.
func (p *Process) URL() string { return "http://" + p.report.Addr }

// DSN is the same for clickhouse-go, with the database to work in.
func (p *Process) DSN(database string) string {
	return (&url.URL{Scheme: "http", Host: p.report.Addr, User: url.User("default"), Path: "/" + database}).String()
}

// PID of the child.
func (p *Process) PID() int { return p.cmd.Process.Pid }

// Version is ClickHouse's own, as SELECT version() says it.
func (p *Process) Version() string { return p.report.Version }

// Done is closed when the engine has ended, on purpose or not.
func (p *Process) Done() <-chan struct{} { return p.done }

// Err is nil while the engine runs and after Stop; otherwise an [*ExitError].
func (p *Process) Err() error {
	select {
	case <-p.done:
		return p.err
	default:
		return nil
	}
}

// Stop lets running statements finish for a few seconds and ends the engine. When
// ctx ends first it is killed, which loses nothing that was stored. Stop may be
// called often and from anywhere; it returns nil once the engine is gone.
func (p *Process) Stop(ctx context.Context) error {
	p.stopping.Do(func() {
		close(p.stopped)
		_ = p.lifeline.Close() // it may be gone already
	})
	patience, cancel := context.WithTimeout(ctx, shutdownPatience+5*time.Second)
	defer cancel()
	select {
	case <-p.done:
	case <-patience.Done():
		p.kill()
	}
	return nil
}

// kill ends a child that nobody needs any more, and waits for its end.
func (p *Process) kill() {
	p.stopping.Do(func() { close(p.stopped) })
	if err := p.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		p.log.Warn("cannot kill the engine", "err", err, "pid", p.PID())
	}
	<-p.done
	_ = p.lifeline.Close()
}
