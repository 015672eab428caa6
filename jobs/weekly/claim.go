package weekly

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"xushi/schema"
)

// State is how far the letters of one week are.
type State string

// States of a week, in the order in which they follow each other. Only the last two are ends.
const (
	Claimed State = "claimed" // what they speak of and what they know is decided
	Frozen  State = "frozen"  // the assessment that they are written from is kept
	Missed  State = "missed"  // not written within the grace period
	Queued  State = "queued"  // every one of them is in the MAIL stream
)

// Claim says how far the letters of one week are: JSON in the key-value bucket, changed by revision, so that of
// several processes one decides what the letters know. It marks intent and never completion: any process goes
// on with what another began.
type Claim struct {
	Week    schema.Week `json:"-"` // is in the key
	State   State       `json:"state"`
	AsOf    time.Time   `json:"as_of"`             // the moment that they speak of
	KnownAt time.Time   `json:"known_at,omitzero"` // what was received later is not in them; zero of a missed week that nobody claimed
	At      time.Time   `json:"at"`                // when it came into this state
	By      string      `json:"by"`                // the process that brought it there

	revision uint64
}

// done tells whether nothing more is done by itself.
func (c Claim) done() bool { return c.State == Queued || c.State == Missed }

// written tells whether the week is frozen, so that what is written later rests on it.
func (c Claim) written() bool { return c.State == Frozen || c.State == Queued }

// claims are the claims of one plan.
type claims struct {
	kv    jetstream.KeyValue
	plan  string
	by    string
	clock func() time.Time
}

func (o *Office) claims(ctx context.Context) (*claims, error) {
	kv, err := o.JetStream.KeyValue(ctx, schema.Bucket)
	if err != nil {
		return nil, fmt.Errorf("key-value bucket %s: %w", schema.Bucket, err)
	}
	return &claims{kv, o.Plan, o.By, o.Clock}, nil
}

func (c *claims) key(token string) string { return "weekly." + c.plan + "." + token }

// of is the claim of a week; the zero Claim if it has none.
func (c *claims) of(ctx context.Context, week schema.Week) (Claim, error) {
	entry, err := c.kv.Get(ctx, c.key(week.String()))
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return Claim{Week: week}, nil
	}
	if err != nil {
		return Claim{}, fmt.Errorf("claim of %s: %w", week, err)
	}
	return claimOf(entry)
}

func claimOf(entry jetstream.KeyValueEntry) (claim Claim, err error) {
	if err = json.Unmarshal(entry.Value(), &claim); err == nil {
		claim.Week, err = schema.ParseWeek(entry.Key()[strings.LastIndexByte(entry.Key(), '.')+1:])
	}
	if err != nil {
		return claim, fmt.Errorf("claim %s: %w", entry.Key(), err)
	}
	claim.revision = entry.Revision()
	return claim, nil
}

// all are the claims of the plan by week.
func (c *claims) all(ctx context.Context) (map[schema.Week]Claim, error) {
	all := map[schema.Week]Claim{}
	err := current(ctx, c.kv, c.key("*"), func(entry jetstream.KeyValueEntry) error {
		if entry.Key() == c.key(sinceToken) {
			return nil
		}
		claim, err := claimOf(entry)
		all[claim.Week] = claim
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("claims of %s: %w", c.plan, err)
	}
	return all, nil
}

// errTaken says that another process changed a claim first.
var errTaken = errors.New("another process was faster")

// put writes a claim over the revision that it was read at.
func (c *claims) put(ctx context.Context, claim Claim) (Claim, error) {
	body, err := json.Marshal(claim)
	if err != nil {
		return claim, err
	}
	key := c.key(claim.Week.String())
	if claim.revision == 0 {
		claim.revision, err = c.kv.Create(ctx, key, body)
	} else {
		claim.revision, err = c.kv.Update(ctx, key, body, claim.revision)
	}
	if errors.Is(err, jetstream.ErrKeyExists) || errors.Is(err, jetstream.ErrKeyRevisionMismatch) {
		return claim, errTaken
	}
	if err != nil {
		return claim, fmt.Errorf("claim of %s: %w", claim.Week, err)
	}
	return claim, nil
}

// into is a claim as it comes into a state.
func (c *claims) into(claim Claim, state State) Claim {
	claim.State, claim.At, claim.By = state, c.clock().UTC(), c.by
	return claim
}

var states = []State{Claimed, Frozen, Missed, Queued}

// advance brings a claim into a later state. Another process may have brought it there first, or further.
func (c *claims) advance(ctx context.Context, claim Claim, state State) (Claim, error) {
	for slices.Index(states, claim.State) < slices.Index(states, state) {
		next, err := c.put(ctx, c.into(claim, state))
		if errors.Is(err, errTaken) {
			next, err = c.of(ctx, claim.Week)
		}
		if err != nil {
			return claim, err
		}
		claim = next
	}
	return claim, nil
}

// sinceToken is where the key of a week has the week.
const sinceToken = "since"

// begin notes from which week on letters are owed, unless that is noted already, and tells it.
func (c *claims) begin(ctx context.Context, week schema.Week) (schema.Week, error) {
	_, err := c.kv.Create(ctx, c.key(sinceToken), []byte(week.String()))
	switch {
	case err == nil:
		return week, nil
	case !errors.Is(err, jetstream.ErrKeyExists):
		return week, fmt.Errorf("note since when letters of %s are owed: %w", c.plan, err)
	}
	week, _, err = c.since(ctx)
	return week, err
}

// since is the first week whose letter is owed; ok is false before the office first ran.
func (c *claims) since(ctx context.Context) (week schema.Week, ok bool, err error) {
	entry, err := c.kv.Get(ctx, c.key(sinceToken))
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return week, false, nil
	}
	if err == nil {
		week, err = schema.ParseWeek(string(entry.Value()))
	}
	if err != nil {
		return week, false, fmt.Errorf("since when letters of %s are owed: %w", c.plan, err)
	}
	return week, true, nil
}
