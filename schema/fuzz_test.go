package schema_test

import (
	"bytes"
	"encoding/json"
	"math/big"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"xushi/schema"
)

// FuzzOpen: nothing that arrives makes Open panic or keep silent. What it refuses it explains; what it
// accepts, written anew, is accepted again as the same event of the same hash.
func FuzzOpen(f *testing.F) {
	e := reading("e-1")
	raw := body(f, &e)
	f.Add("", "progress.hongqiao-2024.zhujianwei.new-construction", "", raw)
	f.Add(schema.StructuredContent, "progress.hongqiao-2024.zhujianwei.new-construction", "", bytes.ReplaceAll(raw, []byte("平"), []byte(`\u5e73`)))
	f.Add(schema.BatchContent, "progress.hongqiao-2024.zhujianwei.batch", "", batch(raw, []byte(`{"id":1}`), raw).Body)
	f.Add(schema.JSONContent, "progress.hongqiao-2024.zhujianwei.new-construction", "e-1", body(f, e.Data))
	f.Add("text/plain", "progress.x", "", []byte("\xff"))
	f.Add("", "progress.p.d.c", "", []byte(`{"specversion":"1.0","id":"1","source":"s","type":"progress.voided.v1","time":"2024-06-30T01:02:03.000000001+08:00",`+
		`"plan":"p","department":"d","x":[1,{}],"data":{"commitment":"c","voids":"0","reason":"\ud83d\ude00"}}`))
	f.Fuzz(func(t *testing.T, contentType, subject, id string, raw []byte) {
		m := message(contentType, raw)
		m.Subject = subject
		if id != "" {
			for name, values := range binary(t, reading(id), strings.ToLower).Header {
				if name != schema.ContentTypeHeader {
					m.Header[name] = values
				}
			}
		}
		verdicts := 0
		schema.Policy{}.Open(&m, func(o *schema.Opened) {
			verdicts++
			switch {
			case o.Rejection == nil:
				acceptedAgain(t, o)
			case o.Rejection.Reason == "" || o.Rejection.Message == "" || !utf8.ValidString(o.Rejection.Message+o.Rejection.Field):
				t.Errorf("refused without a word: %+v", o.Rejection)
			}
			if o.Record.Position.Sequence() != m.Sequence {
				t.Errorf("position %d is of another message", o.Record.Position)
			}
		})
		if verdicts == 0 {
			t.Error("no verdict")
		}
	})
}

func acceptedAgain(t *testing.T, o *schema.Opened) {
	t.Helper()
	raw, err := json.Marshal(&o.Record.Event)
	if err != nil {
		t.Fatalf("an accepted event cannot be written: %v", err)
	}
	m := message(schema.StructuredContent, raw)
	m.Subject = o.Record.Address().Subject()
	again := open(m)[0]
	if again.Rejection != nil {
		t.Fatalf("an accepted event, written anew, is refused: %v", again.Rejection)
	}
	if diff := cmp.Diff(o.Record.Event, again.Record.Event); diff != "" {
		t.Errorf("an accepted event, written anew, is another: %s", diff)
	}
	if o.Record.ContentHash != again.Record.ContentHash {
		t.Error("an accepted event, written anew, has another hash")
	}
}

var contractNumber = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?$`)

// FuzzParseQuantity holds the exactness of quantities against math/big: accepted is exactly what the
// contract says, and it is exactly number × factor.
func FuzzParseQuantity(f *testing.F) {
	for _, s := range []string{"84.7", "-0", "0.1234567", "0.1234560", "999999999999999999.999999", "1000000000000000000", "1e5", "NaN", "", "-", ".", "00.10", "0.1234567891", "1_000", "0x10", "١"} {
		f.Add(s, uint8(0))
		f.Add(s, uint8(1))
	}
	factors := []int64{1, 1e4, 1e8}
	million, limit := big.NewRat(1e6, 1), big.NewRat(1e18, 1)
	f.Fuzz(func(t *testing.T, s string, which uint8) {
		factor := factors[int(which)%len(factors)]
		got, r := schema.ParseQuantity("data.value", s, decimal.NewFromInt(factor))
		if len(s) > schema.MaxNumberBytes || !contractNumber.MatchString(s) {
			if r == nil || r.Reason != schema.NotDecimal {
				t.Fatalf("%q is no number of the contract, yet: %v", s, r)
			}
			return
		}
		exact, ok := new(big.Rat).SetString(s)
		if !ok {
			t.Fatalf("math/big does not read %q", s)
		}
		exact.Mul(exact, new(big.Rat).SetInt64(factor))
		fits := new(big.Rat).Abs(exact).Cmp(limit) < 0
		precise := new(big.Rat).Mul(exact, million).IsInt()
		switch {
		case r == nil && (!fits || !precise):
			t.Errorf("%q × %d = %s was accepted", s, factor, exact)
		case r == nil && got.Rat().Cmp(exact) != 0:
			t.Errorf("%q × %d = %s, want %s", s, factor, got, exact.FloatString(6))
		case r != nil && fits && precise:
			t.Errorf("%q × %d was refused: %v", s, factor, r)
		}
	})
}
