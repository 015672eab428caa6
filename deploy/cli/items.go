package cli

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"xushi/jobs/figures"
	"xushi/jobs/records"
	"xushi/jobs/supervision"
	"xushi/schema"
	"xushi/schema/store"
	"xushi/seeds"
	"xushi/seeds/seedstore"
)

func itemsCommand() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:   "items",
		Short: "Supervision items (督办事项): what lags, who has answered, what was closed",
		Long: `A commitment that lags in a weekly letter opens a supervision item with a number (2024-012). It is answered by
the department's explanation, escalated where none comes in time, and closed when what lagged has caught up, when
the office closes it (items close) or verifies that all is completed (xushi verify).

Items are as the latest letter has them: what was done since shows with the next one.`,
	})
	cmd.AddCommand(itemsListCommand(), itemsShowCommand(), itemsCloseCommand())
	return cmd
}

// itemOptions are the flags of every command about supervision items.
type itemOptions struct {
	clickhouse, plan string
}

func (o *itemOptions) flags(f *pflag.FlagSet) {
	f.StringVar(&o.clickhouse, "clickhouse", "http://127.0.0.1:8123/progress", "where the store is")
	f.StringVar(&o.plan, "plan", seeds.Default, "plan of the items")
}

// register is a plan's items as its latest letter has them, and what the office has done since.
type register struct {
	conn      driver.Conn
	plan      string
	history   *seeds.History
	week      *supervision.Week // nil before the first letter
	acts      []schema.Act      // closings and verifications, also earlier ones
	simulated bool
}

// open reads the register; it must be closed.
func (o *itemOptions) open(ctx context.Context) (*register, error) {
	conn, err := store.Open(ctx, o.clickhouse)
	if err != nil {
		return nil, fmt.Errorf("supervision items are read from the store (another one: --clickhouse): %w", err)
	}
	r := &register{conn: conn, plan: o.plan}
	if err := r.read(ctx); err != nil {
		r.close()
		return nil, err
	}
	return r, nil
}

func (r *register) close() { _ = r.conn.Close() } // nothing was written

func (r *register) read(ctx context.Context) (err error) {
	if r.history, err = seedstore.History(ctx, r.conn, r.plan); err != nil {
		return err
	}
	if r.week, err = records.LatestWeek(ctx, r.conn, r.plan); err != nil {
		return fmt.Errorf("latest letter of plan %s: %w", r.plan, err)
	}
	if r.acts, err = seedstore.Supervision(ctx, r.conn, r.plan); err != nil {
		return err
	}
	return r.conn.QueryRow(ctx, "SELECT count() > 0 FROM weekly_assessments WHERE plan = ? AND simulated", r.plan).Scan(&r.simulated)
}

// pending are the acts until a moment that no letter has seen yet; the zero moment is none.
func (r *register) pending(until time.Time) (acts []schema.Act) {
	for _, a := range r.acts {
		seen := r.week != nil && !a.At.After(r.week.KnownAt)
		if !seen && (until.IsZero() || !a.At.After(until)) {
			acts = append(acts, a)
		}
	}
	return acts
}

// item finds an item by its number.
func (r *register) item(number string) (*supervision.Item, error) {
	if r.week == nil {
		return nil, fmt.Errorf("plan %s has no letter yet, and so no supervision item", r.plan)
	}
	for i := range r.week.Items {
		if r.week.Items[i].Number == number {
			return &r.week.Items[i], nil
		}
	}
	return nil, fmt.Errorf("plan %s has no supervision item %q; `xushi items list --all` shows those that there are", r.plan, number)
}

// ledger is the version that the latest letter was held against.
func (r *register) ledger() *seeds.Ledger {
	if r.week == nil {
		return r.history.InForce()
	}
	return r.history.At(r.week.KnownAt)
}

// commitment finds a commitment as the newest version has it that had it at all.
func (r *register) commitment(id string) (*seeds.Commitment, bool) {
	if c, ok := r.ledger().Commitment(id); ok {
		return c, true
	}
	versions := r.history.Revisions(time.Time{}, r.history.Since())
	for _, version := range slices.Backward(versions) {
		if c, ok := version.Ledger.Commitment(id); ok {
			return c, true
		}
	}
	return nil, false
}

// title is a commitment's, or its id where no version knows it.
func (r *register) title(commitment string) string {
	if c, ok := r.commitment(commitment); ok {
		return c.Title
	}
	return commitment
}

// heading says of what moment everything speaks.
func (r *register) heading() string {
	return fmt.Sprintf("%s · 督办事项 · 截至 %s（%s周报）%s", r.ledger().Plan.Title, figures.At(r.week.AsOf), r.week.Week, mark(r.simulated))
}

// actWords say an act in a line: 办结 2024-003，督查室张三：区长办公会议定.
func (r *register) actWords(a schema.Act) string {
	if c := a.Closed; c != nil {
		return fmt.Sprintf("%s 办结 %s，%s：%s", figures.At(a.At), c.Item, c.By, c.Reason)
	}
	v := a.Verified
	return fmt.Sprintf("%s 核实 %s，%s：%s（佐证：%s）", figures.At(a.At), r.title(v.Commitment), v.By, v.Reason, listed(v.Evidence))
}
