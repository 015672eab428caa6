package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sync/errgroup"

	"xushi/deploy/app"
	"xushi/deploy/embedded/engine"
	"xushi/deploy/embedded/natsd"
	"xushi/deploy/embedded/smtptest"
	"xushi/jobs/post"
	"xushi/schema"
	"xushi/schema/store"
)

// play is one run: an office for some weeks, with servers of its own.
type play struct {
	seed     uint64
	script   script
	dir      string
	engine   *engine.Process
	database string

	plan  string
	nats  *natsd.Server
	js    jetstream.JetStream
	store driver.Conn
	smtp  *smtptest.Server
	board *board

	mu       sync.Mutex
	lives    map[string]*life
	failures map[failure]int
	starts   int
	pairs    int
	kills    map[point]int
	stalls   int
}

func newPlay(seed uint64, e *engine.Process, dir string) *play {
	return &play{
		seed: seed, script: newScript(rand.New(rand.NewPCG(seed, 0))), dir: filepath.Join(dir, fmt.Sprintf("seed-%d", seed)),
		engine: e, database: fmt.Sprintf("crash_%d", seed),
		lives: map[string]*life{}, failures: map[failure]int{}, kills: map[point]int{},
	}
}

// play plays the run and judges it. What it needs to look into a breach is left in its folder.
func (p *play) play(ctx context.Context) (j *judgement, err error) {
	if err := os.MkdirAll(p.dir, 0o700); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.close(context.WithoutCancel(ctx))) }()
	if err := p.open(ctx); err != nil {
		return nil, err
	}
	var stuck error
	played := 0
	for stuck == nil && played < len(p.script.scenes) {
		stuck = p.stage(ctx, p.script.scenes[played])
		played++
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	e, err := p.evidence(ctx, p.script.scenes[1:played])
	if err != nil {
		return nil, err
	}
	j = judge(e)
	if stuck != nil {
		j.breach("scene %d: %v", played, stuck)
	}
	if len(j.breaches) > 0 {
		err = p.keep(e)
	}
	return j, err
}

// open starts the servers, and prepares them as the first process of an installation does, which nobody kills.
func (p *play) open(ctx context.Context) (err error) {
	if p.nats, err = natsd.Start(natsd.Options{Dir: filepath.Join(p.dir, "nats"), Listen: "127.0.0.1:0"}); err != nil {
		return err
	}
	nc, err := nats.Connect(p.nats.URL())
	if err != nil {
		return err
	}
	if p.js, err = jetstream.New(nc); err != nil {
		return err
	}
	if err := p.sql(ctx, "CREATE DATABASE "+p.database+" ENGINE = Atomic"); err != nil {
		return err
	}
	c := job{NATS: p.nats.URL(), Store: p.engine.DSN(p.database)}.config()
	c.Roles = nil
	a, err := app.Open(ctx, c, slog.New(slog.DiscardHandler), time.Now, 0)
	if err != nil {
		return err
	}
	p.plan = a.Plans[0]
	if err := a.Close(ctx); err != nil {
		return err
	}
	if p.store, err = store.Open(ctx, p.engine.DSN(p.database)); err != nil {
		return err
	}
	if p.smtp, err = smtptest.Start(smtptest.Options{User: user, Password: password, Behaviour: p.behave}); err != nil {
		return err
	}
	p.board, err = newBoard(ctx, p.js)
	return err
}

func (p *play) sql(ctx context.Context, statement string) error {
	admin, err := store.Open(ctx, p.engine.DSN("default"))
	if err != nil {
		return err
	}
	return errors.Join(admin.Exec(ctx, statement), admin.Close())
}

func (p *play) close(ctx context.Context) error {
	var errs []error
	if p.smtp != nil {
		p.smtp.Close()
	}
	if p.js != nil {
		p.js.Conn().Close()
	}
	if p.nats != nil {
		errs = append(errs, p.nats.Stop(ctx))
	}
	if p.store != nil {
		errs = append(errs, p.store.Close())
	}
	return errors.Join(append(errs, p.sql(ctx, "DROP DATABASE IF EXISTS "+p.database+" SYNC"))...)
}

