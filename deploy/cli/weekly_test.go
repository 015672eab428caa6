package cli_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// weekly runs `xushi weekly …` and returns what it printed, to both outputs.
func weekly(t *testing.T, args ...string) (string, error) {
	t.Helper()
	out, err := xushi(t.Context(), append([]string{"weekly"}, args...)...).CombinedOutput()
	return string(out), err
}

// A year on the servers of a folder: what became of each week can be listed; a letter that went out, composed
// again from a database that was lost and rebuilt, is the same byte for byte; nothing is written twice, or early.
func TestWeeklyCommands(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	upOnce(t, data)
	natsURL, store := servers(t, data)
	file := filepath.Join(t.TempDir(), "xushi.yaml")
	settings := fmt.Sprintf(`
nats: {url: %q}
clickhouse: {url: %q}
simulation: {allow: true}
letter: {from: xushi@hongqiao.example, recipients: [ducha@hongqiao.example]}
`, natsURL, store+"/progress")
	if err := os.WriteFile(file, []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	history, err := weekly(t, "history", "--nats", natsURL)
	if err != nil || strings.Count(history, "ducha@hongqiao.example 已发") != 27 || !strings.Contains(history, "│ 2024-W07 │ 2024-02-18 08:00 顺延 │ 2024-02-18 08:00 │ 已发 sent │") {
		t.Errorf("history: %v\n%s", err, history)
	}

	ask(t, store, "", "DROP DATABASE progress SYNC")
	replay(t, natsURL, store)
	out := t.TempDir()
	for _, week := range []string{"2024-W01", "2024-W07", "2024-W27"} {
		said, err := weekly(t, "preview", "--config", file, "--week", week, "--recipient", "ducha@hongqiao.example", "--out", out)
		if err != nil {
			t.Fatalf("preview %s: %v\n%s", week, err, said)
		}
		composed, err := filepath.Glob(filepath.Join(out, "*.eml"))
		if err != nil || len(composed) != 1 {
			t.Fatalf("preview %s wrote %v (%v)", week, composed, err)
		}
		again, err := os.ReadFile(composed[0])
		if err != nil {
			t.Fatal(err)
		}
		for id, sent := range lettersOf(t, data) {
			if strings.Contains(id, "."+week+".") && !bytes.Equal(sent, again) {
				t.Errorf("the letter of %s, composed again, is another one", week)
			}
		}
		if err := os.Remove(composed[0]); err != nil {
			t.Fatal(err)
		}
	}

	for _, tt := range []struct {
		args []string
		ok   bool
		says string
	}{
		{[]string{"run", "--config", file}, true, "已有 before  ducha@hongqiao.example（weekly）"},
		{[]string{"run", "--config", file, "--week", "2024-W28"}, false, "due on 2024-07-08 08:00; `xushi weekly preview --week 2024-W28`"},
		{[]string{"run", "--config", file, "--week", "2023-W50"}, false, "plan hongqiao-2024 begins on 2024-01-01"},
		{[]string{"run", "--config", file, "--week", "last"}, false, "is not of the form 2024-W27"},
		{[]string{"run", "--config", file, "--plan", "hexi-2024"}, false, "of hongqiao-2024"},
		{[]string{"run"}, false, "letter.recipients"},
		{[]string{"preview", "--config", file, "--language", "fr"}, false, "must be zh or en"},
		{[]string{"preview", "--config", file, "--language", "en", "--department", "zhujianwei"}, false, "a department's letter is in Chinese"},
		{[]string{"preview", "--config", file, "--week", "2023-W50"}, false, "--week 2023-W50: plan hongqiao-2024 begins on 2024-01-01"},
		{[]string{"preview", "--config", file, "--as-of", "2023-12-31"}, false, "--as-of 2023-12-31: plan hongqiao-2024 begins on 2024-01-01"},
		{[]string{"preview", "--config", file, "--week", "2024-W53"}, false, "2024 has the weeks W01 to W52"},
		{[]string{"preview", "--config", file, "--department", "nobody", "--out", out}, false, "leads nothing"},
		{[]string{"history", "--nats", natsURL, "--plan", "hexi-2024"}, false, "there are: hongqiao-2024"},
		{[]string{"resend", "--nats", natsURL, "--week", "2024-W26", "--reason", "未收到", "--by", "张三"}, false, "failed or is uncertain, so none is sent again"},
		{[]string{"resend", "--nats", natsURL, "--week", "2024-W26", "--reason", "未收到", "--by", "张三", "--recipient", "nobody@hongqiao.example"}, false, "no such letter of 2024-W26"},
		{[]string{"resend", "--nats", natsURL, "--week", "2024-W26", "--reason", "", "--by", ""}, false, "--by and --reason"},
		{[]string{"resend", "--nats", natsURL, "--week", "2024-W26", "--reason", "未收到", "--by", "张三", "--recipient", "ducha@hongqiao.example"}, false, "--force"},
		{[]string{"resend", "--nats", natsURL, "--week", "2024-W26", "--reason", "未收到", "--by", "张三", "--recipient", "ducha@hongqiao.example", "--force"}, true, "重发入队"},
		{[]string{"resend", "--nats", natsURL, "--week", "2024-06", "--reason", "未收到", "--by", "张三"}, false, "has no letter of 2024-06"},
		{[]string{"resend", "--nats", natsURL, "--week", "2024-W40", "--reason", "未收到", "--by", "张三"}, false, "has no letter of 2024-W40"},
		{[]string{"history", "--nats", natsURL}, true, "（weekly-resend-1）待发"},
	} {
		said, err := weekly(t, tt.args...)
		if (err == nil) != tt.ok || !strings.Contains(said, tt.says) {
			t.Errorf("weekly %v: %v, want %q\n%s", tt.args, err, tt.says, said)
		}
	}
}
