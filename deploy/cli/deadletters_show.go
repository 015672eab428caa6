package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/mattn/go-runewidth"
	"github.com/spf13/cobra"

	"xushi/consumers/deadletters"
)

func deadLettersShowCommand() *cobra.Command {
	var o letterOptions
	cmd := &cobra.Command{
		Use:   "show LETTER…",
		Short: "Show refused events with their headers and bodies, and what became of them",
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("name refused events, as 812 or 812#3; `xushi deadletters list` has them")
			}
			return o.show(cmd.Context(), cmd.OutOrStdout(), args)
		},
	}
	o.storeFlag(cmd.Flags())
	return cmd
}

func (o *letterOptions) show(ctx context.Context, out io.Writer, names []string) error {
	filter, err := o.filter(names)
	if err != nil {
		return err
	}
	conn, err := o.open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // everything was read by then
	letters, err := choose(ctx, conn, filter, true)
	if err != nil {
		return err
	}
	for _, l := range letters {
		if err := showDeadLetter(out, l); err != nil {
			return err
		}
	}
	return nil
}

func showDeadLetter(out io.Writer, l *deadletters.Letter) error {
	var b strings.Builder
	line := func(what, text string) {
		if text != "" {
			fmt.Fprintf(&b, "%s%s\n", runewidth.FillRight(what, 12), deadletters.Visible(text))
		}
	}
	line("编号", deadletters.Name(l.Position))
	line("收到时间", clock(l.ReceivedAt))
	line("主题", l.Subject)
	line("原因代码", string(l.Refusal.Reason))
	line("字段", l.Refusal.Field)
	line("说明", l.Refusal.Message)
	line("状态", stateWords(l))
	if l.ReplayedAt != nil {
		line("重放时间", clock(*l.ReplayedAt))
	}
	if l.DroppedAt != nil {
		line("不再处理", fmt.Sprintf("%s %s：%s", clock(*l.DroppedAt), l.DroppedBy, l.DroppedBecause))
	}
	if l.Replays != 0 {
		line("重放自", deadletters.Name(l.Replays))
	}
	line("长度", fmt.Sprintf("%d 字节", l.Length))
	line("SHA-256", l.SHA256)
	for _, h := range l.Header {
		line("标头", h.Name+": "+h.Value)
	}
	fmt.Fprintf(&b, "\n%s", visibleBody(l.Body))
	if l.Cut() {
		fmt.Fprintf(&b, "……以上为前 %d 字节，原文在 PROGRESS 第 %d 条。\n", len(l.Body), l.Position.Sequence())
	}
	_, err := fmt.Fprintln(out, b.String())
	return err
}

// visibleBody is a body for a terminal: JSON with a member on each line, and nothing that a terminal obeys.
func visibleBody(body []byte) string {
	text := string(body)
	var indented bytes.Buffer
	if json.Indent(&indented, body, "", "  ") == nil {
		text = indented.String()
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(deadletters.Visible(strings.TrimRight(line, "\n")) + "\n")
	}
	return b.String()
}
