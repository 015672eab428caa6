package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"

	"xushi/consumers/ingest"
	"xushi/deploy/embedded/natsd"
	"xushi/schema"
	"xushi/schema/store"
	"xushi/seeds/office"
)

// childVariable holds a job as JSON, and makes this program the process that does it.
const childVariable = "XUSHI_CHAOS_CHILD"

// job is what a child process is to do until it is killed, or its standard input ends.
type job struct {
	Kind string // "nats" or "ingest"
	Dir  string // of the NATS server's data
	Log  string // file of the ingest's log

	Partitions int    // of the departments' log
	Listen     string // of the NATS server
	NATS       string // URL
	Store      string // DSN
}

func jobOfChild() (j job, ok bool, err error) {
	text, ok := os.LookupEnv(childVariable)
	if !ok {
		return j, false, nil
	}
	return j, true, json.Unmarshal([]byte(text), &j)
}

// run does the job. When it is ready it says so: an empty line on standard output.
func (j job) run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // until the parent closes it or is gone
		cancel()
	}()
	switch j.Kind {
	case "nats":
		return j.serve(ctx)
	case "ingest":
		return j.ingest(ctx)
	}
	return fmt.Errorf("unknown job %q", j.Kind)
}

func ready() { fmt.Fprintln(os.Stdout) }

func (j job) serve(ctx context.Context) error {
	server, err := natsd.Start(natsd.Options{Dir: j.Dir, Listen: j.Listen})
	if err != nil {
		return err
	}
	ready()
	<-ctx.Done()
	return server.Stop(context.WithoutCancel(ctx))
}

// ingestOptions make a successor take over soon what a killed one owned and had in hand.
var ingestOptions = ingest.Options{BatchRows: 5000, AckWait: 2 * time.Second, PinnedTTL: time.Second}

// ingest ingests. While a server is away it cannot begin, and tries until it can.
func (j job) ingest(ctx context.Context) error {
	file, err := os.OpenFile(j.Log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // nothing is asked of a log but to be there where something is wrong
	log := slog.New(slog.NewTextHandler(file, nil)).With("pid", os.Getpid())
	nc, err := nats.Connect(j.NATS, nats.MaxReconnects(-1), nats.ReconnectWait(50*time.Millisecond), nats.RetryOnFailedConnect(true))
	if err != nil {
		return err
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		return err
	}
	var conn driver.Conn
	var acts *office.Acts
	err = persist(ctx, func() error {
		if conn, err = store.Open(ctx, j.Store); err != nil {
			return err
		}
		return nil
	})
	if err == nil {
		err = persist(ctx, func() error {
			acts, err = office.Open(ctx, js, schema.Policy{}, log)
			return err
		})
	}
	if err != nil {
		return err
	}
	o := ingestOptions
	o.Partitions = j.Partitions
	in := ingest.New(js, conn, acts, log, prometheus.NewRegistry(), o)
	ready()
	return persist(ctx, func() error { return in.Run(ctx) })
}

// persist tries until it succeeds or ctx ends.
func persist(ctx context.Context, try func() error) error {
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		err := try()
		if err == nil {
			return nil
		}
		select {
		case <-again.C:
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		}
	}
}

// child is a running child process.
type child struct {
	cmd   *exec.Cmd
	stdin io.Closer
	done  chan struct{} // closed when it has ended
}

// start starts a job and waits until it is ready.
func (j job) start() (*child, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	text, err := json.Marshal(j)
	if err != nil {
		return nil, err
	}
	c := &child{cmd: exec.CommandContext(context.Background(), self), done: make(chan struct{})}
	c.cmd.Env = append(os.Environ(), childVariable+"="+string(text))
	c.cmd.Stderr = os.Stderr
	if c.stdin, err = c.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	_, err = bufio.NewReader(out).ReadString('\n')
	go func() {
		_ = c.cmd.Wait() // how it ended is in ProcessState
		close(c.done)
	}()
	if err != nil {
		<-c.done
		return nil, fmt.Errorf("%s process: %s before it was ready", j.Kind, c.cmd.ProcessState)
	}
	return c, nil
}

// kill kills it -9 and waits until it is gone.
func (c *child) kill() {
	_ = c.cmd.Process.Kill() // it may be gone already, which whoever watches done has seen
	<-c.done
}

// end asks it to stop, and waits until it has.
func (c *child) end() {
	_ = c.stdin.Close() // likewise
	<-c.done
}

func (c *child) ended() <-chan struct{} { return c.done }
