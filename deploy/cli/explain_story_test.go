package cli_test

import (
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"strings"
	"testing"
	"time"

	"xushi/jobs/assessment"
	"xushi/jobs/explanation"
	"xushi/jobs/figures"
	"xushi/producers/simulator"
	"xushi/schema"
	"xushi/seeds"
)

// heard is what an ingest makes of a plan's simulated year.
func heard(t *testing.T, l *seeds.Ledger) []schema.Record {
	t.Helper()
	register := seeds.NewRegister(map[string]*seeds.History{l.Plan.ID: seeds.NewHistory(seeds.Revision{Ledger: l})})
	var records []schema.Record
	for i, m := range simulator.Year(l, 1) {
		in := &schema.Message{Subject: m.Subject, Header: m.Header, Body: m.Body, Sequence: uint64(i + 1)}
		schema.Policy{AllowSimulation: true}.Open(in, func(o *schema.Opened) {
			if o.Rejection == nil && register.Admit(&o.Record) == nil {
				records = append(records, o.Record)
			}
		})
	}
	return records
}

// What explain prints can be reckoned again: every equation in it holds, within the rounding of the numbers that it
// is printed with, and its ends are the figures of the assessment. So it is for every measure, and with that for
// every curve and mode, all through the simulated year and after it.
func TestWhatExplainPrintsAddsUp(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, plan := range []string{seeds.Default, "example-2025"} {
		l, err := seeds.BuiltIn(plan)
		if err != nil {
			t.Fatal(err)
		}
		log := assessment.NewLog(l, heard(t, l))
		for day := l.Plan.Start + 40; day <= l.Plan.End+20; day += 28 {
			asOf := day.Start().Add(8 * time.Hour)
			for _, m := range l.Measures() {
				a := log.AssessMeasure(m, asOf, asOf)
				checkExplanation(t, l, log, &a)
				seen[string(m.Curve.Kind)], seen[string(m.Mode)] = true, true
			}
		}
	}
	for _, kind := range []seeds.CurveKind{seeds.Linear, seeds.Steps, seeds.Season, seeds.ByItem, seeds.ByLevel, seeds.Milestones} {
		if !seen[string(kind)] {
			t.Errorf("no measure has a curve of kind %s", kind)
		}
	}
	for _, mode := range []schema.Mode{schema.Increment, schema.ToDate, schema.Level} {
		if !seen[string(mode)] {
			t.Errorf("no measure is reported as %s", mode)
		}
	}
}

func checkExplanation(t *testing.T, l *seeds.Ledger, log *assessment.Log, a *assessment.Assessment) {
	t.Helper()
	var out strings.Builder
	if err := explanation.Write(&out, explanation.Input{Ledger: l, Measure: a.Measure, Log: log, AsOf: a.AsOf, KnownAt: a.KnownAt}); err != nil {
		t.Fatal(err)
	}
	text := joined(out.String())
	where := fmt.Sprintf("%s as of %s", a.Measure.ID, a.AsOf.Format(time.DateOnly))
	for _, equation := range equations(text) {
		if err := holds(equation); err != nil {
			t.Errorf("%s: %q: %v", where, equation, err)
		}
	}
	planned, actual := section(text, "三、"), section(text, "四、")
	ends := map[string]struct{ in, want string }{
		"planned": {planned, figures.Quantity(a.Measure, a.Planned)},
		"actual":  {actual, figures.Quantity(a.Measure, figures.Rat(a.Actual))},
	}
	for what, end := range ends {
		if end.want != figures.None && !strings.Contains(end.in, end.want) {
			t.Errorf("%s: %s is %s, which is not in\n%s", where, what, end.want, end.in)
		}
	}
	if a.PlannedShare != nil && a.Planned != nil && len(equations(planned)) == 0 {
		t.Errorf("%s: nothing is derived in\n%s", where, planned)
	}
	if total := strings.Count(actual, " 发生，"); total != len(a.Events) {
		t.Errorf("%s: %d events make up the actual, and %d are listed", where, len(a.Events), total)
	}
	for _, e := range a.Events {
		if !strings.Contains(actual, e.Source+"#"+e.ID) {
			t.Errorf("%s: event %s is not listed", where, e.ID)
		}
	}
	if a.Gap != nil && !strings.Contains(text, figures.Points(a.Gap)) {
		t.Errorf("%s: gap %s is not in\n%s", where, figures.Points(a.Gap), text)
	}
	if !strings.Contains(text, fmt.Sprintf("滞后天数 %d 天", a.LagDays)) || !strings.Contains(text, "进度状态 "+figures.Status(a.Standing)) {
		t.Errorf("%s: %d days, %s are not what the summary says:\n%s", where, a.LagDays, figures.Status(a.Standing), text[:400])
	}
}

