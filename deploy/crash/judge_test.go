package main

import (
	"strings"
	"testing"
	"time"

	"xushi/deploy/embedded/smtptest"
	"xushi/schema"
)

// good is the evidence of one letter that went out as it should.
func good() evidence {
	a := schema.MailAddress{Plan: "plan", Period: "2024-W27", Recipient: "a@example.org", Kind: schema.WeeklyLetter}
	began := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	return evidence{
		expected:   []schema.MailAddress{a},
		queued:     map[string]queued{a.Subject(): {messages: 1, recipient: a.Recipient, messageID: "<1@example.org>"}},
		deliveries: map[string]schema.Delivery{a.Subject(): {State: schema.MailSent}},
		copies:     map[string]string{a.Subject(): "sent"},
		letters:    []smtptest.Letter{{Conversation: 1, Recipient: a.Recipient, MessageID: "<1@example.org>"}},
		conversations: []smtptest.Conversation{{
			Attempt: smtptest.Attempt{Conversation: 1, Hello: "life-1", Recipient: a.Recipient, MessageID: "<1@example.org>"},
			GoAhead: began.Add(time.Second), Answered: began.Add(2 * time.Second), Verdict: "250 fine", Replies: []string{"220 x", "250 fine"},
		}},
		deaths: map[string]time.Time{}, stalls: map[string]time.Time{},
	}
}

// The judge has to find whatever is wrong with one letter, and to let pass what cannot be helped.
func TestTheJudge(t *testing.T) {
	t.Parallel()
	const subject = "mail.plan.2024-W27.a=40example=2Eorg.weekly"
	becomes := func(e *evidence, s schema.MailState, why string) {
		e.deliveries[subject] = schema.Delivery{State: s, Error: why}
		e.copies[subject] = string(s)
	}
	for name, tc := range map[string]struct {
		change func(*evidence)
		breach string // "": none
	}{
		"all is well":  {func(*evidence) {}, ""},
		"never queued": {func(e *evidence) { e.queued = nil; e.letters = nil }, "not in the MAIL stream"},
		"queued twice": {func(e *evidence) {
			e.queued[subject] = queued{messages: 2, recipient: "a@example.org", messageID: "<1@example.org>"}
		}, "has 2 messages"},
		"sent by none":  {func(e *evidence) { e.letters = nil }, "does not have it"},
		"sent twice":    {func(e *evidence) { e.letters = append(e.letters, e.letters[0]) }, "accepted 2 times"},
		"of a stranger": {func(e *evidence) { e.letters[0].MessageID = "<2@example.org>" }, "never queued"},
		"not settled":   {func(e *evidence) { becomes(e, schema.MailSending, "") }, "not settled"},
		"a warning's time is not come": {func(e *evidence) {
			becomes(e, schema.MailQueued, "")
			e.letters, e.queued[subject] = nil, queued{messages: 1, recipient: "a@example.org", messageID: "<1@example.org>", warning: true}
		}, ""},
		"the store says otherwise": {func(e *evidence) { e.copies[subject] = "uncertain" }, `the store says "uncertain"`},

		"uncertain for no reason":      {func(e *evidence) { becomes(e, schema.MailUncertain, "why") }, "no conversation about it was broken"},
		"uncertain without an answer":  {func(e *evidence) { becomes(e, schema.MailUncertain, "why"); e.conversations[0].Answered = time.Time{} }, ""},
		"uncertain after babble":       {func(e *evidence) { becomes(e, schema.MailUncertain, "why"); e.conversations[0].Verdict = "what?" }, ""},
		"uncertain and not a word why": {func(e *evidence) { becomes(e, schema.MailUncertain, ""); e.conversations[0].Answered = time.Time{} }, "without a reason"},
		"uncertain after a kill": {func(e *evidence) {
			becomes(e, schema.MailUncertain, "why")
			e.deaths["life-1"] = e.conversations[0].Answered.Add(time.Second)
		}, ""},
		"uncertain after another's kill": {func(e *evidence) {
			becomes(e, schema.MailUncertain, "why")
			e.deaths["life-2"] = e.conversations[0].Answered.Add(time.Second)
		}, "no conversation about it was broken"},
		"uncertain after a kill before the 354": {func(e *evidence) {
			becomes(e, schema.MailUncertain, "why")
			e.deaths["life-1"] = e.conversations[0].GoAhead.Add(-time.Second)
		}, "no conversation about it was broken"},

		"failed, and it is there": {func(e *evidence) { becomes(e, schema.MailFailed, "why") }, "the mail server has it"},
		"failed unrefused":        {func(e *evidence) { becomes(e, schema.MailFailed, "why"); e.letters = nil }, "nobody refused it"},
		"failed and refused": {func(e *evidence) {
			becomes(e, schema.MailFailed, "why")
			e.letters, e.conversations[0].Replies = nil, []string{"220 x", "550 no"}
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := good()
			tc.change(&e)
			found := strings.Join(judge(e).breaches, "\n")
			if tc.breach == "" && found != "" || !strings.Contains(found, tc.breach) {
				t.Errorf("found %q, want %q", found, tc.breach)
			}
		})
	}
}
