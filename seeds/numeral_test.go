package seeds_test

import (
	"testing"

	"xushi/seeds"
)

// TestReadNumeral: a numeral is read exactly, however a report writes it, or not at all.
func TestReadNumeral(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{ // "" if it cannot be read
		"12": "12", "84.7万": "847000", "5000": "5000", "1,500": "1500", "1,234,567.5": "1234567.5", "１２００": "1200", "３，５００": "3500", "３．５万": "35000",
		"2万亿": "2000000000000", "3千": "3000", "3千万": "30000000", "1亿5000万": "150000000", "10余万": "100000", "十余万": "100000", "三百多万": "3000000",
		"20%": "20%", "８０％": "80%", "百分之八十": "80%", "百分之95": "95%", "百分之三点五": "3.5%", "八成": "80%", "全覆盖": "100%",
		"三": "3", "两": "2", "十": "10", "十二": "12", "二十": "20", "九十九": "99", "一百二十": "120", "三百零五": "305", "两千": "2000",
		"一百一十": "110", "一千零一十": "1010", "一千零十": "1010", "一万五千": "15000", "三千万": "30000000", "两万亿": "2000000000000", "一亿五千万": "150000000",
		"一万零五": "10005", "二〇二五": "2025", "三点五": "3.5", "三点五万": "35000", "一点二五亿": "125000000", "零": "0",

		"": "", "万": "", "百": "", "千万": "", "三五": "", "十四五": "", "一百二": "", "三一": "", "五三十": "", "十百": "", "百分之": "", "百分之八十%": "",
		"八十%成": "", "12a": "", "1,50": "", "5万6亿": "", "1.2.3": "", "点五": "", "十余": "", "余万": "", "三点": "", "三点万": "", "三点五十": "", "一.五": "", "1234567890123456789": "", "99999999亿亿": "", "0.1234567": "",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			value, percent, err := seeds.ReadNumeral(text)
			got := value.String()
			if percent {
				got += "%"
			}
			if err != nil {
				got = ""
			}
			if got != want {
				t.Errorf("%q is %q (%v), want %q", text, got, err, want)
			}
		})
	}
}

// FuzzReadNumeral: whatever can be read can be kept in a ledger.
func FuzzReadNumeral(f *testing.F) {
	for _, text := range []string{"84.7万", "一百二十", "百分之八十", "1,500", "八成", "两万亿", "三点五", "亿亿亿亿", "99999999亿亿"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		value, _, err := seeds.ReadNumeral(text)
		if err == nil && (value.IsNegative() || len(value.Truncate(0).String()) > 19 || !value.Equal(value.Truncate(6))) {
			t.Errorf("%q is read as %s", text, value)
		}
	})
}
