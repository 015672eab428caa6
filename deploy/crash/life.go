package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"xushi/deploy/embedded/smtptest"
)

// life is one process of the jobs role, from its start until it is killed or asked to end.
type life struct {
	name   string
	strike *strike // nil lets it live
	cmd    *exec.Cmd
	stdin  io.Closer
	wires  []*wire
	signs  atomic.Int32
	ended  chan struct{} // closed when the process is gone

	mu           sync.Mutex
	death, stall time.Time // when it was killed, or stopped for a while; zero if it was not
}

// begin starts a process whose every word to the servers is overheard.
func begin(j job, s *strike, natsServer, storeServer string) (*life, error) {
	l := &life{name: j.Name, strike: s, ended: make(chan struct{})}
	toNATS, err := newWire(natsServer, l.tap(func(s *strike) []string { return s.nats }))
	if err != nil {
		return nil, err
	}
	l.wires = append(l.wires, toNATS)
	toStore, err := newWire(storeServer, l.tap(func(s *strike) []string { return s.store }))
	if err != nil {
		toNATS.cut()
		return nil, err
	}
	l.wires = append(l.wires, toStore)
	j.NATS, j.Store = "nats://"+toNATS.address(), fmt.Sprintf("http://default@%s/%s", toStore.address(), j.Store)
	if err := l.start(j); err != nil {
		l.cut()
		return nil, err
	}
	go l.watch()
	if s != nil && s.point == anytime {
		time.AfterFunc(s.delay, l.strikeNow)
	}
	return l, nil
}

func (l *life) start(j job) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	text, err := json.Marshal(j)
	if err != nil {
		return err
	}
	l.cmd = exec.CommandContext(context.Background(), self)
	l.cmd.Env = append(os.Environ(), childVariable+"="+string(text))
	l.cmd.Stderr = os.Stderr
	if l.stdin, err = l.cmd.StdinPipe(); err != nil {
		return err
	}
	return l.cmd.Start()
}

func (l *life) watch() {
	_ = l.cmd.Wait() // how it ended is in ProcessState
	l.cut()
	close(l.ended)
}

func (l *life) cut() {
	for _, w := range l.wires {
		w.cut()
	}
}

// tap listens for the strike's sign among what is said to one of the servers.
func (l *life) tap(words func(*strike) []string) tap {
	return func(said []byte, pass func()) {
		if l.strike == nil || !says(said, words(l.strike)) || int(l.signs.Add(1)) != l.strike.nth {
			pass()
			return
		}
		if l.strike.after || l.strike.stall > 0 {
			pass()
			pause(l.strike.delay)
			l.strikeNow()
			return
		}
		l.strikeNow()
	}
}

// meets is called when the process is at a step with the mail server, before that answers.
func (l *life) meets(step smtptest.Step) {
	if l.strike == nil || l.strike.step != step || int(l.signs.Add(1)) != l.strike.nth {
		return
	}
	if !l.strike.after {
		l.strikeNow()
		return
	}
	time.AfterFunc(l.strike.delay, l.strikeNow) // while the server goes on
}

// strikeNow kills the process -9, or stops it for a while.
func (l *life) strikeNow() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.gone() {
		return
	}
	if l.strike.stall == 0 {
		l.death = time.Now()
		_ = l.cmd.Process.Kill() // it is there: nobody has waited for it
		return
	}
	l.stall = time.Now()
	_ = l.cmd.Process.Signal(syscall.SIGSTOP)
	time.AfterFunc(l.strike.stall, func() { _ = l.cmd.Process.Signal(syscall.SIGCONT) })
}

// fate tells when it was killed and when it was stopped for a while; zero if it was not.
func (l *life) fate() (death, stall time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.death, l.stall
}

func (l *life) gone() bool {
	select {
	case <-l.ended:
		return true
	default:
		return false
	}
}

// end asks the process to stop, and kills it if it does not.
func (l *life) end() (graceful bool) {
	_ = l.stdin.Close() // likewise
	select {
	case <-l.ended:
		return true
	case <-time.After(endPatience):
		_ = l.cmd.Process.Kill()
		<-l.ended
		return false
	}
}

const endPatience = 30 * time.Second

func pause(d time.Duration) { <-time.After(d) }
