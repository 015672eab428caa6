package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"xushi/deploy/embedded/engine"
)

// process is a part at work.
type process interface {
	kill() // -9
	end()
	ended() <-chan struct{}
}

// part is one of what is killed. It is started again on the same folder and port.
type part struct {
	kind  string
	begin func() (process, error)
	fatal func(error)

	mu   sync.Mutex
	live process // nil while it is down
}

// start starts the part and watches it: only we may end it.
func (p *part) start() error {
	live, err := p.begin()
	if err != nil {
		return fmt.Errorf("start %s: %w", p.kind, err)
	}
	p.mu.Lock()
	p.live = live
	p.mu.Unlock()
	go func() {
		<-live.ended()
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.live == live {
			p.live = nil
			p.fatal(fmt.Errorf("%s ended by itself", p.kind))
		}
	}()
	return nil
}

// take makes the part somebody's to end; nil if it is down.
func (p *part) take() process {
	p.mu.Lock()
	defer p.mu.Unlock()
	live := p.live
	p.live = nil
	return live
}

func (p *part) up() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.live != nil
}

// startAfter starts the part after a while.
func (p *part) startAfter(ctx context.Context, down time.Duration) {
	select {
	case <-time.After(down):
		if err := p.start(); err != nil {
			p.fatal(err)
		}
	case <-ctx.Done():
	}
}

// engineProcess is the engine, which is its own kind of child.
type engineProcess struct{ *engine.Process }

func (e engineProcess) kill() {
	if p, err := os.FindProcess(e.PID()); err == nil {
		_ = p.Kill() // it may be gone already, which whoever watches ended has seen
	}
	<-e.Done()
}

func (e engineProcess) end() { _ = e.Stop(context.Background()) } // it always stops

func (e engineProcess) ended() <-chan struct{} { return e.Done() }

// The order in which parts start; they stop in the other.
const (
	natsPart = iota
	enginePart
	ingestPart
)

// newParts are the three, not started yet.
func newParts(ctx context.Context, dir, natsListen, engineListen string, partitions int, fatal func(error)) []*part {
	j := job{Dir: filepath.Join(dir, "nats"), Log: filepath.Join(dir, "ingest.log"), Listen: natsListen, NATS: "nats://" + natsListen, Store: storeDSN(engineListen), Partitions: partitions}
	child := func(kind string) func() (process, error) {
		return func() (process, error) {
			j := j
			j.Kind = kind
			return j.start()
		}
	}
	return []*part{
		natsPart: {kind: "nats", begin: child("nats"), fatal: fatal},
		enginePart: {kind: "engine", fatal: fatal, begin: func() (process, error) {
			p, err := engine.Start(ctx, engine.Options{DataDir: filepath.Join(dir, "clickhouse"), Listen: engineListen, Progress: os.Stderr})
			return engineProcess{p}, err
		}},
		ingestPart: {kind: "ingest", begin: child("ingest"), fatal: fatal},
	}
}

func storeDSN(listen string) string { return "http://default@" + listen + "/progress" }
