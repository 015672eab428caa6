package post

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xushi/schema"
)

// Every state of a delivery and every event, seen by the process "me" in its second try: what the delivery
// becomes, or "" where the event changes nothing.
func TestWhatADeliveryBecomes(t *testing.T) {
	t.Parallel()
	type row struct {
		state                                           string
		taken, begun, accepted, deferred, refused, lost string
	}
	for _, tt := range []row{
		// A letter that waits is taken up. Of one that no one is said to send, nothing can be heard but a late yes.
		{state: "queued 1", taken: "talking me 2", accepted: "sent"},
		// One's own conversation goes on, and ends as the mail server says. If the letter's message comes
		// again, nobody else had it, and nothing has left.
		{"talking me 2", "talking me 3", "data me 2", "sent", "queued", "failed", "uncertain"},
		{"data me 2", "uncertain", "", "sent", "queued", "failed", "uncertain"},
		// An older conversation of this process is none of this try's.
		{state: "talking me 3", taken: "talking me 4", accepted: "sent"},
		{state: "data me 3", taken: "uncertain", accepted: "sent"},
		// Another's conversation in which nothing had left is taken over; one in which something may have is not.
		// Who lost its letter to another must not begin, and knows nothing that the other does not, but a yes.
		{state: "talking other 3", taken: "talking me 4", accepted: "sent"},
		{state: "data other 3", taken: "uncertain", accepted: "sent"},
		// What another took for uncertain in this very try, this process knows.
		{state: "uncertain 2", accepted: "sent", deferred: "failed", refused: "failed"},
		{state: "uncertain 3", accepted: "sent"},
		// What is settled stays, but for a yes that was not heard before.
		{state: "failed 2", accepted: "sent"},
		{state: "sent 2"},
	} {
		for what, want := range map[what]string{taken: tt.taken, begun: tt.begun, accepted: tt.accepted, deferred: tt.deferred, refused: tt.refused, lost: tt.lost} {
			was := stateOf(tt.state)
			e := event{what: what, by: "me", try: 2, at: noon}
			if what == deferred || what == refused || what == lost {
				e.why = errors.New("the reason")
			}
			got, changed := next(was, e)
			if changed != (want != "") {
				t.Errorf("%s, event %d: changed %t, becomes %q; want %q", tt.state, what, changed, brief(got), want)
				continue
			}
			if !changed {
				if diff := cmp.Diff(was, got); diff != "" {
					t.Errorf("%s, event %d changes nothing but\n%s", tt.state, what, diff)
				}
				continue
			}
			if brief(got) != want {
				t.Errorf("%s, event %d becomes %q, want %q", tt.state, what, brief(got), want)
			}
			if got.By != "me" || !got.At.Equal(noon) || got.MessageID != was.MessageID || got.Reason != was.Reason {
				t.Errorf("%s, event %d: %+v", tt.state, what, got)
			}
		}
	}
}

var noon = time.Date(2024, 7, 1, 12, 0, 0, 0, schema.Shanghai)

// stateOf reads "talking me 2", or "sent 2".
func stateOf(s string) schema.Delivery {
	d := schema.Delivery{By: "other", At: noon.Add(-time.Minute), Since: noon.Add(-time.Hour), MessageID: "<1@x>", Reason: "r"}
	var word string
	if n, _ := fmt.Sscanf(s, "%s %s %d", &word, &d.By, &d.Tries); n == 3 {
		d.State, d.Step = schema.MailSending, schema.MailStep(word)
		return d
	}
	_, _ = fmt.Sscanf(s, "%s %d", &word, &d.Tries)
	d.State, d.By = schema.MailState(word), "other"
	return d
}

func brief(d schema.Delivery) string {
	if d.State == schema.MailSending {
		return fmt.Sprintf("%s %s %d", d.Step, d.By, d.Tries)
	}
	return string(d.State)
}

// A state says why it is what it is, and forgets that once the letter is sent. The first try is remembered.
func TestADeliverySaysWhy(t *testing.T) {
	t.Parallel()
	d, _ := next(schema.Delivery{State: schema.MailQueued}, event{what: taken, by: "a", at: noon})
	if !d.Since.Equal(noon) || d.Tries != 1 {
		t.Errorf("taken up: %+v", d)
	}
	d, _ = next(d, event{what: deferred, by: "a", try: 1, at: noon.Add(time.Second), why: errors.New("451 later")})
	if d.State != schema.MailQueued || d.Error != "451 later" || d.Step != "" {
		t.Errorf("put off: %+v", d)
	}
	d, _ = next(d, event{what: taken, by: "b", at: noon.Add(time.Minute)})
	if !d.Since.Equal(noon) || d.Tries != 2 || d.Error != "451 later" {
		t.Errorf("taken up again: %+v", d)
	}
	d, _ = next(d, event{what: begun, by: "b", try: 2, at: noon.Add(time.Minute)})
	if d, ok := next(schema.Delivery{State: schema.MailQueued}, event{what: forgotten, by: "a", at: noon, why: errForgotten}); !ok || d.State != schema.MailUncertain || d.Error != errForgotten.Error() {
		t.Errorf("forgotten: %+v", d)
	}
	gone, _ := next(d, event{what: taken, by: "c", at: noon.Add(time.Hour)})
	if want := "b was handing it to the mail server at 2024-07-01T12:01:00+08:00, and was gone before it noted the answer"; gone.Error != want {
		t.Errorf("uncertain because %q, want %q", gone.Error, want)
	}
	d, _ = next(gone, event{what: accepted, by: "b", try: 2, at: noon.Add(time.Hour)})
	if d.State != schema.MailSent || d.Error != "" || d.Tries != 2 {
		t.Errorf("sent: %+v", d)
	}
}