// joined undoes the breaking of lines, which belongs to the eye.
func joined(text string) string {
	text = regexp.MustCompile(`([!-~×÷])\n {13,}`).ReplaceAllString(text, "$1 ")
	text = regexp.MustCompile(`\n {13,}`).ReplaceAllString(text, "")
	return regexp.MustCompile(` {2,}`).ReplaceAllString(text, " ")
}

func section(text, mark string) string {
	_, rest, _ := strings.Cut(text, "\n"+mark)
	body, _, _ := strings.Cut(rest, "\n\n")
	return body
}

// An equation has numbers, units and signs on both sides; words end it.
var (
	numeral  = `[-+]?\d+(?:\.\d+)?(?:万|亿)?(?: ?个百分点|平方米|个阶段|%|[个处户项条场家]|/千人)*`
	operand  = `\(?` + numeral + `\)?`
	equation = regexp.MustCompile(operand + `(?: [-+×÷] ` + operand + `)* = ` + numeral)
)

func equations(text string) []string { return equation.FindAllString(text, -1) }

// holds evaluates both sides with the interval that rounding leaves to each number.
func holds(equation string) error {
	left, right, _ := strings.Cut(equation, " = ")
	p := parser{tokens: regexp.MustCompile(`[()×÷]|(?:^|\s)[-+](?:\s)|`+numeral).FindAllString(left, -1)}
	got := p.sum()
	want := read(right)
	if len(p.tokens) > 0 {
		return fmt.Errorf("not understood from %q on", p.tokens)
	}
	if got.high.Cmp(want.low) < 0 || got.low.Cmp(want.high) > 0 {
		return errors.New("is " + got.low.FloatString(6) + " to " + got.high.FloatString(6))
	}
	return nil
}

// interval is what a rounded number may have been.
type interval struct{ low, high *big.Rat }

// read reads a printed number. Figures with decimals, and percentages, may have been rounded.
func read(text string) interval {
	number := regexp.MustCompile(`^[-+]?\d+(?:\.\d+)?`).FindString(strings.TrimSpace(text))
	value, _ := new(big.Rat).SetString(number)
	_, decimals, _ := strings.Cut(number, ".")
	half := new(big.Rat)
	switch {
	case strings.Contains(text, "%"), strings.Contains(text, "百分点"):
		half.SetFrac64(1, 200)
	case decimals != "":
		half, _ = new(big.Rat).SetString("0." + strings.Repeat("0", len(decimals)) + "5")
	case strings.Contains(text, "万"):
		half.SetFrac64(1, 200)
	}
	scale := big.NewRat(1, 1)
	switch {
	case strings.Contains(text, "万"):
		scale.SetInt64(10_000)
	case strings.Contains(text, "%"), strings.Contains(text, "百分点"):
		scale.SetFrac64(1, 100)
	}
	low, high := new(big.Rat).Sub(value, half), new(big.Rat).Add(value, half)
	return interval{low.Mul(low, scale), high.Mul(high, scale)}
}

// parser evaluates sums of products.
type parser struct{ tokens []string }

func (p *parser) next() string {
	if len(p.tokens) == 0 {
		return ""
	}
	return strings.TrimSpace(p.tokens[0])
}

func (p *parser) take() string {
	token := p.next()
	p.tokens = p.tokens[1:]
	return token
}

func (p *parser) sum() interval {
	value := p.product()
	for p.next() == "+" || p.next() == "-" {
		sign := p.take()
		other := p.product()
		if sign == "-" {
			other = interval{new(big.Rat).Neg(other.high), new(big.Rat).Neg(other.low)}
		}
		value = interval{new(big.Rat).Add(value.low, other.low), new(big.Rat).Add(value.high, other.high)}
	}
	return value
}

func (p *parser) product() interval {
	value := p.factor()
	for p.next() == "×" || p.next() == "÷" {
		sign := p.take()
		other := p.factor()
		if sign == "÷" {
			other = interval{new(big.Rat).Inv(other.high), new(big.Rat).Inv(other.low)}
		}
		value = corners(value, other)
	}
	return value
}

// corners is the product of two intervals.
func corners(a, b interval) interval {
	var product interval
	for _, x := range []*big.Rat{a.low, a.high} {
		for _, y := range []*big.Rat{b.low, b.high} {
			z := new(big.Rat).Mul(x, y)
			if product.low == nil || z.Cmp(product.low) < 0 {
				product.low = z
			}
			if product.high == nil || z.Cmp(product.high) > 0 {
				product.high = z
			}
		}
	}
	return product
}

func (p *parser) factor() interval {
	token := p.take()
	if token != "(" {
		return read(token)
	}
	value := p.sum()
	p.take() // the closing one
	return value
}
