package app

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"xushi/consumers/ingest"
	"xushi/jobs/calendar"
	"xushi/jobs/reminder"
	"xushi/jobs/schedule"
	"xushi/jobs/weekly"
)

// Office is the supervision office of a plan, as the configuration has it.
func (a *App) Office(plan string) (*weekly.Office, error) {
	l := a.Config.Letter
	days, err := calendar.Load(l.Calendar)
	if err != nil {
		return nil, fmt.Errorf("letter.calendar: %w", err)
	}
	hour, err := l.Hour()
	if err != nil {
		return nil, fmt.Errorf("letter.at: %w", err)
	}
	return &weekly.Office{
		Plan: plan, Acts: a.Acts, Store: a.Store, JetStream: a.JetStream, Readers: ingest.Readers(a.Config.Ingest.Partitions),
		Log: a.log, Clock: time.Now, By: processName(),
		Calendar: days, At: hour, Grace: l.Grace, Wait: l.Wait, LateAfter: l.LateAfter,
		From: l.From, Recipients: l.Recipients, English: l.English, Departments: l.Departments,
		Monthly: l.Monthly, Operator: l.Operator,
		BoardURL: l.BoardURL, Simulation: a.Config.Simulation.Allow,
	}, nil
}

// processName tells processes apart, of one machine too.
func processName() string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprintf("%s/%d", host, os.Getpid())
}

func (a *App) openOffices() error {
	a.deliveries = weekly.NewDeliveries(a.JetStream)
	for _, plan := range a.Plans {
		o, err := a.Office(plan)
		if err != nil {
			return err
		}
		a.Offices = append(a.Offices, o)
	}
	for _, id := range slices.Sorted(maps.Keys(a.Config.Letter.Departments)) {
		if !a.hasDepartment(id) {
			a.log.Warn("letter.departments names one that no plan has; nobody there gets a letter", "department", id)
		}
	}
	return nil
}

func (a *App) hasDepartment(id string) bool {
	return slices.ContainsFunc(a.Plans, func(plan string) bool {
		history, _ := a.Acts.History(plan) // every plan of an app has one
		_, ok := history.InForce().Department(id)
		return ok
	})
}

// Hold keeps the clock's jobs from beginning until release is called; it is called before Run.
func (a *App) Hold() (release func()) {
	a.held = make(chan struct{})
	return func() { close(a.held) }
}

func (a *App) runJobs(ctx context.Context) error {
	if a.held != nil {
		select {
		case <-a.held:
		case <-ctx.Done():
			return nil
		}
	}
	return schedule.Run(ctx, a.log, a.now, a.jobs()...)
}

// jobs is what is done by the clock, for every plan. A letter speaks of what is known at its moment; the views'
// assessment, of everything that has arrived.
func (a *App) jobs() (jobs []schedule.Job) {
	for _, o := range a.Offices {
		desk := a.desk(o)
		jobs = append(jobs,
			schedule.Job{Name: "assess " + o.Plan, Spec: a.Config.Letter.Assess, Run: func(ctx context.Context, now time.Time) error {
				_, err := o.Assess(ctx, now, time.Now())
				return err
			}},
			schedule.Job{Name: "letters of " + o.Plan, Spec: a.Config.Letter.Hourly(), AtStart: true, Again: true, Run: o.Run},
			schedule.Job{Name: "bulletins of " + o.Plan, Spec: a.Config.Letter.Hourly(), AtStart: true, Again: true, Run: o.RunMonth},
			schedule.Job{Name: "reminders of " + o.Plan, Spec: a.Config.Letter.Daily(), AtStart: true, Again: true, Run: desk.Run},
			schedule.Job{Name: "watch the letters of " + o.Plan, Spec: "* * * * *", Run: func(ctx context.Context, now time.Time) error {
				return o.Watch(ctx, now, a.deliveries)
			}},
		)
	}
	return jobs
}

// desk sends the reminders of an office's plan.
func (a *App) desk(o *weekly.Office) *reminder.Desk {
	return &reminder.Desk{
		Plan: o.Plan, Calendar: o.Calendar, JetStream: o.JetStream, Log: o.Log, Stand: o.Stand,
		At: o.At, Ahead: a.Config.Letter.RemindDays, From: o.From, Departments: o.Departments,
		BoardURL: o.BoardURL, Simulation: o.Simulation,
	}
}

// letters asks the bucket how far the letters are.
func (a *App) letters(ctx context.Context) (figures []prometheus.Metric, err error) {
	if err := a.deliveries.Look(ctx); err != nil {
		return nil, err
	}
	for _, o := range a.Offices {
		status, err := o.Status(ctx, a.now(), a.deliveries)
		if err != nil {
			return nil, err
		}
		figures = append(figures, letterFigures(o.Plan, status)...)
	}
	return append(figures, mailFigures(a.deliveries.Counts())...), nil
}
