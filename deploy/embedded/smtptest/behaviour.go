package smtptest

import (
	"strings"
	"time"
)

// Step is a moment of a conversation at which the server may misbehave.
type Step string

// Steps, in their order.
const (
	Greeting  Step = "greeting"
	Hello     Step = "hello"    // EHLO came; once more after STARTTLS
	StartTLS  Step = "starttls" //
	Login     Step = "login"    //
	Sender    Step = "sender"   // MAIL came
	Recipient Step = "recipient"
	Data      Step = "data"    // DATA came: its answer is 354
	Body      Step = "body"    // the first byte of the letter came; there is nothing to answer
	Verdict   Step = "verdict" // the final dot came
	After     Step = "after"   // the final dot was answered; there is nothing to answer
)

// Attempt is what the server knows when it is to answer.
type Attempt struct {
	Conversation       int    // its number, from 1
	Step               Step   //
	Hello              string // as the client calls itself
	From, Recipient    string
	Try                int    // how often this recipient was asked for by now
	MessageID, Subject string // known from Verdict on; of a letter that was cut, what came of them
}

// Behaviour is what the server does at a step. The zero value does what it should.
type Behaviour struct {
	Delay time.Duration // before anything is done
	Do    Action
	Reply string // with Say
	Keep  bool   // at Verdict, with Drop, Hang or a Say that means neither yes nor no: the letter is accepted all the same
}

// Action is what is done at a step.
type Action int

// Actions.
const (
	Go   Action = iota // answer as one should
	Say                // answer otherwise
	Hang               // say nothing for as long as the client stays
	Drop               // close the connection
)

// Refuse answers with a line such as "451 4.7.1 try later".
func Refuse(reply string) Behaviour { return Behaviour{Do: Say, Reply: reply} }

// instead is what is said where reply should be.
func (b Behaviour) instead(reply string) string {
	if b.Do == Say {
		return b.Reply
	}
	return reply
}

// goesOn tells whether the client may go on after this reply.
func (b Behaviour) goesOn(reply string) bool {
	return b.Do != Hang && b.Do != Drop && (reply == "" || reply[0] == '2' || reply[0] == '3')
}

// accepts tells whether a letter is delivered whose final dot is answered like this.
func (b Behaviour) accepts(reply string) bool {
	switch silent := b.Do == Hang || b.Do == Drop; {
	case !silent && strings.HasPrefix(reply, "2"):
		return true
	case !silent && (strings.HasPrefix(reply, "4") || strings.HasPrefix(reply, "5")):
		return false
	default:
		return b.Keep
	}
}

// At misbehaves at one step of every conversation.
func At(step Step, b Behaviour) func(Attempt) Behaviour {
	return func(a Attempt) Behaviour {
		if a.Step != step {
			return Behaviour{}
		}
		return b
	}
}

// Greylist puts every recipient off for so many tries.
func Greylist(tries int) func(Attempt) Behaviour {
	return func(a Attempt) Behaviour {
		if a.Step == Recipient && a.Try <= tries {
			return Refuse("451 4.7.1 greylisted, try later")
		}
		return Behaviour{}
	}
}
