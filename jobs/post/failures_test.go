package post_test

import (
	"context"
	"fmt"
	"hash/fnv"
	"log/slog"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"xushi/deploy/embedded/enginetest"
	"xushi/deploy/embedded/natsdtest"
	"xushi/deploy/embedded/smtptest"
	"xushi/jobs/post"
	"xushi/schema"
)

// times misbehaves in so many conversations, and then no more.
func times(n int, step smtptest.Step, b smtptest.Behaviour) func(smtptest.Attempt) smtptest.Behaviour {
	tries := 0
	return func(a smtptest.Attempt) smtptest.Behaviour { // one letter at a time is sent
		if a.Step != step {
			return smtptest.Behaviour{}
		}
		if tries++; tries > n {
			return smtptest.Behaviour{}
		}
		return b
	}
}

// What becomes of a letter when the mail server fails in each of its ways: what can be mended by waiting is
// tried again and arrives once, what cannot has failed at once, and what nobody can know is not tried again.
func TestWhatBecomesOfALetter(t *testing.T) {
	t.Parallel()
	store, hang, drop := enginetest.Store(t), smtptest.Behaviour{Do: smtptest.Hang}, smtptest.Behaviour{Do: smtptest.Drop}
	for name, tt := range map[string]struct {
		behaviour func(smtptest.Attempt) smtptest.Behaviour
		state     schema.MailState
		tries     int
		error     string
		arrived   int
	}{
		"greylisted twice":        {smtptest.Greylist(2), schema.MailSent, 3, "", 1},
		"busy, then not":          {times(2, smtptest.Greeting, smtptest.Refuse("421 too busy")), schema.MailSent, 3, "", 1},
		"no greeting, then one":   {times(1, smtptest.Greeting, hang), schema.MailSent, 2, "", 1},
		"hangs after EHLO":        {times(1, smtptest.Hello, hang), schema.MailSent, 2, "", 1},
		"hangs after MAIL":        {times(1, smtptest.Sender, hang), schema.MailSent, 2, "", 1},
		"hangs after RCPT":        {times(1, smtptest.Recipient, hang), schema.MailSent, 2, "", 1},
		"hangs after DATA":        {times(1, smtptest.Data, hang), schema.MailSent, 2, "", 1},
		"drops before 354":        {times(1, smtptest.Data, drop), schema.MailSent, 2, "", 1},
		"disk full after the dot": {times(1, smtptest.Verdict, smtptest.Refuse("452 4.3.1 disk full")), schema.MailSent, 2, "", 1},
		"drops at QUIT":           {times(1, smtptest.After, drop), schema.MailSent, 1, "", 1},
		"sender refused":          {times(9, smtptest.Sender, smtptest.Refuse("550 5.7.1 not you")), schema.MailFailed, 1, "550", 0},
		"no such user":            {times(9, smtptest.Recipient, smtptest.Refuse("550 5.1.1 who?")), schema.MailFailed, 1, "550", 0},
		"refused after the dot":   {times(9, smtptest.Verdict, smtptest.Refuse("554 5.7.1 spam")), schema.MailFailed, 1, "554", 0},
		"too large after the dot": {times(9, smtptest.Verdict, smtptest.Refuse("552 5.3.4 too large")), schema.MailFailed, 1, "552", 0},
		"drops after the dot":     {times(9, smtptest.Verdict, drop), schema.MailUncertain, 1, "hung up", 0},
		"takes it and drops":      {times(9, smtptest.Verdict, smtptest.Behaviour{Do: smtptest.Drop, Keep: true}), schema.MailUncertain, 1, "hung up", 1},
		"hangs after the dot":     {times(9, smtptest.Verdict, hang), schema.MailUncertain, 1, "does not answer", 0},
		"wrong password, mended":  {times(2, smtptest.Login, smtptest.Refuse("535 5.7.8 wrong")), schema.MailSent, 3, "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := &house{natsdtest.JetStream(t), store, smtptest.Run(t, smtptest.Options{User: "u", Password: "p", Behaviour: tt.behaviour})}
			c := h.smtp.Config()
			s := sender(t, c)
			if strings.Contains(name, "hangs") || strings.Contains(name, "no greeting") {
				s = impatient(t, c)
			}
			h.post(t, s, quick("a"))
			h.queue(t, "a@example.org")
			d := h.await(t, "a@example.org", tt.state)
			if d.Tries != tt.tries || !strings.Contains(d.Error, tt.error) || (tt.error == "") != (d.Error == "") {
				t.Errorf("%d tries, error %q; want %d, %q", d.Tries, d.Error, tt.tries, tt.error)
			}
			if n := h.arrived("a@example.org"); n != tt.arrived {
				t.Errorf("%d letters arrived, want %d", n, tt.arrived)
			}
		})
	}
}

