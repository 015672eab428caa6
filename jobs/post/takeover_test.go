package post_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"xushi/deploy/embedded/enginetest"
	"xushi/deploy/embedded/natsd"
	"xushi/deploy/embedded/natsdtest"
	"xushi/deploy/embedded/smtptest"
	"xushi/jobs/post"
	"xushi/schema"
)

// note writes a delivery as another process would.
func (h *house) note(t *testing.T, recipient string, d schema.Delivery) {
	t.Helper()
	h.noteOf(t, addressOf(recipient), d)
}

func (h *house) noteOf(t *testing.T, letter schema.MailAddress, d schema.Delivery) {
	t.Helper()
	kv, err := h.js.KeyValue(t.Context(), schema.Bucket)
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := kv.Put(t.Context(), letter.Subject(), body); err != nil {
		t.Fatal(err)
	}
}

// What a process leaves behind that was killed: before the first byte left, the letter goes out; after that it
// is uncertain, once the process had time to show that only its line to NATS was broken.
func TestWhatAKilledProcessLeavesBehind(t *testing.T) {
	t.Parallel()
	store := enginetest.Store(t)
	killed := func(step schema.MailStep, ago time.Duration) schema.Delivery {
		at := time.Now().Add(-ago)
		return schema.Delivery{State: schema.MailSending, Step: step, By: "killed", At: at, Since: at, Tries: 1}
	}
	for name, tt := range map[string]struct {
		left    schema.Delivery
		state   schema.MailState
		tries   int
		arrived int
	}{
		"queued, and the note of that gone": {schema.Delivery{}, schema.MailSent, 1, 1},
		"talking":                           {killed(schema.MailTalking, time.Hour), schema.MailSent, 2, 1},
		"talking a moment ago":              {killed(schema.MailTalking, 0), schema.MailSent, 2, 1},
		"handing over":                      {killed(schema.MailData, time.Hour), schema.MailUncertain, 1, 0},
		"handing over a moment ago":         {killed(schema.MailData, 0), schema.MailUncertain, 1, 0},
		"sent, the message not settled":     {schema.Delivery{State: schema.MailSent, By: "killed", Tries: 1}, schema.MailSent, 1, 0},
		"failed, the message not settled":   {schema.Delivery{State: schema.MailFailed, By: "killed", Tries: 1}, schema.MailFailed, 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := &house{natsdtest.JetStream(t), store, smtptest.Run(t, smtptest.Options{})}
			h.queue(t, "a@example.org")
			if tt.left.State != "" {
				h.note(t, "a@example.org", tt.left)
			} else if kv, err := h.js.KeyValue(t.Context(), schema.Bucket); err != nil || kv.Purge(t.Context(), addressOf("a@example.org").Subject()) != nil {
				t.Fatal("the note stays")
			}
			h.post(t, sender(t, h.smtp.Config()), quick("next"))
			d := h.await(t, "a@example.org", tt.state)
			eventually(t, func() bool { left, err := post.Pending(t.Context(), h.js); return err == nil && left == 0 }, func() string { return "it is not settled" })
			if tt.left.State == "" && d.MessageID != "<1@example.org>" {
				t.Errorf("the letter is %s", d.MessageID)
			}
			if n := h.arrived("a@example.org"); d.Tries != tt.tries || n != tt.arrived {
				t.Errorf("%+v; %d arrived, want %d", d, n, tt.arrived)
			}
			if d.State == schema.MailUncertain && !strings.Contains(d.Error, "killed was handing it to the mail server") {
				t.Errorf("it is uncertain because %q", d.Error)
			}
		})
	}
}

// Where the notes of long ago were lost, and NATS hands out all letters once more, none goes out again: nobody
// knows any more which of them did. One of these days does, without a note too.
func TestLettersWhoseNotesWereLostDoNotGoOutAgain(t *testing.T) {
	t.Parallel()
	store := enginetest.Store(t)
	const day = 24 * time.Hour
	for age, want := range map[time.Duration]schema.MailState{6 * day: schema.MailSent, 8 * day: schema.MailUncertain} {
		t.Run(age.String(), func(t *testing.T) {
			t.Parallel()
			h := &house{natsdtest.JetStream(t), store, smtptest.Run(t, smtptest.Options{})}
			h.queue(t, "a@example.org")
			if err := h.js.DeleteKeyValue(t.Context(), schema.Bucket); err != nil {
				t.Fatal(err)
			}
			if err := schema.EnsureStreams(t.Context(), h.js, schema.DefaultStreamOptions()); err != nil {
				t.Fatal(err)
			}
			o := quick("next")
			o.Clock = func() time.Time { return time.Now().Add(age) }
			h.post(t, sender(t, h.smtp.Config()), o)
			d := h.await(t, "a@example.org", want)
			if sent := want == schema.MailSent; sent != (h.arrived("a@example.org") == 1) || sent != (d.Error == "") || d.MessageID != "<1@example.org>" {
				t.Errorf("%+v; %d arrived", d, h.arrived("a@example.org"))
			}
		})
	}
}

