package post_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"xushi/deploy/embedded/enginetest"
	"xushi/deploy/embedded/smtptest"
	"xushi/jobs/post"
	"xushi/schema"
)

// A store that was lost has every delivery again as it was, with what went wrong on the way.
func TestRestoreCopiesTheDeliveriesAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t, smtptest.Options{Behaviour: func(a smtptest.Attempt) smtptest.Behaviour {
		switch {
		case a.Step != smtptest.Recipient:
		case a.Recipient == "refused@example.org":
			return smtptest.Refuse("550 5.1.1 no such user")
		case a.Recipient == "slow@example.org" && a.Try < 3:
			return smtptest.Refuse("451 4.7.1 later")
		}
		return smtptest.Behaviour{}
	}})
	_, stop := h.post(t, sender(t, h.smtp.Config()), quick("a"))
	h.queue(t, "refused@example.org", "slow@example.org")
	h.await(t, "refused@example.org", schema.MailFailed)
	h.await(t, "slow@example.org", schema.MailSent)
	stop()
	h.queue(t, "waits@example.org")
	if _, err := post.Restore(t.Context(), h.js, h.store); err != nil { // the letter that nobody copied yet
		t.Fatal(err)
	}
	before := h.rows(t)
	h.store = enginetest.Store(t)
	if letters, err := post.Restore(t.Context(), h.js, h.store); err != nil || letters != 3 {
		t.Fatalf("%d letters, %v; want 3", letters, err)
	}
	if diff := cmp.Diff(before, h.rows(t)); diff != "" || len(before) < 6 {
		t.Errorf("%d rows before (-before +restored)\n%s", len(before), diff)
	}
}

// rows are the copies of deliveries.
func (h *house) rows(t *testing.T) (rows []string) {
	t.Helper()
	result, err := h.store.Query(t.Context(), "SELECT toString(tuple(*)) FROM mail_deliveries FINAL ORDER BY revision")
	if err != nil {
		t.Fatal(err)
	}
	for result.Next() {
		var row string
		if err := result.Scan(&row); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, row)
	}
	if err := result.Err(); err != nil {
		t.Fatal(err)
	}
	return rows
}
