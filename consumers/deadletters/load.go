package deadletters

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"xushi/schema"
)

// Edit is a letter as a file has it: its body, which somebody may have edited.
type Edit struct {
	Letter schema.Position
	Body   []byte
}

// Of is the request that the edit makes of its letter. A body that is empty, or as the file was given it, is
// as it was, also where that was the beginning of a larger one.
func (e Edit) Of(l *Letter) Request {
	if len(e.Body) == 0 || bytes.Equal(e.Body, l.Body) {
		return Request{Letter: l}
	}
	return Request{Letter: l, Body: e.Body}
}

// maxFile bounds what is read.
const maxFile = 256 << 20

// Load reads what a Writer wrote, in either format, and people edited. Every line is read before anything is
// done; a letter that is named twice is refused.
func Load(r io.Reader) ([]Edit, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("more than %d bytes: split the file", maxFile)
	}
	data = bytes.TrimPrefix(data, []byte(byteOrderMark))
	load := loadCSV
	if start := bytes.TrimSpace(data); len(start) > 0 && start[0] == '{' {
		load = loadJSONL
	}
	edits, err := load(data)
	if err != nil {
		return nil, err
	}
	met := map[schema.Position]bool{}
	for _, e := range edits {
		if met[e.Letter] {
			return nil, fmt.Errorf("letter %s is in the file twice: which body is to be sent?", Name(e.Letter))
		}
		met[e.Letter] = true
	}
	if len(edits) == 0 {
		return nil, errors.New("no refused events in it")
	}
	slices.SortFunc(edits, func(a, b Edit) int { return cmp.Compare(a.Letter, b.Letter) })
	return edits, nil
}

func loadJSONL(data []byte) (edits []Edit, err error) {
	lines := bufio.NewScanner(bytes.NewReader(data))
	lines.Buffer(nil, maxFile)
	for n := 1; lines.Scan(); n++ {
		if len(bytes.TrimSpace(lines.Bytes())) == 0 {
			continue
		}
		var row Row
		if err := json.Unmarshal(lines.Bytes(), &row); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		e, err := row.edit()
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		edits = append(edits, e)
	}
	return edits, lines.Err()
}

func loadCSV(data []byte) (edits []Edit, err error) {
	table := csv.NewReader(bytes.NewReader(data))
	header, err := table.Read()
	if err != nil {
		return nil, fmt.Errorf("neither JSON lines nor a table: %w", err)
	}
	at := map[string]int{}
	for _, name := range []string{"letter", "body", "body_base64"} {
		if at[name] = slices.Index(header, name); at[name] < 0 {
			return nil, fmt.Errorf("the table has no column %q in its first line", name)
		}
	}
	for {
		cells, err := table.Read()
		if errors.Is(err, io.EOF) {
			return edits, nil
		}
		if err != nil {
			return nil, err
		}
		line, _ := table.FieldPos(0)
		row := Row{Letter: fromText(cells[at["letter"]]), Body: fromText(cells[at["body"]])}
		if row.Base64, err = base64.StdEncoding.DecodeString(fromText(cells[at["body_base64"]])); err == nil {
			var e Edit
			e, err = row.edit()
			edits = append(edits, e)
		}
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
	}
}

func (r *Row) edit() (e Edit, err error) {
	if e.Letter, err = ParseName(r.Letter); err != nil {
		return e, err
	}
	switch {
	case r.Body != "" && len(r.Base64) > 0:
		return e, fmt.Errorf("letter %s has both a body and a body_base64: leave one", r.Letter)
	case len(r.Base64) > 0:
		e.Body = r.Base64
	default:
		e.Body = []byte(r.Body)
	}
	return e, nil
}
