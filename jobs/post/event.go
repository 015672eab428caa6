package post

import (
	"fmt"
	"time"

	"xushi/schema"
)

// what happens to a delivery.
type what int

const (
	taken     what = iota // its message came to a process
	forgotten             // likewise, long after it was queued, and there is no note of it
	begun                 // the mail server awaits the letter's first byte
	accepted              // the mail server took the letter
	deferred              // it did not, and may be asked again
	refused               // it did not, and need not be asked again
	lost                  // it did not say, and may have taken it
)

// event happens to a delivery in one try of one process.
type event struct {
	what what
	by   string
	try  int
	at   time.Time
	why  error // of forgotten, deferred, refused and lost
}

// next is what a delivery becomes by an event, and false if that changes nothing: another process has it, or
// there is nothing more to know. It is the whole of the rules in the package comment.
func next(d schema.Delivery, e event) (schema.Delivery, bool) {
	mine := d.State == schema.MailSending && d.By == e.by && d.Tries == e.try
	// Another process that took the letter over in data could not know what came of it; the event tells.
	doubted := d.State == schema.MailUncertain && d.Tries == e.try
	switch {
	case e.what == taken && d.State == schema.MailSending && d.Step == schema.MailData:
		e.why = fmt.Errorf("%s was handing it to the mail server at %s, and was gone before it noted the answer", d.By, d.At.Format(time.RFC3339))
		return became(d, schema.MailUncertain, e), true
	case e.what == forgotten && !d.State.Settled():
		return became(d, schema.MailUncertain, e), true
	case e.what == taken && !d.State.Settled():
		return takenUp(d, e), true
	case e.what == begun && mine && d.Step == schema.MailTalking:
		d.Step, d.At = schema.MailData, e.at
		return d, true
	case e.what == accepted && d.State != schema.MailSent:
		return became(d, schema.MailSent, e), true
	case e.what == deferred && mine:
		return became(d, schema.MailQueued, e), true
	case e.what == refused && mine, e.what == deferred && doubted, e.what == refused && doubted:
		return became(d, schema.MailFailed, e), true
	case e.what == lost && mine:
		return became(d, schema.MailUncertain, e), true
	}
	return d, false
}

func takenUp(d schema.Delivery, e event) schema.Delivery {
	d.State, d.Step, d.By, d.At = schema.MailSending, schema.MailTalking, e.by, e.at
	d.Tries++
	if d.Since.IsZero() {
		d.Since = e.at
	}
	return d
}

func became(d schema.Delivery, state schema.MailState, e event) schema.Delivery {
	d.State, d.Step, d.By, d.At, d.Error = state, "", e.by, e.at, ""
	if e.why != nil {
		d.Error = e.why.Error()
	}
	return d
}
