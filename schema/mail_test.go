package schema_test

import (
	"testing"

	"xushi/schema"
)

func TestMailSubjectReadsBack(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		address schema.MailAddress
		subject string
	}{
		{schema.MailAddress{"p-2024", "2024-W27", "a.b+c_d@example.org", schema.WeeklyLetter}, "mail.p-2024.2024-W27.a=2Eb=2Bc=5Fd=40example=2Eorg.weekly"},
		{schema.MailAddress{"p", "2024-06", "a@x", schema.MonthlyLetter}, "mail.p.2024-06.a=40x.monthly"},
		{schema.MailAddress{"p", "2024-07-01", "a=b@x", schema.ReminderLetter + "zhujianwei"}, "mail.p.2024-07-01.a=3Db=40x.reminder-zhujianwei"},
		{schema.MailAddress{"p", "2024-W27", "a@x", schema.DepartmentLetter + "zhu--jian"}, "mail.p.2024-W27.a=40x.department-zhu--jian"}, // an id that the ledger admits
	} {
		if got := tt.address.Subject(); got != tt.subject {
			t.Errorf("%+v is %s, want %s", tt.address, got, tt.subject)
		}
		if got, ok := schema.ParseMailSubject(tt.subject); !ok || got != tt.address {
			t.Errorf("%s reads as %+v, %t; want %+v", tt.subject, got, ok, tt.address)
		}
	}
}

func TestOnlyLettersHaveAMailSubject(t *testing.T) {
	t.Parallel()
	for _, subject := range []string{
		"", "mail", "mail.p.2024-W27.a.weekly.more", "post.p.2024-W27.a.weekly", "mail.P.2024-W27.a.weekly",
		"mail.p.2024-27.a=.weekly", "mail.p.2024-W27..weekly", "mail.p.2024-W27.a=4.weekly", "mail.p.2024-W27.a=zz.weekly",
		"mail.p.2024-W27.a=61.weekly" /* a needs no escape */, "mail.p.2024-W27.a.Weekly", "mail.p.2024-W27.a.weekly-", "mail.p.2024-W7.a.weekly",
	} {
		if a, ok := schema.ParseMailSubject(subject); ok {
			t.Errorf("%q reads as %+v", subject, a)
		}
	}
}

// A letter sent again is a letter of its own; sent again once more it is another one, of the same original.
func TestALetterSentAgainNamesItsOriginal(t *testing.T) {
	t.Parallel()
	letter := schema.MailAddress{"p", "2024-W27", "a@x", schema.DepartmentLetter + "resend-office"}
	first := letter.Resend(1)
	second := first.Resend(2)
	if first.Kind != "department-resend-office-resend-1" || second.Kind != "department-resend-office-resend-2" {
		t.Errorf("resends are of kinds %s and %s", first.Kind, second.Kind)
	}
	for _, a := range []schema.MailAddress{letter, first, second} {
		if a.Original() != letter || a.Validate() != nil {
			t.Errorf("the original of %+v is %+v; valid: %v", a, a.Original(), a.Validate())
		}
	}
}
