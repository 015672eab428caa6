package schema_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"xushi/schema"
)

// A document reads back as it was written; a large one travels packed, a small one as it is.
func TestDocument(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		document string
		most     int
	}{
		"small": {`{"plan":{"id":"p"}}`, len(`{"plan":{"id":"p"}}`)},
		"large": {`{"text":"` + strings.Repeat("新增绿化面积5000平方米。", 100_000) + `"}`, 1 << 16},
	} {
		text, err := json.Marshal(schema.Document(tt.document))
		if err != nil {
			t.Fatal(err)
		}
		if len(text) > tt.most {
			t.Errorf("%s: %d bytes became %d", name, len(tt.document), len(text))
		}
		var back schema.Document
		if err := json.Unmarshal(text, &back); err != nil || string(back) != tt.document {
			t.Errorf("%s reads back as %d bytes, %v", name, len(back), err)
		}
	}
}

func TestDocumentsThatCannotBeUnpacked(t *testing.T) {
	t.Parallel()
	var bomb bytes.Buffer
	w := gzip.NewWriter(&bomb)
	for range 65 {
		if _, err := w.Write(make([]byte, 1<<20)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		`"no base64"`: "base64 of its gzip",
		`"AAAA"`:      "base64 of its gzip",
		`"` + base64.StdEncoding.EncodeToString(bomb.Bytes()[:100]) + `"`: "unpack a document",
		`"` + base64.StdEncoding.EncodeToString(bomb.Bytes()) + `"`:       "more than 67108864 bytes",
	} {
		var d schema.Document
		if err := json.Unmarshal([]byte(text), &d); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40s: %v, want %q", text, err, want)
		}
	}
}
