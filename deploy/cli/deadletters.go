package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"xushi/consumers/deadletters"
	"xushi/schema"
	"xushi/schema/store"
)

func deadLettersCommand() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:   "deadletters",
		Short: "Refused events: list them, send them once more, or drop them",
		Long: `What departments sent and the ingest refused: list it, send it once more after the ledger was mended or with
an edited body, or say that nothing more is to be done about it.

They are read from the store (--clickhouse), which has all of them and what became of each; the stream
DEADLETTERS, which departments read, forgets old ones. What was refused is never changed: a replay is a new
event in the log that names the old one, and a drop is an act of the office.

A refused event is called by the sequence of its message in the log, as 812, or 812#3 for the one with index
3 in a batch.`,
	})
	cmd.AddCommand(deadLettersListCommand(), deadLettersShowCommand(), deadLettersExportCommand(), deadLettersReplayCommand(), deadLettersDropCommand())
	return cmd
}

// letterOptions are the flags of every command about refused events.
type letterOptions struct {
	clickhouse               string
	plan, department, reason string
	since, until, state      string
	all                      bool
}

func (o *letterOptions) storeFlag(f *pflag.FlagSet) {
	f.StringVar(&o.clickhouse, "clickhouse", "http://127.0.0.1:8123/progress", "where the store is")
}

// filterFlags are those that choose. The one that chooses by reason code has its name from the command: an act
// of the office has a --reason of its own.
func (o *letterOptions) filterFlags(f *pflag.FlagSet, code string) {
	o.storeFlag(f)
	f.StringVar(&o.plan, "plan", "", "only of this plan")
	f.StringVar(&o.department, "department", "", "only from this department")
	f.StringVar(&o.reason, code, "", "only with this reason code, e.g. wrong_unit")
	f.StringVar(&o.since, "since", "", "only received from this moment on: "+momentForms)
	f.StringVar(&o.until, "until", "", "only received before this moment")
	f.StringVar(&o.state, "state", string(deadletters.Open), "only in this state: open, replayed, dropped, or all")
}

// allFlag is for a command that does something with what is chosen: everything must be asked for.
func (o *letterOptions) allFlag(f *pflag.FlagSet) {
	f.BoolVar(&o.all, "all", false, "all that are in the --state (open), where nothing else chooses")
}

// chooses tells whether a flag chooses; a state alone does not.
func (o *letterOptions) chooses() bool { return o.plan+o.department+o.reason+o.since+o.until != "" }

// filter is what names or flags choose, not both.
func (o *letterOptions) filter(names []string) (f deadletters.Filter, err error) {
	f = deadletters.Filter{Plan: o.plan, Department: o.department, Reason: o.reason, State: deadletters.State(o.state)}
	if len(names) > 0 {
		if o.chooses() || o.all {
			return f, errors.New("name refused events, or choose them by flags; not both")
		}
		f.State = ""
	}
	switch f.State {
	case "all":
		f.State = ""
	case "", deadletters.Open, deadletters.Replayed, deadletters.Dropped:
	default:
		return f, fmt.Errorf("--state %q: must be open, replayed, dropped or all", o.state)
	}
	for _, name := range names {
		position, err := deadletters.ParseName(name)
		if err != nil {
			return f, err
		}
		f.Letters = append(f.Letters, position)
	}
	for _, m := range []struct {
		flag, text string
		to         *time.Time
	}{{"--since", o.since, &f.Since}, {"--until", o.until, &f.Until}} {
		if m.text != "" {
			if *m.to, err = parseMoment(m.flag, m.text); err != nil {
				return f, err
			}
		}
	}
	return f, nil
}

// acting is filter for a command that does something: it wants to be told what with.
func (o *letterOptions) acting(names []string) (deadletters.Filter, error) {
	f, err := o.filter(names)
	if err == nil && !o.all && len(names) == 0 && !o.chooses() {
		err = errors.New("choose refused events: name them (812, 812#3), or by --plan, --department, reason code, --since, --until, or --all that are in the --state")
	}
	return f, err
}

func (o *letterOptions) open(ctx context.Context) (driver.Conn, error) {
	conn, err := store.Open(ctx, o.clickhouse)
	if err != nil {
		return nil, fmt.Errorf("refused events are read from the store (another one: --clickhouse): %w", err)
	}
	return conn, nil
}

// heed marks what the office has dropped, of which the store may hear a second later.
func (l *officeLog) heed(letters []*deadletters.Letter) {
	dropped := map[string]map[schema.Position]*schema.Drop{}
	for _, j := range l.Judged(0) {
		if j.Dropped == nil || j.Refused != nil {
			continue
		}
		if dropped[j.Plan] == nil {
			dropped[j.Plan] = map[schema.Position]*schema.Drop{}
		}
		for _, p := range j.Dropped.Letters {
			dropped[j.Plan][p] = j.Dropped
		}
	}
	for _, letter := range letters {
		if d := dropped[letter.Plan][letter.Position]; d != nil && letter.State == deadletters.Open {
			letter.State, letter.DroppedBy, letter.DroppedBecause = deadletters.Dropped, d.By, d.Reason
		}
	}
}

// choose reads what the filter chooses into memory, without bodies unless they are wanted. What was named must
// be there.
func choose(ctx context.Context, conn driver.Conn, f deadletters.Filter, bodies bool) ([]*deadletters.Letter, error) {
	var letters []*deadletters.Letter
	err := deadletters.Find(ctx, conn, f, 0, func(l *deadletters.Letter) error {
		if !bodies {
			l.Body = nil
		}
		letters = append(letters, l)
		return nil
	})
	if err != nil {
		return nil, err
	}
	found := map[schema.Position]bool{}
	for _, l := range letters {
		found[l.Position] = true
	}
	for _, p := range f.Letters {
		if !found[p] {
			return nil, fmt.Errorf("no refused event %s in the store; `xushi deadletters list --state all` shows those that are there (an event of a batch has a name of its own, as 812#3)", deadletters.Name(p))
		}
	}
	return letters, nil
}
