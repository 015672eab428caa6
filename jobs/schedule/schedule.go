// Package schedule runs jobs by the clock, in Asia/Shanghai. It is a thin coat over robfig/cron: a job
// takes a context and the moment it is for, and returns an error that is logged. The scheduler
// keeps no state; a job must know by itself what is already done.
package schedule

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/robfig/cron/v3"

	"xushi/schema"
)

// Job is one thing that is done by the clock.
type Job struct {
	Name string
	Spec string // five fields, Asia/Shanghai
	Run  func(ctx context.Context, now time.Time) error
}

// Run starts the jobs and waits until ctx ends and whatever runs has finished. now is the plan's clock.
func Run(ctx context.Context, log *slog.Logger, now func() time.Time, jobs ...Job) error {
	logger := bridge{log}
	c := cron.New(
		cron.WithLocation(schema.Shanghai),
		cron.WithLogger(logger),
		// Recover comes last, so innermost: a panic must not leave the skip locked for ever.
		cron.WithChain(cron.SkipIfStillRunning(logger), cron.Recover(logger)),
	)
	for _, job := range jobs {
		_, err := c.AddFunc(job.Spec, func() {
			if err := job.Run(ctx, now()); err != nil && ctx.Err() == nil {
				log.Error("job failed", "job", job.Name, "err", err)
			}
		})
		if err != nil {
			return fmt.Errorf("schedule %q of job %s: %w", job.Spec, job.Name, err)
		}
	}
	c.Start()
	<-ctx.Done()
	<-c.Stop().Done()
	return nil
}

// bridge lets cron write to slog.
type bridge struct{ log *slog.Logger }

func (b bridge) Info(msg string, keysAndValues ...any) { b.log.Debug("cron: "+msg, keysAndValues...) }

func (b bridge) Error(err error, msg string, keysAndValues ...any) {
	b.log.Error("cron: "+msg, append(keysAndValues, "err", err)...)
}
