package scan_test

import (
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"xushi/seeds/scan"
)

// TestDecode: a text is taken as it is, or refused with the command that converts it.
func TestDecode(t *testing.T) {
	t.Parallel()
	const report = "新建学校3所。"
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(report)
	if err != nil {
		t.Fatal(err)
	}
	utf16, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(report)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ data, refusal string }{
		"UTF-8":           {report + "\n", ""},
		"byte-order mark": {"\uFEFF" + report, `sed -e '1s/^\xEF\xBB\xBF//'`},
		"CRLF":            {report + "\r\n", `s/\r$//`},
		"GB18030":         {gb, "iconv -f GB18030 -t UTF-8"},
		"UTF-16":          {utf16, "iconv -f UTF-16 -t UTF-8"},
		"binary":          {report + "\xff\xff\x00", "byte 19 is wrong"},
		"empty":           {" \n", "is empty"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text, err := scan.Decode([]byte(c.data))
			switch {
			case c.refusal == "" && (err != nil || text != c.data):
				t.Errorf("%q, %v; want the text as it is", text, err)
			case c.refusal != "" && (err == nil || !strings.Contains(err.Error(), c.refusal)):
				t.Errorf("error %v, want one that says %q", err, c.refusal)
			}
		})
	}
}
