package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"xushi/deploy/config"
	"xushi/jobs/figures"
	"xushi/jobs/letter"
	"xushi/jobs/weekly"
	"xushi/schema"
	"xushi/schema/store"
)

// previewOptions are the flags of `xushi weekly preview`.
type previewOptions struct {
	weeklyOptions
	clickhouse           string
	week, asOf           string
	language, department string
	recipient, dir       string
}

func weeklyPreviewCommand() *cobra.Command {
	var o previewOptions
	cmd := &cobra.Command{
		Use:   "preview",
		Short: "Compose a week's letter, or one of any moment, without freezing, claiming or sending anything",
		Long: `Composes a letter and writes it as .html, .txt, .xlsx and .eml. Of a week that was written it is the letter as it
went out; before that, or with --as-of, as it would go out from what is known now.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := o.settings(cmd.Flags())
			if err != nil {
				return err
			}
			if o.config != "" && !cmd.Flags().Changed("clickhouse") {
				o.clickhouse = cfg.ClickHouse.URL
			}
			return o.preview(cmd.Context(), cmd.OutOrStdout(), cfg)
		},
	}
	f := cmd.Flags()
	o.flags(f)
	f.StringVar(&o.clickhouse, "clickhouse", config.Default().ClickHouse.URL, "where the store is")
	f.StringVar(&o.week, "week", "", "the week, e.g. 2024-W27; default the newest whose letter is due")
	f.StringVar(&o.asOf, "as-of", "", "a moment instead of a week: "+momentForms)
	f.StringVar(&o.language, "language", string(letter.Chinese), "zh or en")
	f.StringVar(&o.department, "department", "", "the letter of this department, by its id")
	f.StringVar(&o.recipient, "recipient", "preview@localhost", "to whom the .eml is")
	f.StringVar(&o.dir, "out", ".", "folder for the files")
	cmd.MarkFlagsMutuallyExclusive("week", "as-of")
	return cmd
}

func (o *previewOptions) preview(ctx context.Context, out io.Writer, cfg config.Config) error {
	acts, plan, hangUp, err := o.openOne(ctx)
	if err != nil {
		return err
	}
	defer hangUp()
	conn, err := store.Open(ctx, o.clickhouse)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }() // everything was read by then
	reader, err := acts.reader(plan, cfg.Letter)
	if err != nil {
		return err
	}
	reader.Store = conn
	if err := o.address(reader); err != nil {
		return err
	}
	drafts, err := o.compose(ctx, reader)
	if err != nil {
		return err
	}
	last := drafts[len(drafts)-1]
	if o.department != "" && last.Letter.Kind != schema.DepartmentLetter+o.department {
		return fmt.Errorf("--department: %q leads nothing in plan %s", o.department, plan)
	}
	return o.save(out, last, reader.From)
}

// address makes the letter that is asked for the last one of those that the office would write.
func (o *previewOptions) address(reader *weekly.Office) error {
	switch letter.Language(o.language) {
	case letter.English:
		if o.department != "" {
			return fmt.Errorf("--language %s: a department's letter is in Chinese; leave it out", o.language)
		}
		reader.English = []string{o.recipient}
	case letter.Chinese:
	default:
		return fmt.Errorf("--language %q: must be %s or %s", o.language, letter.Chinese, letter.English)
	}
	reader.Recipients = []string{o.recipient}
	if o.department != "" {
		reader.Departments = map[string][]string{o.department: {o.recipient}}
	}
	return nil
}

func (o *previewOptions) compose(ctx context.Context, reader *weekly.Office) ([]weekly.Draft, error) {
	now, err := nowOf(ctx, reader.JetStream, reader.Plan)
	if err != nil {
		return nil, err
	}
	if o.asOf != "" {
		asOf, err := parseMoment("--as-of", o.asOf)
		if err == nil {
			err = begun(ctx, "--as-of "+o.asOf, reader, schema.DateOf(asOf))
		}
		if err != nil {
			return nil, err
		}
		return reader.Preview(ctx, asOf, now)
	}
	week, err := weekOf(o.week, reader, now)
	if err == nil {
		err = begun(ctx, "--week "+week.String(), reader, week.Monday()+6)
	}
	if err != nil {
		return nil, err
	}
	return reader.PreviewWeek(ctx, week, now)
}

// save writes the letter's files and says where they are.
func (o *previewOptions) save(out io.Writer, d weekly.Draft, from string) error {
	message, err := d.Message(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(o.dir, 0o755); err != nil { //nolint:gosec // files to be looked at
		return err
	}
	l := d.Letter
	fmt.Fprintf(out, "%s\n截至 %s，仅供预览，不入库、不发送 a preview: nothing is frozen or sent\n", l.Subject, figures.At(l.AsOf))
	name := fmt.Sprintf("%s-%s-%s-%s", l.Plan, schema.DateOf(l.AsOf), l.Kind, o.language)
	for _, file := range []struct {
		ending string
		data   []byte
	}{{".html", []byte(l.HTML)}, {".txt", []byte(l.Text)}, {".xlsx", l.Workbook}, {".eml", message}} {
		path := filepath.Join(o.dir, name+file.ending)
		if err := os.WriteFile(path, file.data, 0o644); err != nil { //nolint:gosec // likewise
			return err
		}
		fmt.Fprintf(out, "  %s\n", path)
	}
	return nil
}
