package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"os"
	"time"

	"xushi/deploy/app"
	"xushi/deploy/config"
	"xushi/jobs/mail"
	"xushi/seeds"
)

// childVariable holds a job as JSON, and makes this program a process of the jobs role.
const childVariable = "XUSHI_CRASH_CHILD"

// job is what a child process is told.
type job struct {
	Name     string    // which it gives the mail server
	Now      time.Time // by the plan's clock, when it starts
	NATS     string    // URL
	Store    string    // DSN
	MailPort int
	Log      string // file
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

// serverTimeout is how long a silent mail server is listened to.
const serverTimeout = 1500 * time.Millisecond

func (j job) config() config.Config {
	c := config.Default()
	c.Roles, c.Ledgers = []string{config.JobsRole}, []string{seeds.Default}
	c.NATS.URL, c.ClickHouse.URL = j.NATS, j.Store
	c.Simulation.Allow = true // or the ledger were in force from today on only
	c.HTTP.Listen = ""
	c.Letter.From, c.Letter.Recipients, c.Letter.Operator = sender, recipients, operator
	c.SMTP = mail.Config{Host: "127.0.0.1", Port: j.MailPort, User: user, Password: password, Hello: j.Name, Timeout: serverTimeout}
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
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}
	log.Info("lives", "now", j.Now)
	err = a.Run(ctx)
	return err
}
