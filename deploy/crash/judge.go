package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"xushi/deploy/embedded/smtptest"
	"xushi/schema"
)

// judgement is what came of every letter.
type judgement struct {
	letters, sent, uncertain, failed int
	missing, doubled                 int
	broken                           map[int]bool // conversations after which nobody can know whether the letter was delivered
	breaches                         []string
}

func (j *judgement) breach(format string, args ...any) {
	j.breaches = append(j.breaches, fmt.Sprintf(format, args...))
}

// judge looks at every letter that there must be or that there is.
func judge(e evidence) *judgement {
	j := &judgement{broken: map[int]bool{}}
	for _, a := range e.expected {
		if _, ok := e.queued[a.Subject()]; !ok {
			j.missing++
			j.breach("%s is not in the MAIL stream", a.Subject())
		}
	}
	known := map[string]bool{}
	for _, subject := range slices.Sorted(maps.Keys(e.queued)) {
		q := e.queued[subject]
		known[q.messageID+q.recipient] = true
		j.letter(e, subject, q)
	}
	for _, l := range e.letters {
		if !known[l.MessageID+l.Recipient] {
			j.breach("the mail server has a letter %s to %s that was never queued", l.MessageID, l.Recipient)
		}
	}
	if j.uncertain > len(j.broken) {
		j.breach("%d letters are uncertain, and only %d conversations were broken", j.uncertain, len(j.broken))
	}
	return j
}

// letter holds what is noted of one letter against what the mail server knows.
func (j *judgement) letter(e evidence, subject string, q queued) {
	d, accepted := e.deliveries[subject], e.accepted(q)
	if q.warning && accepted == 0 && !d.State.Settled() {
		return // of something that happened when the run ended
	}
	j.letters++
	if q.messages != 1 {
		j.breach("%s has %d messages in the MAIL stream", subject, q.messages)
	}
	broken := e.broken(q)
	for _, n := range broken {
		j.broken[n] = true
	}
	switch d.State {
	case schema.MailSent:
		j.sent++
		if accepted == 0 {
			j.missing++
			j.breach("%s is noted as sent, and the mail server does not have it", subject)
		}
	case schema.MailUncertain:
		j.uncertain++
		if len(broken) == 0 {
			j.breach("%s is uncertain, and no conversation about it was broken: %s", subject, d.Error)
		}
	case schema.MailFailed:
		j.failed++
		if accepted > 0 {
			j.breach("%s is noted as failed, and the mail server has it", subject)
		}
		if !e.refused(q) {
			j.breach("%s is noted as failed, and nobody refused it: %s", subject, d.Error)
		}
	default:
		j.missing++
		j.breach("%s is not settled: it is %q (%s), accepted %d times", subject, d.State, d.Error, accepted)
	}
	if accepted > 1 {
		j.doubled++
		j.breach("%s was accepted %d times", subject, accepted)
	}
	if d.State != schema.MailSent && d.State.Settled() && strings.TrimSpace(d.Error) == "" {
		j.breach("%s is %s without a reason", subject, d.State)
	}
	if copied := e.copies[subject]; copied != string(d.State) {
		j.breach("%s is %s, and the store says %q", subject, d.State, copied)
	}
}

// accepted is how often the mail server took a letter.
func (e evidence) accepted(q queued) (times int) {
	for _, l := range e.letters {
		if l.MessageID == q.messageID && l.Recipient == q.recipient {
			times++
		}
	}
	return times
}

// broken are the conversations after which nobody can know whether the letter was delivered: the 354 was
// given, and the line was cut before the reply, or the process was killed before it could note the reply.
// A process that is only stopped for a while hears it yet.
func (e evidence) broken(q queued) (numbers []int) {
	last := map[string]int{} // by process, its last conversation about the letter
	for _, c := range e.conversations {
		if c.Recipient == q.recipient && c.MessageID == q.messageID {
			last[c.Hello] = c.Conversation
		}
	}
	for _, c := range e.conversations {
		if !about(c, q) || c.GoAhead.IsZero() {
			continue
		}
		death, killed := e.deaths[c.Hello]
		killed = killed && death.After(c.GoAhead) && (c.MessageID == "" || last[c.Hello] == c.Conversation)
		if killed || c.Answered.IsZero() || !meansSomething(c.Verdict) {
			numbers = append(numbers, c.Conversation)
		}
	}
	return numbers
}

// about tells whether a conversation was, or may have been, about a letter: of one that was cut before its
// Message-ID came, only the recipient is known.
func about(c smtptest.Conversation, q queued) bool {
	return c.Recipient == q.recipient && (c.MessageID == "" || c.MessageID == q.messageID)
}

func meansSomething(reply string) bool {
	return reply != "" && strings.ContainsRune("2345", rune(reply[0]))
}

// refused tells whether the letter may have failed: the mail server said no for good, or put it off for longer
// than it was tried, or to a process that had been stopped so long that others no longer knew.
func (e evidence) refused(q queued) bool {
	return slices.ContainsFunc(e.conversations, func(c smtptest.Conversation) bool {
		if c.Recipient != q.recipient && c.Recipient != "" {
			return false
		}
		return e.impatient || !e.stalls[c.Hello].IsZero() || slices.ContainsFunc(c.Replies, func(reply string) bool { return reply[0] == '5' })
	})
}