// behave is how the mail server behaves: by its mood, and first of all it tells the process that is at a step,
// which may be struck there.
func (p *play) behave(a smtptest.Attempt) smtptest.Behaviour {
	p.mu.Lock()
	l := p.lives[a.Hello]
	p.mu.Unlock()
	if l != nil {
		l.meets(a.Step)
	}
	m := moodOf(p.seed, a.Conversation)
	if m.failure == "" || m.at != a.Step {
		return smtptest.Behaviour{}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.failures[m.failure]++
	return m.does
}

// stage plays one scene until its goal is reached.
func (p *play) stage(ctx context.Context, s scene) error {
	ctx, cancel := context.WithTimeout(ctx, scenePatience)
	defer cancel()
	reached := make(chan struct{})
	actors, acting := errgroup.WithContext(ctx)
	actors.Go(func() error {
		defer close(reached)
		return until(acting, func() (bool, error) { return p.reached(acting, s) })
	})
	if len(s.actors) > 1 {
		p.pairs++
	}
	for _, strikes := range s.actors {
		actors.Go(func() error { return p.act(acting, s, strikes, reached) })
	}
	return actors.Wait()
}

// scenePatience bounds a scene: whatever takes longer hangs.
const scenePatience = 2 * time.Minute

// act keeps a process of the jobs role alive until the goal is reached; one after another is struck down, as
// long as there are strikes.
func (p *play) act(ctx context.Context, s scene, strikes []*strike, reached <-chan struct{}) error {
	for {
		var next *strike
		if len(strikes) > 0 {
			next, strikes = strikes[0], strikes[1:]
		}
		l, err := p.begin(s, next)
		if err != nil {
			return err
		}
		select {
		case <-l.ended:
			if death := p.record(l); death.IsZero() {
				return fmt.Errorf("process %s ended by itself: %s", l.name, l.cmd.ProcessState)
			}
		case <-reached:
			graceful := l.end()
			if p.record(l); !graceful {
				return fmt.Errorf("process %s does not stop", l.name)
			}
			return nil
		case <-ctx.Done():
			l.end()
			return context.Cause(ctx)
		}
	}
}

func (p *play) begin(s scene, next *strike) (*life, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.starts++
	name := fmt.Sprintf("life-%d", p.starts)
	_, port := hostPort(p.smtp.Addr())
	j := job{Name: name, Now: s.now, Store: p.database, MailPort: port, Impatient: p.script.impatient, Log: filepath.Join(p.dir, "log")}
	l, err := begin(j, next, hostOf(p.nats.URL()), hostOf(p.engine.URL()))
	if err != nil {
		return nil, err
	}
	p.lives[name] = l
	return l, nil
}

// record notes what became of a process, and when it was killed, if it was.
func (p *play) record(l *life) (death time.Time) {
	death, stall := l.fate()
	p.mu.Lock()
	defer p.mu.Unlock()
	if !death.IsZero() {
		p.kills[l.strike.point]++
	}
	if !stall.IsZero() {
		p.stalls++
	}
	return death
}

// reached tells whether a scene's goal is: the plan has an office, the week's letters are queued, or no letter
// waits any more.
func (p *play) reached(ctx context.Context, s scene) (bool, error) {
	if s.week == (schema.Week{}) {
		return p.board.has("weekly." + p.plan + ".since"), nil
	}
	if !p.board.is("weekly."+p.plan+"."+s.week.String(), "queued") {
		return false, nil
	}
	for _, r := range recipients {
		if s.settled && !p.board.settled(p.letter(s.week, r).Subject()) {
			return false, nil
		}
	}
	if !s.last {
		return true, nil
	}
	if pending, err := post.Pending(ctx, p.js); pending > 0 || err != nil {
		return false, err
	}
	return p.copied(ctx)
}

func (p *play) letter(w schema.Week, recipient string) schema.MailAddress {
	return schema.MailAddress{Plan: p.plan, Period: w.String(), Recipient: recipient, Kind: schema.WeeklyLetter}
}

// until waits until something is so.
func until(ctx context.Context, so func() (bool, error)) error {
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for {
		if ok, err := so(); ok || err != nil {
			return err
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return fmt.Errorf("its goal was not reached: %w", context.Cause(ctx))
		}
	}
}
