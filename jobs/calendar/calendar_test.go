package calendar_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"xushi/jobs/calendar"
	"xushi/schema"
)

func day(t *testing.T, text string) schema.Date {
	t.Helper()
	d, err := schema.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// The letter goes out on Monday, or on the week's next working day: that may be a Sunday.
func TestLetterDay(t *testing.T) {
	t.Parallel()
	c := calendar.China()
	for monday, want := range map[string]string{
		"2024-01-01": "2024-01-02",
		"2024-02-05": "2024-02-05",
		"2024-02-12": "2024-02-18", // the spring festival ends with a working Sunday
		"2024-02-19": "2024-02-19",
		"2024-04-01": "2024-04-01",
		"2024-04-29": "2024-04-29",
		"2024-06-10": "2024-06-11",
		"2024-07-01": "2024-07-01",
		"2024-09-16": "2024-09-18",
		"2024-09-30": "2024-09-30",
		"2024-10-07": "2024-10-08",
		"2024-12-30": "2024-12-30", // of 2025's first week
		"2025-01-27": "2025-01-27", // the day before the spring festival
		"2025-02-03": "2025-02-05",
		"2025-05-05": "2025-05-06",
		"2025-06-02": "2025-06-03",
		"2025-10-06": "2025-10-09",
	} {
		got, ok := c.LetterDay(schema.WeekOf(day(t, monday).Start()))
		if !ok || got != day(t, want) {
			t.Errorf("the letter of the week of %s goes out on %s (%v), want %s", monday, got, ok, want)
		}
	}
}

// In these two years every other letter goes out on its Monday.
func TestFewLettersMove(t *testing.T) {
	t.Parallel()
	c := calendar.China()
	var moved []string
	for w := (schema.Week{Year: 2024, Number: 1}); w.Monday() <= day(t, "2025-12-29"); w = w.Next() {
		if d, ok := c.LetterDay(w); !ok || d != w.Monday() {
			moved = append(moved, w.Monday().String()+" → "+d.String())
		}
	}
	want := []string{
		"2024-01-01 → 2024-01-02", "2024-02-12 → 2024-02-18", "2024-06-10 → 2024-06-11", "2024-09-16 → 2024-09-18",
		"2024-10-07 → 2024-10-08", "2025-02-03 → 2025-02-05", "2025-05-05 → 2025-05-06", "2025-06-02 → 2025-06-03",
		"2025-10-06 → 2025-10-09",
	}
	if diff := cmp.Diff(want, moved); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestWorks(t *testing.T) {
	t.Parallel()
	c := calendar.China()
	for date, want := range map[string]bool{
		"2024-02-04": true,  // a working Sunday
		"2024-02-09": true,  // New Year's Eve was no holiday in 2024
		"2024-02-10": false, // a Saturday off
		"2024-02-13": false,
		"2024-07-06": false, // a plain Saturday
		"2024-07-08": true,
		"2025-01-26": true,
		"2025-10-11": true,
		"2026-01-01": true, // nobody has entered 2026: only weekends are known
		"2026-01-03": false,
	} {
		if got := c.Works(day(t, date)); got != want {
			t.Errorf("works on %s: %v, want %v", date, got, want)
		}
	}
}

// A week that reaches into a year that nobody has entered is not known for sure.
func TestUnknownYear(t *testing.T) {
	t.Parallel()
	c := calendar.China()
	for monday, want := range map[string]int{"2023-12-25": 2023, "2024-01-01": 0, "2024-12-30": 0, "2025-12-22": 0, "2025-12-29": 2026, "2026-01-05": 2026} {
		if got, _ := c.Unknown(schema.WeekOf(day(t, monday).Start())); got != want {
			t.Errorf("the week of %s: %d is unknown, want %d", monday, got, want)
		}
	}
	if c.Known(2026) || !c.Known(2024) || !c.Known(2025) {
		t.Error("the embedded years are 2024 and 2025")
	}
}

func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "calendar.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// The office adds years, and may replace one: a whole week without work has no letter.
func TestTheOfficesFile(t *testing.T) {
	t.Parallel()
	c, err := calendar.Load(file(t, "2026: {off: [2026-01-01/2026-01-03], work: [2026-01-04]}\n2025: {off: [2025-07-07/2025-07-13]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if !c.Known(2026) || c.Works(day(t, "2026-01-02")) || !c.Works(day(t, "2026-01-04")) {
		t.Error("2026 is not as the file has it")
	}
	if !c.Works(day(t, "2025-10-01")) || c.Works(day(t, "2024-10-01")) {
		t.Error("the file's 2025 does not take the place of the embedded one, or 2024 went with it")
	}
	if d, ok := c.LetterDay(schema.WeekOf(day(t, "2025-07-07").Start())); ok {
		t.Errorf("a week in which nobody works has a letter on %s", d)
	}
}

func TestAFileIsReadWithAllItsMistakes(t *testing.T) {
	t.Parallel()
	_, err := calendar.Load(file(t, `
2026: {off: [2026-13-01, 2025-01-01, 2026-10-07/2026-10-01, 2026-05-01, 2026-05-01/2026-05-02], work: [2026-05-04]}
2027: {work: []}
`))
	if err == nil {
		t.Fatal("a calendar full of mistakes was accepted")
	}
	for _, want := range []string{"2026-13-01", "2025-01-01", "ends before", "listed twice", "2026-05-04 is no weekend", "2027.off"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not say %q:\n%v", want, err)
		}
	}
	for _, text := range []string{"", "2026: {holidays: []}\n", "next: {off: []}\n"} {
		if _, err := calendar.Load(file(t, text)); err == nil {
			t.Errorf("%q was accepted", text)
		}
	}
	if _, err := calendar.Load(filepath.Join(t.TempDir(), "none.yaml")); err == nil {
		t.Error("a file that is not there was accepted")
	}
}
