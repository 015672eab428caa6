package deadletters

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"xushi/schema"
)

// Row is a letter as files have it. Of these, only Letter and the body are read back.
type Row struct {
	Letter     string `json:"letter"` // as Name writes it
	Plan       string `json:"plan"`
	Department string `json:"department"`
	Commitment string `json:"commitment"`
	ReceivedAt string `json:"received_at"` // RFC 3339, Asia/Shanghai
	Subject    string `json:"subject"`
	Reason     string `json:"reason"`
	Field      string `json:"field"`
	Message    string `json:"message"`
	State      string `json:"state"`
	Outcome    string `json:"replay_outcome"`
	Cut        bool   `json:"cut"`                   // the body is only the beginning of a larger one
	Body       string `json:"body,omitempty"`        // the bytes as they came, where they are plain text
	Base64     []byte `json:"body_base64,omitempty"` // else in base64
}

func rowOf(l *Letter) Row {
	row := Row{
		Letter: Name(l.Position), Plan: l.Plan, Department: l.Department, Commitment: l.Commitment,
		ReceivedAt: l.ReceivedAt.In(schema.Shanghai).Format(time.RFC3339Nano), Subject: l.Subject,
		Reason: string(l.Refusal.Reason), Field: l.Refusal.Field, Message: l.Refusal.Message,
		State: string(l.State), Outcome: l.ReplayOutcome, Cut: l.Cut(),
	}
	if plain(l.Body) {
		row.Body = string(l.Body)
	} else {
		row.Base64 = l.Body
	}
	return row
}

// plain tells whether a body is text that every program which reads and writes the file leaves as it is:
// without what readers do not see, and without the carriage returns that a CSV reader takes away.
func plain(body []byte) bool {
	return utf8.Valid(body) && !strings.ContainsFunc(string(body), func(r rune) bool {
		return r != '\n' && r != '\t' && schema.Unseen(r)
	})
}

// Writer writes letters into a file of one of the formats; End completes it.
type Writer interface {
	Write(*Letter) error
	End() error
}

// NewJSONL writes one JSON object per line. It is ASCII where a terminal would obey what is not.
func NewJSONL(w io.Writer) Writer { return jsonl{w} }

type jsonl struct{ w io.Writer }

func (j jsonl) Write(l *Letter) error {
	line, err := json.Marshal(rowOf(l))
	if err != nil {
		return err
	}
	_, err = io.WriteString(j.w, escapeUnseen(string(line))+"\n")
	return err
}

func (jsonl) End() error { return nil }

// escapeUnseen writes characters that are not seen as JSON's escapes; in JSON they stand in strings only.
func escapeUnseen(line string) string {
	if !strings.ContainsFunc(line, schema.Unseen) {
		return line
	}
	var b strings.Builder
	for _, r := range line {
		switch {
		case !schema.Unseen(r):
			b.WriteRune(r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		}
	}
	return b.String()
}

var csvHeader = []string{
	"letter", "plan", "department", "commitment", "received_at", "subject", "reason", "field", "message", "state", "replay_outcome", "cut", "body", "body_base64",
}

// byteOrderMark tells Excel and WPS that a CSV file is UTF-8.
const byteOrderMark = "\ufeff"

// NewCSV writes a table for spreadsheets: no cell of it is a formula, and no character unseen.
func NewCSV(w io.Writer) (Writer, error) {
	if _, err := io.WriteString(w, byteOrderMark); err != nil {
		return nil, err
	}
	c := csvWriter{csv.NewWriter(w)}
	return c, c.w.Write(csvHeader)
}

type csvWriter struct{ w *csv.Writer }

func (c csvWriter) Write(l *Letter) error {
	r := rowOf(l)
	base64, err := json.Marshal(r.Base64)
	if err != nil {
		return err
	}
	cells := []string{
		r.Letter, r.Plan, r.Department, r.Commitment, r.ReceivedAt, Visible(r.Subject), r.Reason, Visible(r.Field), Visible(r.Message),
		r.State, r.Outcome, strconv.FormatBool(r.Cut), r.Body, strings.Trim(strings.TrimPrefix(string(base64), "null"), `"`),
	}
	for i := range cells {
		cells[i] = asText(cells[i])
	}
	return c.w.Write(cells)
}

func (c csvWriter) End() error {
	c.w.Flush()
	return c.w.Error()
}

// formula are the characters that make a spreadsheet take a cell for a formula.
const formula = "=+-@\t\n"

// asText puts an apostrophe before what would be a formula, and before what has one there already, so that
// fromText can take it off again.
func asText(cell string) string {
	if rest := strings.TrimLeft(cell, "'"); rest != "" && strings.ContainsRune(formula, rune(rest[0])) {
		return "'" + cell
	}
	return cell
}

func fromText(cell string) string {
	if rest, marked := strings.CutPrefix(cell, "'"); marked && asText(rest) == cell {
		return rest
	}
	return cell
}

// Visible writes a text so that a person sees all of it on one line, and a terminal obeys none of it.
func Visible(text string) string {
	if utf8.ValidString(text) && !strings.ContainsFunc(text, schema.Unseen) {
		return text
	}
	var b strings.Builder
	for i, r := range text {
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(text[i:], "\ufffd"):
			fmt.Fprintf(&b, `\x%02x`, text[i])
		case r == utf8.RuneError:
			b.WriteString(`\ufffd`)
		case schema.Unseen(r):
			b.WriteString(strings.Trim(strconv.QuoteRune(r), "'"))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
