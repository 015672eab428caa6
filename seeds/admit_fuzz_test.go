package seeds_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"xushi/schema"
	"xushi/seeds"
)

// FuzzAdmit: nothing that is decoded makes the ledger's verdict fail or keep silent. What is accepted,
// written anew, is accepted again as the same event with the same figures, and every figure is one that the
// store keeps exactly.
func FuzzAdmit(f *testing.F) {
	register := demo(f)
	for _, m := range []message{
		{}, {data: fields{"value": "0.0000001", "unit": "平方米"}}, {data: fields{"value": "-1"}}, {data: fields{"value": "999999999999999999.999999", "unit": "m2"}},
		{data: fields{"measure": "sites", "mode": "to_date", "unit": "个", "value": "1", "item": "a"}}, reach(nil), reach(fields{"stage": "none"}),
		{data: fields{"measure": "rate", "mode": "level", "unit": "%", "value": nil, "numerator": "2", "denominator": "3"}},
		message{data: fields{"measure": nil, "mode": nil, "value": nil, "unit": nil, "problem": "征拆", "next_step": "加快"}}.of("progress.explained.v1"),
		message{data: fields{"mode": nil, "value": nil, "unit": nil}}.of("progress.unchanged.v1"),
	} {
		f.Add(m.open(f).Body)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		first := judged(register, body)
		if r := first.Rejection; r != nil {
			if r.Reason == "" || r.Message == "" {
				t.Errorf("refused without a word: %+v", r)
			}
			return
		}
		for name, figure := range map[string]decimal.NullDecimal{
			"quantity": first.Record.Quantity, "numerator": first.Record.Numerator, "denominator": first.Record.Denominator,
		} {
			if r := schema.CheckQuantity(name, figure.Decimal); figure.Valid && r != nil {
				t.Errorf("the store would cut an admitted figure: %v", r)
			}
		}
		again, err := json.Marshal(&first.Record.Event)
		if err != nil {
			t.Fatalf("an accepted event cannot be written: %v", err)
		}
		second := judged(register, again)
		if second.Rejection != nil {
			t.Fatalf("an accepted event, written anew, is refused: %v", second.Rejection)
		}
		if diff := cmp.Diff(first.Record, second.Record); diff != "" {
			t.Errorf("an accepted event, written anew, is another: %s", diff)
		}
	})
}

// judged is the verdict on one event where it says itself that it belongs.
func judged(register *seeds.Register, body []byte) schema.Opened {
	var to struct {
		Plan, Department string
		Data             struct{ Commitment string }
	}
	_ = json.Unmarshal(body, &to) // else there is no such subject, and it is refused
	address := schema.Address{Plan: to.Plan, Department: to.Department, Commitment: to.Data.Commitment}
	m := schema.Message{Subject: address.Subject(), Body: body, Sequence: 7, Timestamp: time.Date(2024, 7, 1, 0, 0, 0, 0, time.UTC)}
	var verdict schema.Opened
	schema.Policy{}.Open(&m, func(o *schema.Opened) {
		if o.Rejection == nil {
			o.Rejection = register.Admit(&o.Record)
		}
		verdict = *o
	})
	return verdict
}
