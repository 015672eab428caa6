package cli_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// installation is a running `xushi up`, and the command line beside it.
type installation struct {
	t           *testing.T
	store, both []string // flags that say where its servers are
	stop        func()
}

// install starts one on a folder, up to a moment of the simulated year.
func install(t *testing.T, data, asOf string) *installation {
	t.Helper()
	ctx, kill := context.WithCancel(t.Context())
	up := background(t, xushi(ctx, "up", "--data", data, "--as-of", asOf, "--http-listen", "",
		"--nats-listen", "127.0.0.1:0", "--clickhouse-listen", "127.0.0.1:0", "--smtp-listen", "127.0.0.1:0"))
	if _, err := awaitLine(up, "Running; Ctrl-C ends.", 5*time.Minute); err != nil {
		t.Fatal(err)
	}
	natsAt, _ := up.find("NATS ")
	storeAt, _ := up.find("ClickHouse ")
	store := []string{"--clickhouse=" + lastWord(storeAt) + "/progress"}
	return &installation{t, store, append(store, "--nats="+lastWord(natsAt)), func() { kill(); <-up.done }}
}

// run runs a command, which must print something.
func (i *installation) run(want string, servers []string, args ...string) string {
	i.t.Helper()
	out, err := xushi(i.t.Context(), append(args, servers...)...).CombinedOutput()
	if !strings.Contains(string(out), want) {
		i.t.Errorf("xushi %s: %v, want %q in\n%s", strings.Join(args, " "), err, want, out)
	}
	return string(out)
}

// numbered is the number of the item in the first row of a list that says something.
func numbered(t *testing.T, list, says string) string {
	t.Helper()
	for line := range strings.Lines(list) {
		if cells := strings.Split(line, "│"); len(cells) > 2 && strings.Contains(line, says) && strings.TrimSpace(cells[1]) != "" {
			return strings.TrimSpace(cells[1])
		}
	}
	t.Fatalf("no item that says %s in\n%s", says, list)
	return ""
}

// What lags is followed by number; what the office does about it shows with the next letter.
func TestItemsFromOneLetterToTheNext(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	first := install(t, data, "2024-07-01 08:00")
	list := first.run("截至 2024-07-01 08:00（2024-W27周报） · 模拟数据", first.store, "items", "list")
	area := numbered(t, list, "新启动11个")
	life := first.run("新启动11个、84.7万平方米项目建设", first.store, "items", "show", area)
	for _, want := range []string{"new-construction-floor-area", "│ 逾期未答复 │", "│ 已答复", "下一步措施：", "│ 2024-W27 │"} {
		if !strings.Contains(life, want) {
			t.Errorf("the life of %s lacks %q:\n%s", area, want, life)
		}
	}
	first.run("没有符合条件的督办事项", first.store, "items", "list", "--state", "verified")
	first.run(area, first.store, "items", "list", "--department", "zhujianwei", "--all")
	first.run(`no department "nobody"`, first.store, "items", "list", "--department", "nobody")
	first.run("must be one of escalated, open", first.store, "items", "list", "--state", "lost")
	first.run(`has no supervision item "2024-999"`, first.store, "items", "show", "2024-999")

	why := []string{"--by", "督查室张三", "--reason", "区长办公会议定", "--at", "2024-07-02 09:00"}
	act := func(want string, args ...string) { t.Helper(); first.run(want, first.both, append(args, why...)...) }
	first.run("has been simulated up to 2024-07-01 08:00", first.both, "items", "close", area, "--by", "a", "--reason", "b", "--at", "2024-06-30")
	act("下期周报起生效", "items", "close", area)
	act("was closed before, which shows with the next letter", "items", "close", area)
	act("has no supervision item", "items", "close", "2024-999")
	act("新启动建设项目建筑面积（new-construction-floor-area）：目标值 84.7万平方米", "verify", area, "--evidence", "验收单")
	act("the nearest commitments are:\n  peach-wharf", "verify", "peach", "--evidence", "验收单")
	act("evidence 1 must be one line", "verify", "peach-festival", "--evidence", "a\nb")
	act("下期周报起销号", "verify", "peach-festival", "--evidence", "活动总结", "--evidence", "照片")
	act("was verified before", "verify", "peach-festival", "--evidence", "活动总结")

	extend := func(want string, args ...string) {
		t.Helper()
		first.run(want, first.both[1:], append(append([]string{"extend"}, args...), append(why, "--approver", "李副区长")...)...)
	}
	street := []string{"waterlogging-areas", "--item", "tuanjie-lu", "--until", "2024-07-20"}
	extend("│ 截至 2024-07-02 序时应完成 │ 1个（33.3%）", append(street, "--dry-run")...)
	extend("批准人李副区长", street...)
	extend("is planned by 2024-07-20 already", street...)
	extend("would be earlier, which is no extension and must be asked for: --shorten", append(street[:3:3], "--until", "2024-06-01")...)
	extend("the nearest are:", "waterlogging", "--until", "2024-12-20")
	extend("out of the plan's reach", "waterlogging-areas", "--until", "2025-07-20")
	extend(`no stage or item "nothing"`, "minzu-primary-building-steps", "--stage", "nothing", "--until", "2024-12-20")
	extend("is not of the form", "waterlogging-areas", "--until", "明年")
	list = first.run("已登记，下期周报起生效", first.store, "items", "list")
	if numbered(t, list, "新启动11个") != area {
		t.Errorf("%s is closed before the next letter:\n%s", area, list)
	}
	first.stop()

	next := install(t, data, "2024-07-08 08:00")
	next.run("办结        2024-07-02 09:00 督查室张三：区长办公会议定", next.store, "items", "show", area)
	waterlogging := numbered(t, next.run("已恢复序时", next.store, "items", "list", "--all"), "完成3个积水片区改造")
	next.run("批准人李副区长：区长办公会议定", next.store, "items", "show", waterlogging)
	next.run("按规则：延期调整计划后不再滞后", next.store, "items", "show", waterlogging)
	next.run("stands as 已销号 in the letter of 2024-W28", next.both, "verify", "peach-festival", "--evidence", "a", "--by", "b", "--reason", "c", "--at", "2024-07-09")
	next.run("is not open: 已办结", next.both, "items", "close", area, "--by", "b", "--reason", "c", "--at", "2024-07-09")
}

// Without a letter there is nothing to follow, which is said and is no error of a list.
func TestItemsOfAPlanWithoutALetter(t *testing.T) {
	t.Parallel()
	i := install(t, filepath.Join(t.TempDir(), "data"), "2024-01-01 00:30")
	i.run("尚无周报", i.store, "items", "list")
	i.run("has no letter yet", i.store, "items", "show", "2024-001")
}
