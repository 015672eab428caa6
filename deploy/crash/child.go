package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"golang.org/x/sync/errgroup"

	"xushi/deploy/app"
	"xushi/deploy/config"
	"xushi/jobs/mail"
	"xushi/jobs/post"
	"xushi/jobs/weekly"
	"xushi/seeds"
)

// childVariable holds a job as JSON, and makes this program a process of the jobs role.
const childVariable = "XUSHI_CRASH_CHILD"

// job is what a child process is told.
type job struct {
	Name      string    // which it gives the mail server
	Now       time.Time // by the plan's clock, when it starts
	NATS      string    // URL
	Store     string    // DSN
	MailPort  int
	Impatient bool   // gives letters up soon
	Log       string // file
}

// Who writes, and who logs in where.
const (
	sender   = "xushi@example.org"
	operator = "operator@example.org"
	user     = "xushi"
	password = "secret"
)

var recipients = []string{"ducha@example.org", "mayor@example.org", "archive@example.org"}

func jobOfChild() (j job, ok bool, err error) {
	text, ok := os.LookupEnv(childVariable)
	if !ok {
		return j, false, nil
	}
	return j, true, json.Unmarshal([]byte(text), &j)
}

const (
	serverTimeout = 3500 * time.Millisecond // how long a silent mail server is listened to; longer than longStall
	giveUp        = 2 * time.Second         // of the impatient
	watchEvery    = 300 * time.Millisecond  // the operator is warned that soon
)

func (j job) config() config.Config {
	c := config.Default()
	c.Roles, c.Ledgers = []string{config.JobsRole}, []string{seeds.Default}
	c.NATS.URL, c.ClickHouse.URL = j.NATS, j.Store
	c.Simulation.Allow = true // or the ledger were in force from today on only
	c.HTTP.Listen = ""
	c.Letter.From, c.Letter.Recipients, c.Letter.Operator = sender, recipients, operator
	if j.Impatient {
		c.Letter.GiveUp = giveUp
	}
	c.Post = post.Options{By: j.Name, AckWait: time.Second, FirstWait: 50 * time.Millisecond, MostWait: 400 * time.Millisecond}
	c.SMTP = mail.Config{Host: "127.0.0.1", Port: j.MailPort, User: user, Password: password, Hello: j.Name, Timeout: serverTimeout, Verdict: serverTimeout}
	return c
}

// run plays the jobs role until its standard input ends.
func (j job) run(ctx context.Context) (err error) {
	file, err := os.OpenFile(j.Log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // nothing is asked of a log but to be there where something is wrong
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin) // until the parent closes it or is gone
		cancel()
	}()
	log := slog.New(slog.NewTextHandler(file, nil)).With("life", j.Name)
	started := time.Now()
	clock := func() time.Time { return j.Now.Add(time.Since(started)) }
	a, err := app.Open(ctx, j.config(), log, clock, 10*time.Second)
	if ctx.Err() != nil {
		return nil // it was asked to end before it had begun
	}
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}
	log.Info("lives", "now", j.Now)
	roles, ctx := errgroup.WithContext(ctx)
	roles.Go(func() error { return a.Run(ctx) })
	roles.Go(func() error { return watch(ctx, a, clock, log) })
	return errors.Join(roles.Wait(), a.Close(context.WithoutCancel(ctx)))
}

// watch does what the office does every minute; a process here rarely lives as long.
func watch(ctx context.Context, a *app.App, clock func() time.Time, log *slog.Logger) error {
	every := time.NewTicker(watchEvery)
	defer every.Stop()
	deliveries := weekly.NewDeliveries(a.JetStream)
	for {
		select {
		case <-every.C:
		case <-ctx.Done():
			return nil
		}
		for _, o := range a.Offices {
			if err := o.Watch(ctx, clock(), deliveries); err != nil && ctx.Err() == nil {
				log.Error("watch", "err", err)
			}
		}
	}
}