// A letter that is put off for too long has failed, with the last reason; others go on.
func TestALetterIsGivenUp(t *testing.T) {
	t.Parallel()
	h := newHouse(t, smtptest.Options{Behaviour: func(a smtptest.Attempt) smtptest.Behaviour {
		if a.Step == smtptest.Recipient && a.Recipient == "full@example.org" {
			return smtptest.Refuse("452 4.2.2 mailbox full")
		}
		return smtptest.Behaviour{}
	}})
	o := quick("a")
	o.GiveUp = 200 * time.Millisecond
	h.post(t, sender(t, h.smtp.Config()), o)
	h.queue(t, "full@example.org", "good@example.org")
	h.await(t, "good@example.org", schema.MailSent)
	d := h.await(t, "full@example.org", schema.MailFailed)
	if want := fmt.Sprintf("given up after %d tries", d.Tries); d.Tries < 2 || !strings.Contains(d.Error, want) || !strings.Contains(d.Error, "mailbox full") {
		t.Errorf("%+v", d)
	}
}

// hostile is a server that fails half of the letters in a way of their own, and says which tell nothing.
func hostile(a smtptest.Attempt) smtptest.Behaviour {
	h := fnv.New32()
	_, _ = h.Write([]byte(a.Recipient))
	switch way := h.Sum32() % 10; {
	case way == 0 && a.Step == smtptest.Recipient && a.Try < 3:
		return smtptest.Refuse("451 4.7.1 greylisted")
	case way == 1 && a.Step == smtptest.Recipient:
		return smtptest.Refuse("550 5.1.1 no such user")
	case way == 2 && a.Step == smtptest.Verdict:
		return smtptest.Behaviour{Do: smtptest.Drop}
	case way == 3 && a.Step == smtptest.Verdict:
		return smtptest.Behaviour{Do: smtptest.Drop, Keep: true}
	case way == 4 && a.Step == smtptest.Data && a.Try < 2:
		return smtptest.Behaviour{Do: smtptest.Drop}
	case way == 5 && a.Step == smtptest.Verdict && a.Try < 2:
		return smtptest.Refuse("421 closing")
	case way == 6 && a.Step == smtptest.After:
		return smtptest.Behaviour{Do: smtptest.Drop}
	}
	return smtptest.Behaviour{}
}

// Two posts share a stream and a hostile server: each letter arrives once, or is failed and did not arrive, or
// is uncertain because the server hung up instead of a verdict.
func TestTwoPostsSendEachLetterOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t, smtptest.Options{Behaviour: hostile})
	for _, by := range []string{"a", "b"} {
		o := quick(by)
		o.AckWait = 5 * time.Second
		h.post(t, sender(t, h.smtp.Config()), o)
	}
	var all []string
	for i := range 50 {
		all = append(all, fmt.Sprintf("r%d@example.org", i))
	}
	h.queue(t, all...)
	states, by := map[schema.MailState]int{}, map[string]int{}
	for _, r := range all {
		var d schema.Delivery
		eventually(t, func() bool { d = h.delivery(t, addressOf(r)); return d.State.Settled() }, func() string { return r + " is not settled: " + string(d.State) })
		states[d.State]++
		by[d.By]++
		dropped := false
		for _, c := range h.smtp.Conversations() {
			dropped = dropped || c.Recipient == r && c.Step == smtptest.Verdict && c.Verdict == ""
		}
		switch n := h.arrived(r); {
		case d.State == schema.MailSent && n != 1, d.State == schema.MailFailed && n != 0, d.State == schema.MailUncertain && (n > 1 || !dropped):
			t.Errorf("%s is %s (%s), and arrived %d times; the server hung up: %t", r, d.State, d.Error, n, dropped)
		}
	}
	if states[schema.MailSent] < 20 || states[schema.MailFailed] == 0 || states[schema.MailUncertain] == 0 || len(by) != 2 {
		t.Errorf("states %v by %v: the server was to fail in every way, and both were to work", states, by)
	}
}

// The mail server's trouble is told once and told over; a letter's own is not the server's.
func TestTheMailServersTroubleIsKnown(t *testing.T) {
	t.Parallel()
	h := newHouse(t, smtptest.Options{Behaviour: smtptest.At(smtptest.Greeting, smtptest.Refuse("421 closed"))})
	p, _ := h.post(t, sender(t, h.smtp.Config()), quick("a"))
	h.queue(t, "a@example.org")
	eventually(t, func() bool { return p.Health() != nil }, func() string { return "there is no trouble" })
	if err := p.Health(); !strings.HasPrefix(err.Error(), "mail server: since ") || !strings.Contains(err.Error(), h.smtp.Addr()) || !strings.Contains(err.Error(), "421") {
		t.Errorf("the trouble is %v", err)
	}
	h.smtp.SetBehaviour(smtptest.At(smtptest.Recipient, smtptest.Refuse("550 who?")))
	h.await(t, "a@example.org", schema.MailFailed)
	eventually(t, func() bool { return p.Health() == nil }, func() string { return fmt.Sprint("the trouble is not over: ", p.Health()) })
}

