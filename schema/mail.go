package schema

import (
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Headers of a message of the MAIL stream; its body is the letter as it goes out, byte for byte, or packed.
const (
	MailPlanHeader      = "Xushi-Plan"
	MailPeriodHeader    = "Xushi-Period" // 2024-W27, 2024-06 or 2024-07-01
	MailKindHeader      = "Xushi-Kind"
	MailAsOfHeader      = "Xushi-As-Of"     // the moment that the letter speaks of, RFC 3339
	MailKnownAtHeader   = "Xushi-Known-At"  // what was received later is not in it, RFC 3339
	MailFromHeader      = "Xushi-From"      // envelope sender
	MailRecipientHeader = "Xushi-Recipient" // envelope recipient
	MailMessageIDHeader = "Xushi-Message-Id"
	MailResendOfHeader  = "Xushi-Resend-Of" // subject of the letter that it sends again
	MailReasonHeader    = "Xushi-Reason"    // why it is sent again, and
	MailEncodingHeader  = "Xushi-Encoding"  // MailGzip of a large letter; absent: the body is the letter as it is
	MailByHeader        = "Xushi-By"        // who wanted that; both as RFC 2047 has it, headers being ASCII
)

// MailGzip is the encoding of a letter that is packed.
const MailGzip = "gzip"

// Kinds of letters. Others name what they are about: department-<id>, reminder-<department id>, warning-<what>.
const (
	WeeklyLetter  = "weekly"
	MonthlyLetter = "monthly"
)

// Beginnings of kinds of letters.
const (
	DepartmentLetter = "department-" // and the department's id: the weekly letter's part for it
	ReminderLetter   = "reminder-"   // and the department's id
	WarningLetter    = "warning-"    // and of what: to the operator. That one fails is no reason for another
)

// MailAddress tells a letter from every other.
type MailAddress struct {
	Plan      string
	Period    string // that it speaks of: 2024-W27, 2024-06 (a month) or 2024-07-01 (a day)
	Recipient string // bare address; without regard to case
	Kind      string
}

// Subject is the one subject of a letter, mail.<plan>.<period>.<recipient>.<kind>, and in Bucket the key of
// its delivery. The stream takes one message per subject, for ever, so a letter cannot be queued twice.
func (a MailAddress) Subject() string {
	return "mail." + a.Plan + "." + a.Period + "." + RecipientToken(a.Recipient) + "." + a.Kind
}

// ParseMailSubject reads what Subject wrote; the recipient is in lower case.
func ParseMailSubject(subject string) (a MailAddress, ok bool) {
	tokens := strings.Split(subject, ".")
	if len(tokens) != 5 || tokens[0] != "mail" {
		return a, false
	}
	recipient, ok := recipientOf(tokens[3])
	a = MailAddress{Plan: tokens[1], Period: tokens[2], Recipient: recipient, Kind: tokens[4]}
	return a, ok && a.Validate() == nil
}

var (
	mailPeriod = regexp.MustCompile(`^\d{4}-(W\d{2}|\d{2}|\d{2}-\d{2})$`)
	mailKind   = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?$`) // with any department's id in it
)

// Validate says what keeps the address from being a subject.
func (a MailAddress) Validate() error {
	switch {
	case !IsToken(a.Plan):
		return fmt.Errorf("letter: %q is no plan", a.Plan)
	case !mailPeriod.MatchString(a.Period):
		return fmt.Errorf("letter: period %q is none of 2024-W27, 2024-06, 2024-07-01", a.Period)
	case !mailKind.MatchString(a.Kind):
		return fmt.Errorf("letter: kind %q is not lower-case words with hyphens", a.Kind)
	case a.Recipient == "":
		return fmt.Errorf("letter: nobody is to get it")
	}
	return nil
}

// Resend is the address of the letter as it is sent again for the nth time.
func (a MailAddress) Resend(n int) MailAddress {
	a.Kind = fmt.Sprintf("%s%s%d", a.Original().Kind, resent, n)
	return a
}

// Original is the address of the letter that this one sends again, or its own.
func (a MailAddress) Original() MailAddress {
	if i := strings.LastIndex(a.Kind, resent); i > 0 {
		if _, err := strconv.ParseUint(a.Kind[i+len(resent):], 10, 16); err == nil {
			a.Kind = a.Kind[:i]
		}
	}
	return a
}

const resent = "-resend-"

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

func recipientOf(token string) (string, bool) {
	plain, escaped, more := strings.Cut(token, "=")
	b := []byte(plain)
	for more {
		if len(escaped) < 2 {
			return "", false
		}
		c, err := hex.DecodeString(escaped[:2])
		if err != nil {
			return "", false
		}
		plain, escaped, more = strings.Cut(escaped[2:], "=")
		b = append(append(b, c...), plain...)
	}
	return string(b), RecipientToken(string(b)) == token
}

// Delivery is how far the delivery of a letter is: JSON in Bucket under the letter's subject. It is changed
// by revision only (compare and set), so that of several processes one is right.
type Delivery struct {
	State     MailState `json:"state"`
	Step      MailStep  `json:"step,omitempty"` // of MailSending
	By        string    `json:"by"`             // the process that noted it
	At        time.Time `json:"at"`             // when
	Since     time.Time `json:"since,omitzero"` // when it was first tried
	Tries     int       `json:"tries"`
	Error     string    `json:"error,omitempty"` // of the last try, or why it is failed or uncertain
	MessageID string    `json:"message_id,omitempty"`
	Reason    string    `json:"reason,omitempty"` // why it was sent again, and who wanted that; empty: it was not
}

// MailState is the state of a delivery.
type MailState string

// Mail states. A letter whose delivery has no note is queued.
const (
	MailQueued    MailState = "queued"    // it waits for its first try, or for the next
	MailSending   MailState = "sending"   // a process talks to the mail server
	MailSent      MailState = "sent"      // the mail server has taken it
	MailFailed    MailState = "failed"    // refused for good, or given up; it was not delivered
	MailUncertain MailState = "uncertain" // it may have been delivered: a person decides
)

// Settled tells whether nothing more is done by itself.
func (s MailState) Settled() bool { return s == MailSent || s == MailFailed || s == MailUncertain }

// MailStep is how far a conversation with the mail server is.
type MailStep string

// Steps of a conversation. What is found in MailTalking after a crash was not delivered.
const (
	MailTalking MailStep = "talking" // no byte of the letter has left
	MailData    MailStep = "data"    // noted before the first byte leaves: from here on it may be delivered
)
