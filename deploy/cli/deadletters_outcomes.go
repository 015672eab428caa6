package cli

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"

	"xushi/consumers/deadletters"
)

// errNotAccepted ends a replay with exit code 1 after the table has said which events, and why.
var errNotAccepted = errors.New("not every event was accepted")

var kindWords = map[deadletters.Kind]string{
	deadletters.Unsent:    "未发送",
	deadletters.Accepted:  "已采纳",
	deadletters.Duplicate: "已采纳，重复",
	deadletters.Conflict:  "冲突，不计入",
	deadletters.Refused:   "再次退回",
	deadletters.Silent:    "已发送，尚无结论",
	deadletters.Before:    "未重发",
}

// dryWords are those of a dry run, in which nothing has happened yet.
var dryWords = map[deadletters.Kind]string{
	deadletters.Unsent:    "不能发送",
	deadletters.Accepted:  "可以采纳",
	deadletters.Duplicate: "已有，重复",
	deadletters.Conflict:  "冲突，不计入",
	deadletters.Refused:   "仍会退回",
	deadletters.Before:    "不会重发",
}

// kindOrder is the order in which kinds are counted.
var kindOrder = []deadletters.Kind{
	deadletters.Accepted, deadletters.Duplicate, deadletters.Conflict, deadletters.Refused, deadletters.Silent, deadletters.Unsent, deadletters.Before,
}

// showOutcomes shows what became of each event, and how many came to what.
func showOutcomes(out io.Writer, outcomes []deadletters.Outcome, dryRun bool) error {
	t, wide, words := newTable("编号", "单位", "结果", "日志序号", "说明"), width(out)-60, kindWords
	if dryRun {
		words = dryWords
	}
	counts := map[deadletters.Kind]int{}
	for _, o := range outcomes {
		counts[o.Kind]++
		sequence := ""
		if o.Sequence > 0 {
			sequence = strconv.FormatUint(o.Sequence, 10)
		}
		t.AppendRow(table.Row{deadletters.Name(o.Letter.Position), wrapped(o.Letter.Department, 20), words[o.Kind], sequence, explainOutcome(o, wide)})
	}
	var parts []string
	for _, kind := range kindOrder {
		if n := counts[kind]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", words[kind], n))
		}
	}
	summary := strings.Join(parts, "、") + "。"
	if dryRun {
		summary = "试运行，未作改动：" + summary
	}
	if _, err := fmt.Fprintf(out, "%s\n%s\n", t.Render(), summary); err != nil {
		return err
	}
	if failed := len(outcomes) - counts[deadletters.Accepted] - counts[deadletters.Duplicate] - counts[deadletters.Before]; failed > 0 {
		return fmt.Errorf("%w: %d of %d", errNotAccepted, failed, len(outcomes))
	}
	return nil
}

// explainOutcome says what a word cannot, in lines of so many columns.
func explainOutcome(o deadletters.Outcome, columns int) string {
	if o.Err == nil && o.Refusal != nil {
		return refusalWords(o.Refusal, columns)
	}
	return wrapped(remark(o), columns)
}

func remark(o deadletters.Outcome) string {
	switch {
	case o.Err != nil:
		return o.Err.Error()
	case o.Kind == deadletters.Duplicate:
		return "同一事件此前已采纳，只计一次。"
	case o.Kind == deadletters.Conflict:
		return "同一编号的另一内容此前已采纳，以此前的为准；要更正，请以新编号报送并注明 replaces。"
	case o.Kind == deadletters.Silent:
		return "入库程序未在时限内答复；事件已在日志中，不会丢失。"
	case o.Kind == deadletters.Before && o.Letter.State == deadletters.Open:
		return "此前已重放，入库程序尚未处理；要再次重放请加 --again。"
	case o.Kind == deadletters.Before && o.Letter.State == deadletters.Dropped:
		return fmt.Sprintf("已由%s定为不再处理：%s；要重放请加 --again。", o.Letter.DroppedBy, o.Letter.DroppedBecause)
	case o.Kind == deadletters.Before:
		return "此前" + stateWords(o.Letter) + "；要再次重放请加 --again。"
	}
	return ""
}
