// Package post sends what the MAIL stream holds, each letter once, and notes what became of it: in the
// key-value bucket, where every process looks before it does anything, and in progress.mail_deliveries, where
// analysts look. Queue is the one way into the stream, Resend the one way in for a letter that was there.
//
// Any number of processes send, and any of them may be killed or paused at any moment, or lose the line to
// NATS, to the store or to the mail server. A letter's note goes
//
//	queued → sending (talking) → sending (data) → sent | failed | uncertain
//
// and every change names the revision that it changes, so that of two processes one goes on and the other
// learns that it must not. "Data" is noted when the mail server has said "go ahead" and before the first byte
// of the letter leaves; a process that cannot note it hangs up, and nothing was delivered. So
//
//   - a letter found in talking was not delivered, whoever talked: it is tried again;
//   - a letter found in data may have been, and only who talked can know: it becomes uncertain, the
//     operator is warned (by package weekly), and it is not sent again by itself (Resend does, marked as such).
//
// A letter of long ago that has no note any more is uncertain too: the bucket was lost, and with it whether the
// letter was sent.
//
// Whoever hears the mail server's answer notes it, also where another has meanwhile taken the letter for
// uncertain. A letter is therefore uncertain only where a process was killed, or the line dropped, between that
// note and the answer. No less is possible: SMTP tells nobody later whether it took a letter, so that whoever
// dies between its yes and noting it leaves something that may be either; and the note comes after the last
// moment at which one may still go back, so that nothing else leaves such a thing.
//
// A mail server that is away, hangs, greylists or answers 4xx is tried again, less and less often, until
// Options.GiveUp; so is one that refuses our password or has no TLS for us, since the operator mends that and
// the letter should not be lost by it. An answer of 5xx to the letter or its addresses is final.
//
// It does not compose, and it does not decide who gets what.
package post
