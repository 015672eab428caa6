package post_test

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xushi/deploy/embedded/natsdtest"
	"xushi/jobs/post"
	"xushi/schema"
)

// However many processes queue a letter, and however often, there is one, and one of them is told so.
func TestALetterIsQueuedOnce(t *testing.T) {
	t.Parallel()
	js := natsdtest.JetStream(t)
	var fresh atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			ok, err := post.Queue(t.Context(), js, letterTo("督查室 <A@example.org>"))
			if err != nil {
				t.Error(err)
			}
			if ok {
				fresh.Add(1)
			}
		})
	}
	all.Wait()
	stream, err := js.Stream(t.Context(), schema.MailStream)
	if err != nil {
		t.Fatal(err)
	}
	if n := stream.CachedInfo().State.Msgs; n != 1 || fresh.Load() != 1 {
		t.Errorf("%d letters, %d fresh; want one", n, fresh.Load())
	}
}

// What a letter says of itself is what a later reader needs to compose it again.
func TestTheMessageSaysWhatItIs(t *testing.T) {
	t.Parallel()
	js := natsdtest.JetStream(t)
	l := letterTo("督查室 <A@example.org>")
	l.From = "序时 <xushi@example.org>"
	l.AsOf = time.Date(2024, 7, 1, 8, 0, 0, 0, schema.Shanghai)
	l.KnownAt = l.AsOf.Add(-time.Minute)
	if _, err := post.Queue(t.Context(), js, l); err != nil {
		t.Fatal(err)
	}
	stream, err := js.Stream(t.Context(), schema.MailStream)
	if err != nil {
		t.Fatal(err)
	}
	m, err := stream.GetLastMsgForSubject(t.Context(), "mail.plan.2024-W27.a=40example=2Eorg.weekly")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"Xushi-Plan": "plan", "Xushi-Period": "2024-W27", "Xushi-Kind": "weekly", "Xushi-As-Of": "2024-07-01T00:00:00Z",
		"Xushi-Known-At": "2024-06-30T23:59:00Z", "Xushi-From": "xushi@example.org", "Xushi-Recipient": "A@example.org", "Xushi-Message-Id": "<1@example.org>",
	}
	got := map[string]string{}
	for name := range m.Header {
		if strings.HasPrefix(name, "Xushi-") {
			got[name] = m.Header.Get(name)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("headers (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(l.Body, m.Data); diff != "" {
		t.Errorf("body (-want +got)\n%s", diff)
	}
}

// A letter that cannot be one subject, or has nobody to go to, is refused before it is anywhere.
func TestWhatIsNoLetterIsRefused(t *testing.T) {
	t.Parallel()
	js := natsdtest.JetStream(t)
	for name, change := range map[string]func(*post.Letter){
		"recipient": func(l *post.Letter) { l.Recipient = "督查@example.org" },
		"sender":    func(l *post.Letter) { l.From = "序时" },
		"nobody":    func(l *post.Letter) { l.Recipient = "" },
		"period":    func(l *post.Letter) { l.Period = "last week" },
		"kind":      func(l *post.Letter) { l.Kind = "weekly.*" },
		"plan":      func(l *post.Letter) { l.Plan = ">" },
	} {
		l := letterTo("a@example.org")
		change(&l)
		if fresh, err := post.Queue(t.Context(), js, l); err == nil || fresh {
			t.Errorf("%s: fresh %t, %v; want a refusal", name, fresh, err)
		}
	}
}
