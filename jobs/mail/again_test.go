package mail_test

import (
	"bytes"
	netmail "net/mail"
	"strings"
	"testing"

	"xushi/jobs/mail"
)

// A message sent again is the same but for its header, in which it says what it is; so is one of a letter that is
// but text.
func TestAMessageSentAgainHasTheSameBody(t *testing.T) {
	t.Parallel()
	plain := weekly()
	plain.HTML, plain.Workbook, plain.WorkbookName = "", nil, ""
	for name, message := range map[string][]byte{"whole": build(t, weekly(), from, to), "plain": build(t, plain, from, to)} {
		again, id, err := mail.Again(message, mail.Resending{Number: 2, Reason: "收件人称未收到\r\nBcc: b@x.cn", By: "张三"})
		if err != nil {
			t.Fatal(err)
		}
		_, before, _ := bytes.Cut(message, []byte("\r\n\r\n"))
		_, after, _ := bytes.Cut(again, []byte("\r\n\r\n"))
		if !bytes.Equal(before, after) {
			t.Errorf("%s: the body changed", name)
		}
		first, err := netmail.ReadMessage(bytes.NewReader(message))
		if err != nil {
			t.Fatal(err)
		}
		m, err := netmail.ReadMessage(bytes.NewReader(again))
		if err != nil {
			t.Fatal(err)
		}
		of := first.Header.Get("Message-Id")
		want := map[string]string{
			"Message-Id": id, "References": of, "Xushi-Resend-Of": of, "Xushi-By": "张三", "Bcc": "",
			"Subject": "【重发】" + weekly().Subject, "Xushi-Reason": "收件人称未收到\r\nBcc: b@x.cn",
		}
		for _, same := range []string{"From", "To", "Date", "Content-Type", "Content-Transfer-Encoding", "Mime-Version", "Auto-Submitted"} {
			want[same] = decoded(t, first.Header.Get(same))
		}
		for header, value := range want {
			if got := decoded(t, m.Header.Get(header)); got != value {
				t.Errorf("%s: %s is %q, want %q", name, header, got, value)
			}
		}
		if !strings.HasSuffix(id, ".resend-2@hq.example.gov.cn>") || id == of {
			t.Errorf("%s: the id is %s", name, id)
		}
	}
}

func TestWhatHasNoIdIsNotSentAgain(t *testing.T) {
	t.Parallel()
	for _, message := range []string{"", "no header", "Subject: s\r\n\r\nbody\r\n", "Message-ID: <1>\r\n\r\nbody\r\n"} {
		if again, _, err := mail.Again([]byte(message), mail.Resending{Number: 1}); err == nil {
			t.Errorf("%q is sent again as %q", message, again)
		}
	}
}
