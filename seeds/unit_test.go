package seeds_test

import (
	"testing"

	"xushi/seeds"
)

func TestUnitFactor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		base, unit, factor string // factor "" if the unit is not the measure's
	}{
		{"平方米", "平方米", "1"},
		{"平方米", "㎡", "1"},
		{"平方米", "m²", "1"},
		{"平方米", "m2", "1"},
		{"平方米", "万平方米", "10000"},
		{"平方米", "万m²", "10000"},
		{"平方米", "亿平米", "100000000"},
		{"平方米", "公顷", ""},
		{"平方米", "万", ""},
		{"平方米", "万万平方米", ""},
		{"平方米", "平方米 ", ""},
		{"平方米", "", ""},
		{"户", "万户", "10000"},
		{"户", "家", ""},
		{"个", "千个", ""},
		{"%", "%", "1"},
		{"%", "％", "1"},
		{"%", "万%", ""},
		{"%", "百分点", ""},
		{"万元", "万元", "1"},
		{"万元", "万万元", "10000"},
	} {
		t.Run(c.base+" in "+c.unit, func(t *testing.T) {
			t.Parallel()
			factor, ok := (&seeds.Measure{Unit: c.base}).UnitFactor(c.unit)
			got := ""
			if ok {
				got = factor.String()
			}
			if got != c.factor {
				t.Errorf("factor %q, want %q", got, c.factor)
			}
		})
	}
}