// A process that was paused before the letter's first byte left, and wakes up when another has the letter, does
// not begin. Nothing is delivered by it, and the other's note stays.
func TestAPausedProcessThatLostItsLetterDoesNotBegin(t *testing.T) {
	t.Parallel()
	reached, goOn := make(chan struct{}), make(chan struct{})
	h := newHouse(t, smtptest.Options{Behaviour: func(a smtptest.Attempt) smtptest.Behaviour {
		if a.Step == smtptest.Data {
			close(reached)
			<-goOn
		}
		return smtptest.Behaviour{}
	}})
	o := quick("paused")
	o.AckWait = time.Minute
	_, stop := h.post(t, sender(t, h.smtp.Config()), o)
	h.queue(t, "a@example.org")
	<-reached
	h.note(t, "a@example.org", schema.Delivery{State: schema.MailSending, Step: schema.MailTalking, By: "other", At: time.Now(), Tries: 2})
	close(goOn)
	eventually(t, func() bool { return !h.smtp.Conversations()[0].Ended.IsZero() }, func() string { return "the conversation goes on" })
	stop()
	if d := h.delivery(t, addressOf("a@example.org")); d.By != "other" || d.Step != schema.MailTalking || h.arrived("a@example.org") != 0 {
		t.Errorf("%+v; %d arrived", d, h.arrived("a@example.org"))
	}
}

// Who hears the mail server's verdict knows better than who took the letter for uncertain.
func TestWhoHearsTheVerdictKnows(t *testing.T) {
	t.Parallel()
	store := enginetest.Store(t)
	for verdict, want := range map[string]schema.MailState{
		"250 2.0.0 fine": schema.MailSent, "554 5.7.1 spam": schema.MailFailed, "451 4.3.0 later": schema.MailFailed,
	} {
		t.Run(verdict, func(t *testing.T) {
			t.Parallel()
			reached, goOn := make(chan struct{}), make(chan struct{})
			h := &house{natsdtest.JetStream(t), store, smtptest.Run(t, smtptest.Options{Behaviour: func(a smtptest.Attempt) smtptest.Behaviour {
				if a.Step != smtptest.Verdict {
					return smtptest.Behaviour{}
				}
				close(reached)
				<-goOn
				return smtptest.Refuse(verdict)
			}})}
			o := quick("slow")
			o.AckWait = time.Minute
			h.post(t, sender(t, h.smtp.Config()), o)
			h.queue(t, "a@example.org")
			<-reached
			d := h.delivery(t, addressOf("a@example.org"))
			if d.State != schema.MailSending || d.Step != schema.MailData || d.By != "slow" {
				t.Errorf("while the letter is judged: %+v", d)
			}
			d.State, d.Step, d.By, d.Error = schema.MailUncertain, "", "other", "slow was gone"
			h.note(t, "a@example.org", d)
			close(goOn)
			if d := h.await(t, "a@example.org", want); d.By != "slow" || d.Tries != 1 {
				t.Errorf("%+v", d)
			}
		})
	}
}

// A letter that takes long stays with its process, of which NATS hears all the while.
func TestASlowLetterStaysWithItsProcess(t *testing.T) {
	t.Parallel()
	reached := make(chan struct{})
	h := newHouse(t, smtptest.Options{Behaviour: func(a smtptest.Attempt) smtptest.Behaviour {
		if a.Step == smtptest.Verdict {
			close(reached)
			return smtptest.Behaviour{Delay: 5 * time.Second}
		}
		return smtptest.Behaviour{}
	}})
	s, o := sender(t, h.smtp.Config()), quick("slow")
	o.AckWait = 2 * time.Second
	h.post(t, s, o)
	h.queue(t, "a@example.org")
	<-reached
	o.By = "other"
	h.post(t, s, o)
	if d := h.await(t, "a@example.org", schema.MailSent); d.By != "slow" || d.Tries != 1 || len(h.smtp.Conversations()) != 1 {
		t.Errorf("%+v; %d conversations", d, len(h.smtp.Conversations()))
	}
}

// NATS goes away while a letter is judged, and comes back: who heard the verdict notes it then.
func TestAVerdictIsNotedWhenNATSIsBack(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	server := natsdtest.Start(t, natsd.Options{Dir: dir})
	js := natsdtest.Connect(t, server.URL(), nats.MaxReconnects(-1), nats.ReconnectWait(50*time.Millisecond))
	natsdtest.EnsureStreams(t, js)
	reached, goOn := make(chan struct{}), make(chan struct{})
	h := &house{js, enginetest.Store(t), smtptest.Run(t, smtptest.Options{Behaviour: func(a smtptest.Attempt) smtptest.Behaviour {
		if a.Step == smtptest.Verdict {
			close(reached)
			<-goOn
		}
		return smtptest.Behaviour{}
	}})}
	o := quick("a")
	o.AckWait = time.Minute
	h.post(t, sender(t, h.smtp.Config()), o)
	h.queue(t, "a@example.org")
	<-reached
	at, err := url.Parse(server.URL())
	if err != nil {
		t.Fatal(err)
	}
	natsdtest.Stop(t, server)
	close(goOn)
	if err := h.smtp.Await(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	natsdtest.Start(t, natsd.Options{Dir: dir, Listen: at.Host})
	eventually(t, func() bool { return js.Conn().IsConnected() }, func() string { return "NATS does not come back" })
	if d := h.await(t, "a@example.org", schema.MailSent); d.Tries != 1 || h.arrived("a@example.org") != 1 {
		t.Errorf("%+v; %d arrived", d, h.arrived("a@example.org"))
	}
}
