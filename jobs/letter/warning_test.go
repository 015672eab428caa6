package letter_test

import (
	"strings"
	"testing"
	"time"

	"xushi/jobs/letter"
	"xushi/schema"
)

func uncertain() letter.Warning {
	return letter.Warning{
		Plan: "hongqiao-2024", Period: "2024-W27", Cause: "uncertain", At: time.Date(2024, time.July, 1, 8, 2, 0, 0, schema.Shanghai),
		Title:   "2024年第27周周报是否送达不明",
		English: "Whether the letter of 2024-W27 reached one mailbox is not known: the line broke after its text was sent.",
		Facts:   []string{"收件人 ducha@hongqiao.example：连接在正文发出之后、服务器答复之前中断（read: connection reset by peer）。"},
		Advice:  "请向收件人核实；确未收到的再重发。程序不会自行重发，以免重复。",
		Commands: []string{
			`xushi weekly resend --week 2024-W27 --recipient ducha@hongqiao.example --reason "" --by ""`,
		},
	}
}

func TestWarningSaysWhatHappenedAndWhatToDo(t *testing.T) {
	t.Parallel()
	l, err := letter.ComposeWarning(uncertain())
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "warning.html", l.HTML)
	golden(t, "warning.txt", l.Subject+"\n\n"+l.Text)
	if l.Kind != "warning-uncertain" || l.Period != "2024-W27" || l.Workbook != nil {
		t.Errorf("%s of %s, with a workbook of %d bytes", l.Kind, l.Period, len(l.Workbook))
	}
	if command := uncertain().Commands[0]; !strings.Contains(l.Text, "\n    "+command+"\n") {
		t.Errorf("the command %q does not stand alone on a line:\n%s", command, l.Text)
	}
}

func TestWarningNeedsItsWords(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(*letter.Warning){
		"no cause": func(w *letter.Warning) { w.Cause = "" }, "no title": func(w *letter.Warning) { w.Title = "" },
		"no English": func(w *letter.Warning) { w.English = "" }, "no advice": func(w *letter.Warning) { w.Advice = "" },
		"no plan": func(w *letter.Warning) { w.Plan = "" }, "no moment": func(w *letter.Warning) { w.At = time.Time{} },
	} {
		w := uncertain()
		spoil(&w)
		if _, err := letter.ComposeWarning(w); err == nil {
			t.Errorf("%s: it was composed", name)
		}
	}
}

// Mail servers' words are others' words.
func TestWarningsOfHostileServersStayWords(t *testing.T) {
	t.Parallel()
	w := uncertain()
	w.Facts = []string{"550 <script>alert(1)</script>\n序时告警\n一切正常"}
	l, err := letter.ComposeWarning(w)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(l.HTML, "<script") || strings.Contains(l.Text, "\n序时告警") {
		t.Errorf("the server's words became ours:\n%s", l.Text)
	}
}
