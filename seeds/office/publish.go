package office

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"xushi/schema"
	"xushi/seeds"
)

// Application is a ledger that is to come into force.
type Application struct {
	Ledger   *seeds.Ledger
	Base     string // version in force that its changes were looked at against; "" where there was none
	By       string
	Reason   string
	Approver string    // "" where nothing in it needs approval
	At       time.Time // zero: now, by the stream's clock. Another moment makes a simulated act
}

// Apply puts a ledger in force. It changes nothing, and says so, if that version is in force already, and
// refuses what does not pass seeds.Parse today and what would not hold: see seeds.History.Apply. Of several who apply at once one wins; the others get
// ErrSuperseded, and see what changes now before they try again.
func (a *Acts) Apply(ctx context.Context, p Application) (changed bool, err error) {
	if err := a.Sync(ctx); err != nil {
		return false, err
	}
	plan, known := p.Ledger.Plan.ID, a.book.Load()
	if history := known.plans[plan]; history != nil && history.InForce().Version == p.Ledger.Version {
		return false, nil
	}
	if _, err := seeds.Parse(plan, p.Ledger.JSON()); err != nil {
		return false, err
	}
	act := schema.Act{
		Plan: plan, Type: schema.LedgerApplied,
		Applied: &schema.Application{
			Ledger: p.Ledger.JSON(), LedgerVersion: p.Ledger.Version, BaseVersion: p.Base,
			By: p.By, Reason: p.Reason, Approver: p.Approver,
		},
	}
	// Whoever published about this ledger since makes the stream refuse this one.
	_, err = a.publish(ctx, known, act, p.At, jetstream.WithExpectLastSequencePerSubject(known.ledgers[plan]))
	if refusal, ok := errors.AsType[*jetstream.APIError](err); ok &&
		(refusal.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence || refusal.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequenceConstant) {
		return false, fmt.Errorf("%w (%s)", ErrSuperseded, refusal.Description)
	}
	return err == nil, err
}

// Confirm records that somebody stands for a field which the text does not give, as it is in force: c's
// version and time are found here, unless c.At says otherwise, which makes a simulated act. It changes
// nothing, and says so, if the field is confirmed already.
func (a *Acts) Confirm(ctx context.Context, plan string, c seeds.Confirmation) (changed bool, err error) {
	if err := a.Sync(ctx); err != nil {
		return false, err
	}
	known := a.book.Load()
	history, ok := known.plans[plan]
	if !ok {
		return false, fmt.Errorf("no version of plan %q is in force: apply one first", plan)
	}
	c.LedgerVersion = history.InForce().Version
	if _, changed, err := history.Confirm(c); err != nil || !changed {
		return false, err
	}
	act := schema.Act{
		Plan: plan, Type: schema.AssignmentConfirmed,
		Confirmed: &schema.Confirmation{
			Object: c.Object, ID: c.ID, Field: c.Field, LedgerVersion: c.LedgerVersion, ConfirmedBy: c.By, Reason: c.Reason,
		},
	}
	j, err := a.publish(ctx, known, act, c.At)
	return j.Changed, err
}

// publish judges an act as every reader will, puts it into the log, and reads back what became of it: other
// acts may have come in between.
func (a *Acts) publish(ctx context.Context, known *book, act schema.Act, at time.Time, options ...jetstream.PublishOpt) (Judged, error) {
	m := nats.NewMsg(schema.ActSubject(act.Plan, act.Type))
	act.ID, act.Source = rand.Text(), schema.OfficeSource
	m.Header.Set(schema.ContentTypeHeader, schema.StructuredContent)
	if !at.IsZero() {
		if err := a.standsIn(ctx, known, act.Plan, at); err != nil {
			return Judged{}, err
		}
		act.Source = schema.SimulatorSource
		m.Header.Set(schema.ReceivedAtHeader, at.UTC().Format(time.RFC3339Nano))
	}
	body, err := json.Marshal(&act)
	if err != nil {
		return Judged{}, err
	}
	if m.Data = body; len(body) > schema.MaxPayload {
		return Judged{}, fmt.Errorf("the act has %d bytes, over %d", len(body), schema.MaxPayload)
	}
	trial := schema.Message{Subject: m.Subject, Header: m.Header, Body: body, Sequence: known.sequence + 1}
	if j := known.copy().read(a.policy, &trial); j.Refused != nil {
		return j, j.Refused
	}
	stored, err := a.js.PublishMsg(ctx, m, options...)
	if err != nil {
		return Judged{}, fmt.Errorf("publish to %s: %w", m.Subject, err)
	}
	if err := a.Sync(ctx); err != nil {
		return Judged{}, err
	}
	for _, j := range a.Judged(stored.Sequence - 1) {
		return j, j.Refused
	}
	return Judged{}, fmt.Errorf("act %d is stored, and the stream does not give it back yet: look again", stored.Sequence)
}

// standsIn refuses a simulated moment before what is already so: what was known then would change, and no
// letter would say so.
func (a *Acts) standsIn(ctx context.Context, known *book, plan string, at time.Time) error {
	if !a.policy.AllowSimulation {
		return errors.New("only a simulation chooses the moment of an act")
	}
	history := known.plans[plan]
	if history == nil {
		return nil // of a plan without a version nothing was judged by one
	}
	if !at.After(history.Since()) {
		return fmt.Errorf("the act is to be of %s, but plan %s has one of %s: acts follow each other", when(at), plan, when(history.Since()))
	}
	last, err := a.lastSimulated(ctx, plan)
	if err == nil && !at.After(last) {
		err = fmt.Errorf("the act is to be of %s, but plan %s has an event that was received at %s and judged without it", when(at), plan, when(last))
	}
	return err
}

// lastSimulated is when the plan's newest event was received, if the simulator said so; else the zero time.
func (a *Acts) lastSimulated(ctx context.Context, plan string) (time.Time, error) {
	stream, err := a.js.Stream(ctx, schema.ProgressStream)
	if err != nil {
		return time.Time{}, fmt.Errorf("stream %s: %w", schema.ProgressStream, err)
	}
	var last *jetstream.RawStreamMsg
	for _, subjects := range schema.PlanSubjects(plan) {
		m, err := stream.GetLastMsgForSubject(ctx, subjects)
		if errors.Is(err, jetstream.ErrMsgNotFound) {
			continue
		}
		if err != nil {
			return time.Time{}, fmt.Errorf("newest event of plan %s: %w", plan, err)
		}
		if last == nil || m.Sequence > last.Sequence {
			last = m
		}
	}
	if last == nil {
		return time.Time{}, nil
	}
	if at, err := time.Parse(time.RFC3339Nano, last.Header.Get(schema.ReceivedAtHeader)); err == nil {
		return at, nil
	}
	return time.Time{}, nil // a real event, by the stream's clock, or one that is refused
}

func when(t time.Time) string { return t.In(schema.Shanghai).Format(time.DateTime) }
