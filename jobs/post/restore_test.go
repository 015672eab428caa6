package post_test

import (
	"testing"

	"github.com/emersion/go-smtp"

	"xushi/deploy/embedded/enginetest"
)

// A store that was lost has the state of every letter again, but for the words of a refusal.
func TestRestoreCopiesTheStatesAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t, &smtp.SMTPError{Code: 550, Message: "no such user"})
	h.queue(t, "refused@example.org")
	h.queue(t, "sent@example.org")
	h.runUntilSettled(t)
	h.queue(t, "waits@example.org")
	h.Store = enginetest.Store(t)
	if letters, err := h.Restore(t.Context()); err != nil || letters != 2 {
		t.Fatalf("%d letters, %v; want 2", letters, err)
	}
	for recipient, want := range map[string]string{"refused@example.org": "failed", "sent@example.org": "sent"} {
		if state, cause := h.delivery(t, recipient); state != want || cause != "" {
			t.Errorf("%s is %s (%s), want %s", recipient, state, cause, want)
		}
	}
}