// figures are those of a registry, by name and label.
func figures(t *testing.T, reg *prometheus.Registry) map[string]float64 {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			name := f.GetName()
			for _, l := range m.GetLabel() {
				name += " " + l.GetValue()
			}
			all[name] = m.GetCounter().GetValue() + m.GetGauge().GetValue()
		}
	}
	return all
}

// Tries are counted by what came of them, failures by the step; and when a letter was last sent is known, also
// to a process that sent none.
func TestTriesAreCounted(t *testing.T) {
	t.Parallel()
	h := newHouse(t, smtptest.Options{Behaviour: func(a smtptest.Attempt) smtptest.Behaviour {
		switch {
		case a.Step == smtptest.Recipient && a.Recipient == "slow@example.org" && a.Try < 3:
			return smtptest.Refuse("451 4.7.1 later")
		case a.Step == smtptest.Recipient && a.Recipient == "gone@example.org":
			return smtptest.Refuse("550 5.1.1 who?")
		case a.Step == smtptest.Verdict && a.Recipient == "lost@example.org":
			return smtptest.Behaviour{Do: smtptest.Drop}
		}
		return smtptest.Behaviour{}
	}})
	h.queue(t, "slow@example.org", "gone@example.org", "lost@example.org")
	reg, other := prometheus.NewRegistry(), prometheus.NewRegistry()
	o := quick("a")
	o.AckWait = 5 * time.Second
	stop := running(t, post.New(h.js, h.store, sender(t, h.smtp.Config()), slog.New(slog.DiscardHandler), reg, o))
	at := h.await(t, "slow@example.org", schema.MailSent).At
	h.await(t, "gone@example.org", schema.MailFailed)
	h.await(t, "lost@example.org", schema.MailUncertain)
	stop()
	running(t, post.New(h.js, h.store, sender(t, h.smtp.Config()), slog.New(slog.DiscardHandler), other, quick("b")))
	sent := map[string]float64{"xushi_mail_last_sent_timestamp_seconds": float64(at.UnixMilli()) / 1000}
	eventually(t, func() bool { return cmp.Equal(sent, figures(t, other)) }, func() string { return cmp.Diff(sent, figures(t, other)) })
	maps.Copy(sent, map[string]float64{
		"xushi_mail_tries_total queued": 2, "xushi_mail_tries_total sent": 1, "xushi_mail_tries_total failed": 1, "xushi_mail_tries_total uncertain": 1,
		"xushi_mail_failures_total recipient": 3, "xushi_mail_failures_total verdict": 1,
	})
	if diff := cmp.Diff(sent, figures(t, reg)); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// A stop cuts a conversation of which nothing has left, and leaves the letter to the next process.
func TestAStopLeavesTheLetterToTheNext(t *testing.T) {
	t.Parallel()
	reached := make(chan struct{}, 1)
	h := newHouse(t, smtptest.Options{Behaviour: func(a smtptest.Attempt) smtptest.Behaviour {
		if a.Step == smtptest.Sender {
			reached <- struct{}{}
			return smtptest.Behaviour{Do: smtptest.Hang}
		}
		return smtptest.Behaviour{}
	}})
	s := sender(t, h.smtp.Config())
	_, stop := h.post(t, s, quick("a"))
	h.queue(t, "a@example.org")
	<-reached
	stop()
	if d := h.delivery(t, addressOf("a@example.org")); d.State != schema.MailQueued || d.By != "a" {
		t.Errorf("after the stop %+v", d)
	}
	h.smtp.SetBehaviour(nil)
	h.post(t, s, quick("b"))
	if d := h.await(t, "a@example.org", schema.MailSent); d.By != "b" || d.Tries != 2 || h.arrived("a@example.org") != 1 {
		t.Errorf("%+v, %d arrived", d, h.arrived("a@example.org"))
	}
}

// A stop waits for the verdict on a letter that has left.
func TestAStopWaitsForTheVerdict(t *testing.T) {
	t.Parallel()
	reached, goOn := make(chan struct{}), make(chan struct{})
	h := newHouse(t, smtptest.Options{Behaviour: func(a smtptest.Attempt) smtptest.Behaviour {
		if a.Step == smtptest.Verdict {
			close(reached)
			<-goOn
		}
		return smtptest.Behaviour{}
	}})
	p := post.New(h.js, h.store, sender(t, h.smtp.Config()), slog.New(slog.DiscardHandler), prometheus.NewRegistry(), quick("a"))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- p.Run(ctx) }()
	h.queue(t, "a@example.org")
	<-reached
	cancel()
	close(goOn)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if d := h.delivery(t, addressOf("a@example.org")); d.State != schema.MailSent {
		t.Errorf("after the stop %+v", d)
	}
}
