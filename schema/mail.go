package schema

import (
	"fmt"
	"strings"
)

// Headers of a message of the MAIL stream; its body is the letter as it goes out, byte for byte.
const (
	MailPlanHeader      = "Xushi-Plan"
	MailWeekHeader      = "Xushi-Week" // 2024-W27
	MailKindHeader      = "Xushi-Kind"
	MailAsOfHeader      = "Xushi-As-Of"     // the moment that the letter speaks of, RFC 3339
	MailFromHeader      = "Xushi-From"      // envelope sender
	MailRecipientHeader = "Xushi-Recipient" // envelope recipient
	MailMessageIDHeader = "Xushi-Message-Id"
)

// WeeklyLetter is the kind of the weekly letter.
const WeeklyLetter = "weekly"

// MailSubject is the one subject of a letter: mail.<plan>.<week>.<recipient>.<kind>. The stream takes one
// message per subject, for ever, so a letter cannot go out twice.
func MailSubject(plan, week, recipient, kind string) string {
	return "mail." + plan + "." + week + "." + RecipientToken(recipient) + "." + kind
}

// WeekOfMailSubject is the week in a MailSubject.
func WeekOfMailSubject(subject string) string {
	tokens := strings.Split(subject, ".")
	if len(tokens) != 5 {
		return ""
	}
	return tokens[2]
}

// RecipientToken writes an address as one subject token, reversibly: whatever is not a letter, digit or
// hyphen becomes =XX, as in quoted-printable. Addresses are told apart without regard to case.
func RecipientToken(address string) string {
	var b strings.Builder
	for _, c := range []byte(strings.ToLower(address)) {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "=%02X", c)
		}
	}
	return b.String()
}

// MailStateKey is the key, in Bucket, of the state in which a letter's delivery is.
func MailStateKey(plan, week, recipient, kind string) string {
	return MailSubject(plan, week, recipient, kind)
}

// MailState is how far a letter's delivery is.
type MailState string

// Mail states.
const (
	MailSent      MailState = "sent"
	MailFailed    MailState = "failed"    // refused for good
	MailUncertain MailState = "uncertain" // the connection broke after the last byte: a person decides
)
