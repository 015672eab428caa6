package post_test

import (
	"slices"
	"strings"
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

// A bucket that was lost and made anew counts its changes from one again: they are copied all the same.
func TestABucketMadeAnewIsCopied(t *testing.T) {
	t.Parallel()
	h := newHouse(t, smtptest.Options{})
	p, _ := h.post(t, sender(t, h.smtp.Config()), quick("a"))
	h.queue(t, "a@example.org", "b@example.org", "c@example.org")
	copies := func(want string) {
		t.Helper()
		eventually(t, func() bool {
			return slices.ContainsFunc(h.rows(t), func(row string) bool { return strings.Contains(row, want) })
		}, func() string { return want + " is not copied" })
	}
	for _, to := range []string{"a@example.org", "b@example.org", "c@example.org"} {
		h.await(t, to, schema.MailSent)
		copies(to)
	}
	if err := h.js.DeleteKeyValue(t.Context(), schema.Bucket); err != nil {
		t.Fatal(err)
	}
	if err := schema.EnsureStreams(t.Context(), h.js, schema.DefaultStreamOptions()); err != nil {
		t.Fatal(err)
	}
	h.queue(t, "d@example.org")
	h.await(t, "d@example.org", schema.MailSent)
	copies("d@example.org")
	eventually(t, func() bool { return p.Health() == nil }, func() string { return "it is not well" })
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
