package cli_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"xushi/schema/store"
)

// The command that the letter prints shows the letter's figures, and whoever mistypes it is told what to write.
func TestExplainAsTheLetterSays(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	up := background(t, xushi(t.Context(), "up", "--data", data, "--http-listen", "",
		"--nats-listen", "127.0.0.1:0", "--clickhouse-listen", "127.0.0.1:0", "--smtp-listen", "127.0.0.1:0"))
	if _, err := awaitLine(up, "Running; Ctrl-C ends.", 3*time.Minute); err != nil {
		t.Fatal(err)
	}
	storeAt, _ := up.find("ClickHouse ")
	explain := func(args ...string) string {
		t.Helper()
		out, err := xushi(t.Context(), append(args, "--clickhouse", lastWord(storeAt)+"/progress")...).CombinedOutput()
		if err != nil {
			out = append(out, "\n(failed)"...)
		}
		return string(out)
	}
	_, text := letterOf(t, data, "2024-W27", len(lettersOf(t, data)))
	command := regexp.MustCompile(`xushi explain 指标编号 --as-of \S+`).FindString(text)
	if command == "" {
		t.Fatalf("the letter prints no command:\n%s", text)
	}
	if asked := askedOf(t, lastWord(storeAt)+"/progress"); asked == 0 {
		t.Error("the view questions is empty, though two departments disagree")
	}
	for _, c := range []struct {
		what string
		args []string
		want []string
	}{
		{"as printed", strings.Fields(strings.Replace(command, "指标编号", "new-construction-floor-area", 1))[1:], []string{
			"序时应完成   42.12万平方米（49.73%）", "累计完成     23.35万平方米（27.57%）", "进度差       -22.2 个百分点", "滞后天数     82 天", "进度状态     严重滞后",
			"新启动11个、【84.7万】平方米项目建设", "182 ÷ 366 = 49.73%", "2024年第27周（截至 2024-07-01 08:00）：严重滞后，连续滞后 ", "督办事项     2024-"}},
		{"what disagrees is asked", []string{"explain", "art-troupe-performances", "--as-of", "2024-07-01"}, []string{"数据不一致：区文化和旅游局"}},
		{"all that does not count", []string{"explain", "art-troupe-performances", "--as-of", "2024-07-01", "--all"}, []string{"s1-art-troupe-performances-000148"}},
		{"a part of a name", []string{"explain", "floor-area", "--as-of", "2024-07-01"}, []string{`no measure "floor-area"`, "project-completion-floor-area  ", "new-construction-floor-area  ", "(failed)"}},
		{"a slip of the pen", []string{"explain", "pocket-park-build", "--as-of", "2024-07-01"}, []string{"the nearest are:\n  pocket-parks-built  ", "(failed)"}},
		{"before the plan", []string{"explain", "pocket-parks-built", "--as-of", "2023-12-31", "--known-at", "2024-07-01"}, []string{"runs from 2024-01-01 to 2024-12-31", "(failed)"}},
		{"before anything was known", []string{"explain", "pocket-parks-built", "--as-of", "2024-07-01", "--known-at", "2023-12-31"}, []string{"nothing of plan hongqiao-2024 was known at 2023-12-31 00:00", "(failed)"}},
		{"no such plan", []string{"explain", "pocket-parks-built", "--as-of", "2024-07-01", "--plan", "hongqiao-2023"}, []string{"no version of plan hongqiao-2023", "(failed)"}},
	} {
		out := explain(c.args...)
		for _, want := range c.want {
			if !strings.Contains(out, want) {
				t.Errorf("%s: %q is not in what xushi %s says:\n%s", c.what, want, strings.Join(c.args, " "), out)
			}
		}
	}
}

// askedOf is how many questions the letter's assessment gave rise to, as analysts see them.
func askedOf(t *testing.T, url string) (asked uint64) {
	t.Helper()
	conn, err := store.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }() // everything was read by then
	if err := conn.QueryRow(t.Context(), "SELECT count() FROM questions WHERE plan = 'hongqiao-2024'").Scan(&asked); err != nil {
		t.Fatal(err)
	}
	return asked
}
