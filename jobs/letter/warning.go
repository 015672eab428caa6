package letter

import (
	"errors"
	"fmt"
	"time"

	"xushi/jobs/figures"
	"xushi/schema"
)

// Warning is something about letters that the operator has to know, and to do something about.
type Warning struct {
	Plan   string
	Period string    // of the letters that it is about
	Cause  string    // in one word, for the subject of its message: missed, late, behind, failed, uncertain, calendar
	At     time.Time // when it became known

	Title    string   // what happened, in Chinese: 2024年第27周周报漏发
	English  string   // the same in one English sentence
	Facts    []string // in Chinese: since when, whose letter, what the mail server said
	Advice   string   // in Chinese: what to do
	Commands []string // with which
}

// ComposeWarning writes it to the operator: plain and short, in Chinese with a line of English. There is one of
// a cause and a period.
func ComposeWarning(w Warning) (*Letter, error) {
	if w.Cause == "" || w.Title == "" || w.English == "" || w.Advice == "" {
		return nil, errors.New("compose warning: cause, title, English and advice must be set")
	}
	m := Memo{
		Plan: w.Plan, Period: w.Period, Kind: schema.WarningLetter + w.Cause, AsOf: w.At,
		Subject: fmt.Sprintf("【序时告警】%s（%s）", w.Title, w.Plan),
		Title:   w.Title, About: w.English,
		Facts: []string{"计划 " + w.Plan, "期别 " + w.Period, "发现时间 " + figures.At(w.At) + "（北京时间）"},
		Sections: []Section{
			{Heading: "情况", Words: w.Facts},
			{Heading: "请处理", Words: []string{w.Advice}, Commands: w.Commands},
		},
		Notes: []string{"本函由序时自动发给运维人员，同一事由每期只发一次。 Sent by Xushi to its operator, once per cause and period."},
	}
	if len(w.Facts) == 0 {
		m.Sections = m.Sections[1:]
	}
	return m.Letter()
}
