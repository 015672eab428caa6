package main

import (
	"math/rand/v2"
	"time"

	"xushi/deploy/embedded/smtptest"
)

// failure is a way in which a mail server fails.
type failure string

const (
	temporary   failure = "refuses for now (4xx)"
	permanent   failure = "refuses for good (5xx)"
	greylisting failure = "greylists"
	hanging     failure = "hangs"
	dropping    failure = "drops the line"
	swallowing  failure = "accepts and drops the line"
	mute        failure = "accepts and hangs"
	babbling    failure = "accepts and babbles"
	slow        failure = "is slow"
)

var failures = []failure{temporary, permanent, greylisting, hanging, dropping, swallowing, mute, babbling, slow}

// mood is how the server is in one conversation: it fails once it comes to a step, or never.
type mood struct {
	failure failure
	at      smtptest.Step
	does    smtptest.Behaviour
}

var everyStep = []smtptest.Step{
	smtptest.Greeting, smtptest.Hello, smtptest.Login, smtptest.Sender, smtptest.Recipient, smtptest.Data, smtptest.Verdict,
}

// patienceOfMoods is after how many conversations a server is in a good mood for ever, so that a run ends.
const patienceOfMoods = 120

// moodOf is the mood of a run's nth conversation.
func moodOf(seed uint64, n int) mood {
	rng := rand.New(rand.NewPCG(seed, uint64(n)))
	if n > patienceOfMoods || rng.IntN(2) == 0 {
		return mood{}
	}
	m := mood{failure: failures[rng.IntN(len(failures))], at: everyStep[rng.IntN(len(everyStep))]}
	switch m.failure {
	case temporary:
		m.does = smtptest.Refuse("451 4.3.0 not now")
	case permanent:
		if rng.IntN(3) > 0 { // or few letters would arrive
			return mood{}
		}
		m.does = smtptest.Refuse("554 5.7.1 never")
	case greylisting:
		m.at, m.does = smtptest.Recipient, smtptest.Refuse("450 4.7.1 greylisted, come back later")
	case hanging:
		m.at, m.does.Do = silent(m.at, rng), smtptest.Hang
	case dropping:
		m.at, m.does.Do = silent(m.at, rng), smtptest.Drop
	case swallowing:
		m.at, m.does = smtptest.Verdict, smtptest.Behaviour{Do: smtptest.Drop, Keep: true}
	case mute:
		m.at, m.does = smtptest.Verdict, smtptest.Behaviour{Do: smtptest.Hang, Keep: true}
	case babbling:
		m.at, m.does = smtptest.Verdict, smtptest.Behaviour{Do: smtptest.Say, Reply: "what was that?", Keep: true}
	case slow:
		m.does.Delay = upTo(rng, 200*time.Millisecond)
	}
	return m
}

// silent is a step, or one at which there is nothing to say.
func silent(at smtptest.Step, rng *rand.Rand) smtptest.Step {
	return []smtptest.Step{at, at, at, smtptest.Body, smtptest.After}[rng.IntN(5)]
}
