package mail_test

import (
	"bytes"
	"encoding/base64"
	"flag"
	"io"
	"mime"
	"mime/multipart"
	netmail "net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"xushi/jobs/letter"
	"xushi/jobs/mail"
	"xushi/schema"
)

var update = flag.Bool("update", false, "write the golden files instead of comparing with them")

var asOf = time.Date(2024, 7, 1, 8, 0, 0, 0, schema.Shanghai)

func weekly() *letter.Letter {
	return &letter.Letter{
		Plan: "hongqiao-2024", Period: "2024-W27", Kind: schema.WeeklyLetter, AsOf: asOf,
		Subject:      "【督查进度提示】2024年第27周:严重滞后3 滞后5 逾期1 未报2（模拟数据）",
		Text:         "督查进度提示\n新启动项目建筑面积：84.7万平方米\n",
		HTML:         "<!DOCTYPE html>\n<p>“新启动11个、84.7万平方米项目建设”</p>\n",
		Workbook:     []byte("PK\x03\x04 not a real workbook"),
		WorkbookName: "xushi-hongqiao-2024-2024-W27.xlsx",
	}
}

const (
	from = "序时 <xushi@hq.example.gov.cn>"
	to   = "督查室 <ducha@hq.example.gov.cn>"
)

func build(t *testing.T, l *letter.Letter, from, to string) []byte {
	t.Helper()
	message, err := mail.Build(l, from, to)
	if err != nil {
		t.Fatal(err)
	}
	return message
}

func TestMessageIsAsItWas(t *testing.T) {
	t.Parallel()
	got := build(t, weekly(), from, to)
	path := filepath.Join("testdata", "letter.eml")
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		if err := os.WriteFile(path+".got", got, 0o644); err != nil {
			t.Error(err)
		}
		t.Errorf("%s differs (-want +got); go test -update accepts it:\n%s", path, diff)
	}
}

// A stranger's program, here the standard library, must find every part.
func TestMessageReadsBack(t *testing.T) {
	t.Parallel()
	l := weekly()
	m, err := netmail.ReadMessage(bytes.NewReader(build(t, l, from, to)))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != l.Subject {
		t.Errorf("subject %q, %v; want %q", subject, err, l.Subject)
	}
	if date, err := m.Header.Date(); err != nil || !date.Equal(asOf) {
		t.Errorf("date %s, %v; want %s", date, err, asOf)
	}
	for header, want := range map[string]netmail.Address{
		"From": {Name: "序时", Address: "xushi@hq.example.gov.cn"}, "To": {Name: "督查室", Address: "ducha@hq.example.gov.cn"},
	} {
		got, err := m.Header.AddressList(header)
		if err != nil || len(got) != 1 || *got[0] != want {
			t.Errorf("%s is %v, %v; want %v", header, got, err, want)
		}
	}
	parts := map[string]string{}
	collect(t, m.Header.Get("Content-Type"), m.Body, parts)
	want := map[string]string{
		"text/plain": strings.ReplaceAll(l.Text, "\n", "\r\n"), "text/html": strings.ReplaceAll(l.HTML, "\n", "\r\n"),
		l.WorkbookName: string(l.Workbook),
	}
	if diff := cmp.Diff(want, parts); diff != "" {
		t.Errorf("parts (-want +got):\n%s", diff)
	}
}

func decoded(t *testing.T, header string) string {
	t.Helper()
	text, err := new(mime.WordDecoder).DecodeHeader(header)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// A letter has what it has: a warning is plain text, and a letter without an attachment is not mixed.
func TestALetterHasTheFormsItHas(t *testing.T) {
	t.Parallel()
	text, html := strings.ReplaceAll(weekly().Text, "\n", "\r\n"), strings.ReplaceAll(weekly().HTML, "\n", "\r\n")
	for name, tt := range map[string]struct {
		change    func(*letter.Letter)
		mediaType string
		want      map[string]string
	}{
		"text": {func(l *letter.Letter) { l.HTML, l.Workbook, l.WorkbookName = "", nil, "" }, "text/plain", map[string]string{"text/plain": text}},
		"text and HTML": {func(l *letter.Letter) { l.Workbook, l.WorkbookName = nil, "" }, "multipart/alternative",
			map[string]string{"text/plain": text, "text/html": html}},
		"text and workbook": {func(l *letter.Letter) { l.HTML = "" }, "multipart/mixed",
			map[string]string{"text/plain": text, weekly().WorkbookName: string(weekly().Workbook)}},
	} {
		l := weekly()
		tt.change(l)
		m, err := netmail.ReadMessage(bytes.NewReader(build(t, l, from, to)))
		if err != nil {
			t.Fatal(err)
		}
		body := m.Body
		if m.Header.Get("Content-Transfer-Encoding") == "base64" {
			body = base64.NewDecoder(base64.StdEncoding, body)
		}
		parts := map[string]string{}
		collect(t, m.Header.Get("Content-Type"), body, parts)
		if diff := cmp.Diff(tt.want, parts); diff != "" || !strings.HasPrefix(m.Header.Get("Content-Type"), tt.mediaType) {
			t.Errorf("%s is %s (-want +got)\n%s", name, m.Header.Get("Content-Type"), diff)
		}
	}
}

// Names in Chinese, however long, are encoded words on short lines, and read back.
func TestChineseNamesReadBack(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"督查室", "红桥区人民政府办公室（区政府督查室、区政务服务协调办公室）综合科张三、李四", "\"甲,乙\" <丙>"} {
		address := (&netmail.Address{Name: name, Address: "a@x.cn"}).String()
		m, err := netmail.ReadMessage(bytes.NewReader(build(t, weekly(), address, address)))
		if err != nil {
			t.Fatal(err)
		}
		for _, header := range []string{"From", "To"} {
			got, err := m.Header.AddressList(header)
			if err != nil || len(got) != 1 || got[0].Name != name || got[0].Address != "a@x.cn" {
				t.Errorf("%s of %q is %v, %v", header, name, got, err)
			}
		}
	}
}

