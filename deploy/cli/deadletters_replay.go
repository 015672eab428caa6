package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/spf13/cobra"

	"xushi/consumers/deadletters"
	"xushi/schema"
)

// replayLettersOptions are the flags of `xushi deadletters replay`.
type replayLettersOptions struct {
	letterOptions
	office              officeOptions
	body, from, at      string
	edit, again, dryRun bool
	wait                time.Duration
}

func deadLettersReplayCommand() *cobra.Command {
	var o replayLettersOptions
	cmd := &cobra.Command{
		Use:   "replay [LETTER…]",
		Short: "Send refused events once more, after the ledger was mended or with edited bodies",
		Long: `Send refused events once more: as new messages in the log that name the old ones, with the headers that they
had. They are received now, and judged by the ledger in force now. What came in a batch is sent alone. What
was replayed or dropped before is not sent again unless --again says so. Exit code 1 if any was not accepted.

  xushi deadletters replay --department zhujianwei --reason wrong_unit --dry-run
  xushi deadletters replay 812 --edit
  xushi deadletters replay --from mended.csv`,
		RunE: func(cmd *cobra.Command, args []string) error {
			return o.run(cmd.Context(), cmd.InOrStdin(), cmd.OutOrStdout(), args)
		},
	}
	f := cmd.Flags()
	o.filterFlags(f, "reason")
	o.allFlag(f)
	o.office.flags(f)
	f.StringVar(&o.body, "body", "", "send one refused event with the body in this file (-: standard input); the original is kept")
	f.BoolVar(&o.edit, "edit", false, "edit the body of one refused event in $VISUAL or $EDITOR first; the original is kept")
	f.StringVar(&o.from, "from", "", "send those in this file with the bodies that they have there (see export)")
	f.BoolVar(&o.again, "again", false, "also what was replayed or dropped before")
	f.BoolVar(&o.dryRun, "dry-run", false, "judge by the ledger in force now, as the ingest would, and send nothing")
	f.StringVar(&o.at, "at", "", "in a simulation, the moment at which simulated events are received: "+momentForms)
	f.DurationVar(&o.wait, "wait", 30*time.Second, "how long to wait for the next verdict")
	cmd.MarkFlagsMutuallyExclusive("body", "edit", "from")
	return cmd
}

func (o *replayLettersOptions) run(ctx context.Context, in io.Reader, out io.Writer, names []string) error {
	filter, edits, err := o.chosen(names)
	if err != nil {
		return err
	}
	conn, err := o.open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // nothing was written
	log, hangUp, err := o.office.open(ctx)
	if err != nil {
		return err
	}
	defer hangUp()
	requests, err := o.requests(ctx, in, conn, log, filter, edits)
	if err != nil {
		return err
	}
	if len(requests) == 0 {
		return o.sayNone(ctx, out, conn, filter)
	}
	at, err := o.moments(ctx, log, requests)
	if err != nil {
		return err
	}
	what := "重放 refused events replayed"
	if o.dryRun {
		what = "试运行 refused events judged"
	}
	bar := newBar(out, what)
	r := &deadletters.Replayer{JetStream: log.js, Store: conn, Register: log.Acts, Policy: log.policy, Now: time.Now, Patience: o.wait}
	outcomes, err := r.Replay(ctx, requests, deadletters.Options{At: at, Again: o.again, DryRun: o.dryRun, Progress: bar.show})
	bar.finish(len(outcomes), "")
	return errors.Join(err, showOutcomes(out, outcomes, o.dryRun))
}

// chosen is what names, flags or a file choose.
func (o *replayLettersOptions) chosen(names []string) (f deadletters.Filter, edits []deadletters.Edit, err error) {
	if o.from == "" {
		if f, err = o.acting(names); err == nil && (o.edit || o.body != "") && len(names) != 1 {
			err = errors.New("one body is of one refused event: name one")
		}
		return f, nil, err
	}
	if len(names) > 0 || o.all || o.chooses() {
		return f, nil, errors.New("the file says which refused events are sent: name none, and choose none by flags")
	}
	file, err := os.Open(o.from)
	if err != nil {
		return f, nil, err
	}
	defer func() { _ = file.Close() }() // only read
	if edits, err = deadletters.Load(file); err != nil {
		return f, nil, fmt.Errorf("%s: %w", o.from, err)
	}
	for _, e := range edits {
		f.Letters = append(f.Letters, e.Letter)
	}
	return f, edits, nil
}

// requests are the chosen letters with their bodies, edited or not.
func (o *replayLettersOptions) requests(ctx context.Context, in io.Reader, conn driver.Conn, log *officeLog, filter deadletters.Filter, edits []deadletters.Edit) ([]deadletters.Request, error) {
	letters, err := choose(ctx, conn, filter, edits != nil)
	if err != nil {
		return nil, err
	}
	log.heed(letters)
	requests := make([]deadletters.Request, len(letters))
	for i, l := range letters {
		requests[i].Letter = l
		if edits != nil {
			requests[i] = edits[i].Of(l) // both are in the order of the log, each once
		}
	}
	switch {
	case o.body == "-":
		requests[0].Body, err = io.ReadAll(in)
	case o.body != "":
		requests[0].Body, err = os.ReadFile(o.body)
	case o.edit:
		requests[0].Body, err = editBody(ctx, log.js, letters[0])
	}
	return requests, err
}

// moments is what --at says, of every plan among the requests; the zero time is now.
func (o *replayLettersOptions) moments(ctx context.Context, log *officeLog, requests []deadletters.Request) (at time.Time, err error) {
	met := map[string]bool{}
	for _, r := range requests {
		simulated := slices.ContainsFunc(r.Letter.Header, func(h deadletters.Header) bool { return strings.EqualFold(h.Name, schema.ReceivedAtHeader) })
		if met[r.Letter.Plan] || o.at == "" && !simulated {
			continue
		}
		met[r.Letter.Plan] = true
		at, err = log.moment(ctx, r.Letter.Plan, o.at)
		if errors.Is(err, errNoMoment) { // it is judged all the same
			warnings().Warn("it is received now, where the simulated year does not see it; --at gives it a moment of that year", "plan", r.Letter.Plan)
			err = nil
		}
		if err != nil {
			return at, err
		}
	}
	return at, nil
}

// sayNone tells why nothing was chosen.
func (o *replayLettersOptions) sayNone(ctx context.Context, out io.Writer, conn driver.Conn, filter deadletters.Filter) error {
	state := filter.State
	filter.State = ""
	_, others, err := deadletters.Count(ctx, conn, filter)
	if err != nil {
		return err
	}
	words := "没有符合条件的退回事件。"
	if state == deadletters.Open && others > 0 {
		words = fmt.Sprintf("没有待处理的退回事件；另有 %d 条此前已重放或不再处理，要再次重放请加 --state all --again。", others)
	}
	_, err = fmt.Fprintln(out, words)
	return err
}
