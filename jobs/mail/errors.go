package mail

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"

	"github.com/emersion/go-smtp"
)

// Step is where in the SMTP conversation a message failed.
type Step string

// Steps of a conversation. Failures up to StepLogin are about this house and its mail server, whatever the
// letter: an operator mends them, so they are never for good.
const (
	StepAddress   Step = "address" // the letter itself, before any conversation
	StepConnect   Step = "connect"
	StepHello     Step = "hello"
	StepTLS       Step = "tls"
	StepLogin     Step = "login"
	StepSender    Step = "sender"
	StepRecipient Step = "recipient"
	StepData      Step = "data"
	StepBegin     Step = "begin"   // ours: the server was ready for the message, we were not
	StepVerdict   Step = "verdict" // everything was sent, the server's answer to it is missing or bad
)

// SendError says why a message was not delivered, as far as we know.
type SendError struct {
	Step      Step
	Code      int  // of the server's answer, such as 550; 0 if there was none
	Retryable bool // sending the same message again may succeed, and cannot deliver it twice
	Uncertain bool // it may have been delivered: no answer came to the whole message
	Err       error
}

// Error names the step and what was known.
func (e *SendError) Error() string {
	verdict := "for good"
	switch {
	case e.Uncertain:
		verdict = "perhaps: it may have been delivered"
	case e.Retryable:
		verdict = "for now"
	}
	return fmt.Sprintf("smtp %s failed (%s): %v", e.Step, verdict, e.Err)
}

// Unwrap gives the cause: a *smtp.SMTPError if the server spoke.
func (e *SendError) Unwrap() error { return e.Err }

// ServerTrouble tells whether the failure is one of the mail server, or of how we are set up for it, rather than
// an answer about this letter.
func (e *SendError) ServerTrouble() bool {
	switch e.Step {
	case StepConnect, StepHello, StepTLS, StepLogin:
		return true
	case StepAddress, StepBegin:
		return false
	default:
		return e.Code == 0 || e.Code == authRequired || e.Code == closing
	}
}

// NeedsOperator tells whether only a change of the configuration, here or at the mail server, can end the trouble.
func (e *SendError) NeedsOperator() bool {
	return e.ServerTrouble() && (e.Code/100 == 5 || e.Code == 0 && (e.Step == StepTLS || e.Step == StepLogin))
}

// IsRetryable tells whether sending the same message again may succeed and cannot deliver it twice.
func IsRetryable(err error) bool {
	e, ok := errors.AsType[*SendError](err)
	return ok && e.Retryable
}

// IsUncertain tells whether the message may have been delivered although its sending failed. A person
// decides then: sending again may deliver it twice, not sending may deliver it never.
func IsUncertain(err error) bool {
	e, ok := errors.AsType[*SendError](err)
	return ok && e.Uncertain
}

const (
	closing      = 421
	authRequired = 530 // what MAIL is answered where we should have logged in: a configuration to mend
)

// failed judges a failure by its step and by what the server answered. To the whole message only 4xx and 5xx say
// that it was not taken; silence, or words that are no answer, leave it open.
func failed(ctx context.Context, step Step, err error) *SendError {
	e := &SendError{Step: step, Err: err}
	if reply, answered := errors.AsType[*smtp.SMTPError](err); answered {
		e.Code = reply.Code
	}
	refused := e.Code/100 == 4 || e.Code/100 == 5
	switch {
	case step == StepVerdict && !refused:
		e.Uncertain = true
	case e.Code/100 == 5:
		e.Retryable = e.ServerTrouble()
	default: // nothing was delivered, and nobody has said "never"
		e.Retryable = true
	}
	switch {
	case ctx.Err() != nil:
		e.Err = fmt.Errorf("%w (%w)", context.Cause(ctx), err)
	case errors.Is(err, os.ErrDeadlineExceeded):
		e.Err = fmt.Errorf("the server does not answer: %w", err)
	case hungUp(err):
		e.Err = fmt.Errorf("the server hung up: %w", err)
	}
	return e
}

func hungUp(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}

// taken tells whether the verdict is a yes in other words than 250.
func taken(err error) bool {
	reply, answered := errors.AsType[*smtp.SMTPError](err)
	return answered && reply.Code/100 == 2
}
