// Package schedule runs jobs by the clock, in Asia/Shanghai. It is a thin coat over robfig/cron: a job
// takes a context and the moment it is for, and returns an error that is logged. The scheduler
// keeps no state; a job must know by itself what is already done.
package schedule

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/robfig/cron/v3"

	"xushi/schema"
)

// Job is one thing that is done by the clock.
type Job struct {
	Name    string
	Spec    string // five fields, Asia/Shanghai
	AtStart bool   // also when the schedule starts: to catch up on what was missed
	Again   bool   // after an error also between its times, with growing waits, until it succeeds
	Run     func(ctx context.Context, now time.Time) error
}

const (
	firstWait = 5 * time.Second
	mostWait  = 10 * time.Minute
)

// Run starts the jobs and waits until ctx ends and whatever runs has finished. now is the plan's clock. No job
// runs beside itself.
func Run(ctx context.Context, log *slog.Logger, now func() time.Time, jobs ...Job) error {
	logger := bridge{log}
	// Recover comes last, so innermost: a panic must not leave the skip locked for ever.
	chain := cron.NewChain(cron.SkipIfStillRunning(logger), cron.Recover(logger))
	c := cron.New(cron.WithLocation(schema.Shanghai), cron.WithLogger(logger))
	var atStart []cron.Job
	for _, job := range jobs {
		guarded := chain.Then(cron.FuncJob(func() { job.do(ctx, log, now) }))
		if _, err := c.AddJob(job.Spec, guarded); err != nil {
			return fmt.Errorf("schedule %q of job %s: %w", job.Spec, job.Name, err)
		}
		if job.AtStart {
			atStart = append(atStart, guarded)
		}
	}
	c.Start()
	var starting sync.WaitGroup
	for _, job := range atStart {
		starting.Go(job.Run)
	}
	<-ctx.Done()
	<-c.Stop().Done()
	starting.Wait()
	return nil
}

// do runs the job once, or until it succeeds.
func (j Job) do(ctx context.Context, log *slog.Logger, now func() time.Time) {
	for wait := firstWait; ; wait = min(2*wait, mostWait) {
		err := j.Run(ctx, now())
		if err == nil || ctx.Err() != nil {
			return
		}
		if !j.Again {
			log.Error("job failed", "job", j.Name, "err", err)
			return
		}
		log.Error("job failed; it is tried again", "job", j.Name, "in", wait, "err", err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

// bridge lets cron write to slog.
type bridge struct{ log *slog.Logger }

func (b bridge) Info(msg string, keysAndValues ...any) { b.log.Debug("cron: "+msg, keysAndValues...) }

func (b bridge) Error(err error, msg string, keysAndValues ...any) {
	b.log.Error("cron: "+msg, append(keysAndValues, "err", err)...)
}