// collect gathers the leaves of a message by file name, or by type where there is none.
func collect(t *testing.T, contentType string, body io.Reader, into map[string]string) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(contentType)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(kind, "multipart/") {
		content, err := io.ReadAll(body)
		if err != nil {
			t.Fatal(err)
		}
		into[kind] = string(content)
		return
	}
	r := multipart.NewReader(body, params["boundary"])
	for {
		p, err := r.NextPart()
		if err == io.EOF {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		var content io.Reader = p
		if p.Header.Get("Content-Transfer-Encoding") == "base64" {
			content = base64.NewDecoder(base64.StdEncoding, p)
		}
		if name := p.FileName(); name != "" {
			b, err := io.ReadAll(content)
			if err != nil {
				t.Fatal(err)
			}
			into[name] = string(b)
			continue
		}
		collect(t, p.Header.Get("Content-Type"), content, into)
	}
}

func TestMessageIsPlainASCIIInShortLines(t *testing.T) {
	t.Parallel()
	message := build(t, weekly(), from, to)
	for i, line := range strings.Split(strings.TrimSuffix(string(message), "\r\n"), "\r\n") {
		if longest := map[bool]int{true: 76, false: 998}[strings.Contains(line, "=?")]; len(line) > longest { // RFC 2047, RFC 5322
			t.Errorf("line %d is %d bytes long: %s", i+1, len(line), line)
		}
		for _, b := range []byte(line) {
			if b < ' ' && b != '\t' || b > '~' {
				t.Fatalf("line %d has byte %#x: %q", i+1, b, line)
			}
		}
	}
}

func TestMessageIDTellsLettersApart(t *testing.T) {
	t.Parallel()
	l := weekly()
	id := mail.MessageID(l, from, to)
	if again := mail.MessageID(l, "xushi@hq.example.gov.cn", "ducha@hq.example.gov.cn"); again != id {
		t.Errorf("names beside the addresses count: %s, %s", id, again)
	}
	if m, err := netmail.ReadMessage(bytes.NewReader(build(t, l, from, to))); err != nil || m.Header.Get("Message-ID") != id {
		t.Errorf("the message does not carry %s", id)
	}
	next := weekly()
	next.Period = "2024-W28"
	warning := weekly()
	warning.Kind = schema.WarningLetter + "late"
	elsewhere := weekly()
	elsewhere.Plan = "hexi-2024"
	for _, other := range []string{mail.MessageID(next, from, to), mail.MessageID(warning, from, to), mail.MessageID(elsewhere, from, to), mail.MessageID(l, from, "b@x.cn"), mail.MessageID(l, "b@x.cn", to)} {
		if other == id {
			t.Errorf("two letters share %s", id)
		}
	}
}

func TestHeadersCannotBeInjected(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ from, to, subject, workbook string }{
		"to with a header":        {from, "a@x.cn\r\nBcc: b@x.cn", "s", "w.xlsx"},
		"to with two recipients":  {from, "a@x.cn, b@x.cn", "s", "w.xlsx"},
		"name with a header":      {from, "\"a\r\nBcc: b@x.cn\" <a@x.cn>", "s", "w.xlsx"},
		"from with a header":      {"a@x.cn\nBcc: b@x.cn", to, "s", "w.xlsx"},
		"no address":              {from, "", "s", "w.xlsx"},
		"Chinese address":         {from, "督查@x.cn", "s", "w.xlsx"},
		"subject with a header":   {from, to, "s\r\nBcc: b@x.cn", "w.xlsx"},
		"subject with a body":     {from, to, "s\n\n<b>all is well</b>", "w.xlsx"},
		"file name with a header": {from, to, "s", "w.xlsx\r\nBcc: b@x.cn"},
	} {
		l := weekly()
		l.Subject, l.WorkbookName = tc.subject, tc.workbook
		message, err := mail.Build(l, tc.from, tc.to)
		if err != nil {
			continue // refused: good
		}
		m, err := netmail.ReadMessage(bytes.NewReader(message))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if bytes.Contains(message, []byte("\nBcc:")) || m.Header.Get("Bcc") != "" || strings.Contains(string(message), "\n<b>") {
			t.Errorf("%s went through:\n%s", name, message)
		}
	}
}
