package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"xushi/jobs/calendar"
	"xushi/jobs/letter"
	"xushi/jobs/mail"
	"xushi/schema"
)

// Letter is when letters go out, and to whom.
type Letter struct {
	At          string              `koanf:"at"`          // hour of the letter's day, Asia/Shanghai; default "08:00". The day is Monday, or the week's next working day
	Assess      string              `koanf:"assess"`      // cron, Asia/Shanghai, of the assessments for the views; default "5 * * * *", hourly
	From        string              `koanf:"from"`        // sender's address
	Recipients  []string            `koanf:"recipients"`  // of the weekly letter; at least one for the jobs role
	English     []string            `koanf:"english"`     // those of recipients who get it in English; default none
	Departments map[string][]string `koanf:"departments"` // addresses by department, which get its own tasks and its reminders; default none
	Operator    string              `koanf:"operator"`    // who is warned when a letter is missed, late, refused or uncertain; default nobody
	Monthly     bool                `koanf:"monthly"`     // a bulletin of the month before, on a month's first working day; default false
	Calendar    string              `koanf:"calendar"`    // YAML file that adds years to the built-in holidays; default none
	Grace       time.Duration       `koanf:"grace"`       // how long after its moment a letter is still written; default 96h
	Wait        time.Duration       `koanf:"wait"`        // how long a letter waits for the ingest to store what had arrived by its moment; default 30m
	LateAfter   time.Duration       `koanf:"late_after"`  // after which a letter that is not sent everywhere is late; default 2h
	GiveUp      time.Duration       `koanf:"give_up"`     // how long a letter that a mail server puts off is tried; default 72h
	RemindDays  int                 `koanf:"remind_days"` // days before a report is due on which its department is reminded; 0: never; default 3
	BoardURL    string              `koanf:"board_url"`   // default none
}

func defaultLetter() Letter {
	return Letter{
		At: "08:00", Assess: "5 * * * *", From: "xushi@localhost",
		Grace: 96 * time.Hour, Wait: 30 * time.Minute, LateAfter: 2 * time.Hour, GiveUp: 72 * time.Hour, RemindDays: 3,
	}
}

// Hour is how long after midnight letters go out.
func (l *Letter) Hour() (time.Duration, error) {
	at, err := time.Parse("15:04", l.At)
	if err != nil {
		return 0, fmt.Errorf("%q is no hour of the day; write it as \"08:00\"", l.At)
	}
	return time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute, nil
}

// Daily is Hour as a cron expression.
func (l *Letter) Daily() string {
	hour, _ := l.Hour() // Validate has refused another
	return fmt.Sprintf("%d %d * * *", int(hour.Minutes())%60, int(hour.Hours()))
}

// Hourly is Daily, and every hour besides: a machine that slept through the hour of letters does not leave them
// until the next day.
func (l *Letter) Hourly() string {
	minute, _, _ := strings.Cut(l.Daily(), " ")
	return minute + " * * * *"
}

func (l *Letter) validate(wrong func(key, format string, args ...any)) {
	if _, err := l.Hour(); err != nil {
		wrong("letter.at", "%v", err)
	}
	if strings.TrimSpace(l.Assess) == "" || strings.Contains(l.Assess, "TZ=") {
		wrong("letter.assess", "%q must be a cron expression without a time zone (it is Asia/Shanghai), such as \"5 * * * *\"", l.Assess)
	} else if _, err := cron.ParseStandard(l.Assess); err != nil {
		wrong("letter.assess", "%q: %v", l.Assess, err)
	}
	l.validateAddresses(wrong)
	l.validateSpans(wrong)
	if _, err := calendar.Load(l.Calendar); err != nil {
		each("letter.calendar", err, wrong)
	}
	if err := letter.CheckBoardURL(l.BoardURL); err != nil {
		wrong("letter.board_url", "%v", err)
	}
}

func (l *Letter) validateAddresses(wrong func(key, format string, args ...any)) {
	if _, err := mail.Address(l.From); err != nil {
		wrong("letter.from", "%v", err)
	}
	if len(l.Recipients) == 0 {
		wrong("letter.recipients", "is empty; the jobs role needs at least one address to write to")
	}
	recipients := mailboxes("letter.recipients", l.Recipients, wrong)
	for mailbox := range mailboxes("letter.english", l.English, wrong) {
		if !recipients[mailbox] {
			wrong("letter.english", "%s is none of letter.recipients; name it there too", mailbox)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(l.Departments)) {
		key := "letter.departments." + id
		if !schema.IsToken(id) {
			wrong(key, "%q cannot be the id of a department", id)
		}
		if len(l.Departments[id]) == 0 {
			wrong(key, "is empty; name an address, or leave the department out")
		}
		mailboxes(key, l.Departments[id], wrong)
	}
	if l.Operator != "" {
		if _, err := mail.Address(l.Operator); err != nil {
			wrong("letter.operator", "%v", err)
		}
	}
}

// mailboxes are the addresses of a list without names and regard to case, each of which may be there once.
func mailboxes(key string, list []string, wrong func(key, format string, args ...any)) map[string]bool {
	seen := map[string]bool{}
	for i, r := range list {
		address, err := mail.Address(r)
		switch mailbox := strings.ToLower(address); {
		case err != nil:
			wrong(fmt.Sprintf("%s[%d]", key, i), "%v", err)
		case seen[mailbox]:
			wrong(fmt.Sprintf("%s[%d]", key, i), "%s is named twice", address)
		default:
			seen[mailbox] = true
		}
	}
	return seen
}

func (l *Letter) validateSpans(wrong func(key, format string, args ...any)) {
	for _, s := range []struct {
		key         string
		span        time.Duration
		least, most time.Duration
	}{
		{"letter.grace", l.Grace, time.Hour, 7 * 24 * time.Hour},
		{"letter.wait", l.Wait, 0, 12 * time.Hour},
		{"letter.late_after", l.LateAfter, time.Minute, 7 * 24 * time.Hour},
		{"letter.give_up", l.GiveUp, time.Minute, 30 * 24 * time.Hour},
	} {
		if s.span < s.least || s.span > s.most {
			wrong(s.key, "%s is not between %s and %s", s.span, s.least, s.most)
		}
	}
	if l.Wait >= l.Grace {
		wrong("letter.wait", "%s is no shorter than letter.grace, %s: a letter would be missed while it waits", l.Wait, l.Grace)
	}
	if l.RemindDays < 0 || l.RemindDays > 31 {
		wrong("letter.remind_days", "%d is not between 0 and 31", l.RemindDays)
	}
}
