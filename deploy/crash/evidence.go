package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"xushi/deploy/embedded/smtptest"
	"xushi/schema"
)

// evidence is all that is known of a run in its end.
type evidence struct {
	expected      []schema.MailAddress       // every letter that must be there
	queued        map[string]queued          // the MAIL stream, by subject
	deliveries    map[string]schema.Delivery // what the bucket says of them
	copies        map[string]string          // the state of each by the store, which analysts read
	letters       []smtptest.Letter          // what the mail server accepted
	conversations []smtptest.Conversation    // and how it talked with whom
	deaths        map[string]time.Time       // when which process was killed
	stalls        map[string]time.Time       // when which process was stopped, for longStall
	impatient     bool                       // a letter that was put off for a while has failed
}

// queued is what the MAIL stream has on one subject.
type queued struct {
	messages             uint64
	recipient, messageID string
	warning              bool // to the operator
}

// evidence gathers what is known in the end, when these weeks were played.
func (p *play) evidence(ctx context.Context, weeks []scene) (e evidence, err error) {
	e = evidence{
		queued: map[string]queued{}, copies: map[string]string{}, deaths: map[string]time.Time{}, stalls: map[string]time.Time{},
		letters: p.smtp.Letters(), conversations: p.smtp.Conversations(), impatient: p.script.impatient,
	}
	for _, s := range weeks {
		for _, r := range recipients {
			e.expected = append(e.expected, p.letter(s.week, r))
		}
	}
	for name, l := range p.lives {
		death, stall := l.fate()
		if !death.IsZero() {
			e.deaths[name] = death
		}
		if !stall.IsZero() {
			e.stalls[name] = stall
		}
	}
	if e.queued, err = p.queued(ctx); err != nil {
		return e, err
	}
	if e.deliveries, err = p.board.deliveries(); err != nil {
		return e, err
	}
	e.copies, err = p.copies(ctx)
	return e, err
}

func (p *play) queued(ctx context.Context) (map[string]queued, error) {
	stream, err := p.js.Stream(ctx, schema.MailStream)
	if err != nil {
		return nil, err
	}
	info, err := stream.Info(ctx, jetstream.WithSubjectFilter("mail.>"))
	if err != nil {
		return nil, err
	}
	all := map[string]queued{}
	for _, subject := range slices.Sorted(maps.Keys(info.State.Subjects)) {
		m, err := stream.GetLastMsgForSubject(ctx, subject)
		if err != nil {
			return nil, fmt.Errorf("letter %s: %w", subject, err)
		}
		all[subject] = queued{
			messages:  info.State.Subjects[subject],
			recipient: m.Header.Get(schema.MailRecipientHeader), messageID: m.Header.Get(schema.MailMessageIDHeader),
			warning: strings.HasPrefix(m.Header.Get(schema.MailKindHeader), schema.WarningLetter),
		}
	}
	return all, nil
}

func (p *play) copies(ctx context.Context) (map[string]string, error) {
	rows, err := p.store.Query(ctx, `SELECT plan, period, recipient, kind, toString(argMax(state, revision))
		FROM mail_deliveries GROUP BY plan, period, recipient, kind`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	all := map[string]string{}
	for rows.Next() {
		var a schema.MailAddress
		var state string
		if err := rows.Scan(&a.Plan, &a.Period, &a.Recipient, &a.Kind, &state); err != nil {
			return nil, err
		}
		all[a.Subject()] = state
	}
	return all, rows.Err()
}

// copied tells whether analysts see what became of every letter. They do once a process has lived on for a while.
func (p *play) copied(ctx context.Context) (bool, error) {
	copies, err := p.copies(ctx)
	if err != nil {
		return false, err
	}
	deliveries, err := p.board.deliveries()
	for subject, d := range deliveries {
		if d.State.Settled() && copies[subject] != string(d.State) {
			return false, err
		}
	}
	return true, err
}

// keep leaves what the mail server knows beside the log.
func (p *play) keep(e evidence) error {
	text, err := json.MarshalIndent(map[string]any{"conversations": e.conversations, "deaths": e.deaths, "stalls": e.stalls, "deliveries": e.deliveries}, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(p.dir, "evidence.json"), text, 0o600)
}
