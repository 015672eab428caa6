package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"xushi/deploy/embedded/smtptest"
)

// point is a place of the chain from the letter's moment to the mailbox.
type point string

const (
	claim   point = "claim"
	freeze  point = "freeze"
	compose point = "compose"
	queue   point = "queue"
	talking point = "talking"
	data    point = "data"
	verdict point = "verdict"
	note    point = "note"
	anytime point = "any time"
)

// points in the order of the chain.
var points = []point{claim, freeze, compose, queue, talking, data, verdict, note, anytime}

// sign is how a process shows from outside that it is at a point: by words that it says to NATS or to the
// store, or by the step at which it is with the mail server.
type sign struct {
	point point
	nats  []string // all of them are said at once
	store []string
	step  smtptest.Step
	often bool          // once for each letter
	after bool          // the point lies after what is said, somewhere within span
	span  time.Duration //
}

const (
	claims   = "$KV.xushi.weekly."
	delivery = "$KV.xushi.mail."
)

var signs = []sign{
	{point: claim, nats: []string{claims, `"claimed"`}},
	{point: freeze, store: []string{"INSERT", "weekly_assessments"}},
	{point: freeze, nats: []string{claims, `"frozen"`}},
	{point: compose, nats: []string{claims, `"frozen"`}, after: true, span: 100 * time.Millisecond},
	{point: queue, nats: []string{"PUB mail."}, often: true},
	{point: queue, nats: []string{claims, `"queued"`}},
	{point: talking, nats: []string{delivery, `"talking"`}, often: true},
	{point: talking, step: smtptest.Hello, often: true},
	{point: talking, step: smtptest.Recipient, often: true},
	{point: data, step: smtptest.Data, often: true},
	{point: data, nats: []string{delivery, `"data"`}, often: true},
	{point: data, step: smtptest.Body, often: true},
	{point: verdict, step: smtptest.Verdict, often: true},
	{point: verdict, step: smtptest.After, often: true},
	{point: note, nats: []string{delivery, `"sent"`}, often: true},
	{point: note, nats: []string{"PUB $JS.ACK.MAIL."}, often: true},
	{point: note, store: []string{"INSERT", "mail_deliveries"}, often: true},
	{point: anytime, span: 2 * time.Second},
}

// strike is what is to happen to a process: at the nth sign, before or after what it shows takes effect, it
// is killed, or it is stopped for a while, as by a machine that has no time for it.
type strike struct {
	sign
	nth   int
	delay time.Duration // after the sign
	stall time.Duration // 0 kills
}

// longStall is longer than any message or claim is kept from other processes.
const longStall = 2500 * time.Millisecond

func newStrike(rng *rand.Rand) *strike {
	at := points[rng.IntN(len(points))]
	var candidates []sign
	for _, s := range signs {
		if s.point == at {
			candidates = append(candidates, s)
		}
	}
	s := &strike{sign: candidates[rng.IntN(len(candidates))], nth: 1}
	if s.often {
		s.nth += rng.IntN(3)
	}
	if s.span == 0 {
		s.after, s.span = rng.IntN(2) == 0, 3*time.Millisecond
	}
	s.delay = upTo(rng, s.span)
	if rng.IntN(5) == 0 {
		s.stall = longStall
	}
	return s
}

// String names the sign.
func (s sign) String() string {
	return fmt.Sprintf("%s: %s", s.point, strings.TrimSpace(strings.Join(slices.Concat(s.nats, s.store, []string{string(s.step)}), " ")))
}

func says(said []byte, words []string) bool {
	for _, w := range words {
		if !bytes.Contains(said, []byte(w)) {
			return false
		}
	}
	return len(words) > 0
}
