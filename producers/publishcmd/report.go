package publishcmd

import (
	"errors"
	"fmt"
	"io"

	"github.com/jedib0t/go-pretty/v6/table"

	"xushi/producers"
	"xushi/schema"
)

// messageWidth is how many columns the words of a refusal take before they wrap.
const messageWidth = 72

// report shows what became of each event, in the words of departments.
func report(out io.Writer, entries []*entry, waited bool) error {
	t := table.NewWriter()
	t.SetStyle(table.StyleLight)
	t.Style().Format.Header = 0
	t.AppendHeader(table.Row{"#", "事件 id", "结果", "日志序号", "原因代码", "字段", "说明"})
	failed := 0
	for i, e := range entries {
		o := e.outcome(waited)
		if o.failed {
			failed++
		}
		t.AppendRow(table.Row{i + 1, e.event.ID, o.word, o.sequence, o.reason, o.field, o.message})
	}
	t.SetColumnConfigs([]table.ColumnConfig{{Number: 7, WidthMax: messageWidth}})
	if _, err := fmt.Fprintln(out, t.Render()); err != nil {
		return err
	}
	if failed > 0 {
		return fmt.Errorf("%w: %d of %d", ErrRefused, failed, len(entries))
	}
	return nil
}

type outcome struct {
	word, sequence, reason, field, message string
	failed                                 bool
}

func (e *entry) outcome(waited bool) outcome {
	o := outcome{word: "已送达"}
	if e.verdict.Sequence > 0 {
		o.sequence = fmt.Sprint(e.verdict.Sequence)
	}
	refused, isRefused := errors.AsType[*schema.Rejection](e.err)
	_, isSilent := errors.AsType[*producers.NoVerdictError](e.err)
	switch {
	case isRefused:
		o.word, o.failed = "未发送", true
		o.reason, o.field, o.message = string(refused.Reason), refused.Field, refused.Message
	case isSilent:
		o.word, o.message = "已送达，尚无结论", "入库程序未在时限内答复；事件已在日志中，不会丢失。"
	case e.err != nil:
		o.word, o.failed, o.message = "未送达", true, e.err.Error()
	case waited && e.verdict.Accepted:
		o.word = "已采纳"
	case waited:
		o.word, o.failed = "被退回", true
		o.reason, o.field, o.message = string(e.verdict.Reason), e.verdict.Field, e.verdict.Message
	}
	return o
}
