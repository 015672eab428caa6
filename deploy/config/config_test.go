package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"xushi/deploy/config"
)

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "xushi.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestFileOverDefaults(t *testing.T) {
	c, err := config.Load(write(t, `
roles: [jobs]
ingest: {batch_age: 50ms}
letter: {recipients: ["督查室 <ducha@example.org>"]}
`))
	if err != nil {
		t.Fatal(err)
	}
	if c.Has(config.IngestRole) || !c.Has(config.JobsRole) {
		t.Errorf("roles = %v, want jobs alone", c.Roles)
	}
	if c.Ingest.BatchAge != 50*time.Millisecond || c.Ingest.BatchRows != config.Default().Ingest.BatchRows {
		t.Errorf("ingest = %+v, want the file's age and the default rows", c.Ingest)
	}
}

func TestEnvironmentOverFile(t *testing.T) {
	t.Setenv("XUSHI_CLICKHOUSE__URL", "http://db:8123/progress")
	t.Setenv("XUSHI_ROLES", "ingest")
	t.Setenv("XUSHI_LIBCHDB", "/not/a/key")
	c, err := config.Load(write(t, "clickhouse: {url: http://file/progress}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if c.ClickHouse.URL != "http://db:8123/progress" || c.Has(config.JobsRole) {
		t.Errorf("config = %+v, want the environment's url and role", c)
	}
}

func TestAllErrorsAtOnce(t *testing.T) {
	t.Setenv("XUSHI_NATS__ULR", "nats://typo")
	_, err := config.Load(write(t, `
roles: [ingest, jobs, cook]
nats: {replicas: 9, progress_bytes: -1, mail_bytes: 1024}
ingest: {partitions: 4}
letter:
  at: noon
  assess: "TZ="
  from: nobody
  english: [c@example.org]
  departments: {"Housing": [], health: [nobody, a@example.org, A@example.org]}
  operator: somebody
  calendar: none.yaml
  grace: 1s
  wait: 24h
  late_after: -1s
  give_up: 0s
  remind_days: 99
  board_url: "::::"
smtp: {tls: maybe, port: 0}
log: {level: loud, format: xml}
`))
	if err == nil {
		t.Fatal("a configuration full of mistakes was accepted")
	}
	for _, key := range []string{
		"ulr", "roles", "nats.replicas", "nats.progress_bytes", "nats.mail_bytes", "ingest.partitions", "letter.at", "letter.assess", "letter.from", "letter.recipients",
		"letter.english", "letter.departments.Housing: \"Housing\"", "letter.departments.Housing: is empty", "letter.departments.health[0]",
		"letter.departments.health[2]", "letter.operator", "letter.calendar", "letter.grace", "letter.wait", "letter.late_after",
		"letter.give_up", "letter.remind_days", "letter.board_url", "smtp: tls", "smtp: port", "log.level", "log.format",
	} {
		if !strings.Contains(err.Error(), key) {
			t.Errorf("the error does not name %s:\n%v", key, err)
		}
	}
}

func TestMissingFile(t *testing.T) {
	if _, err := config.Load(filepath.Join(t.TempDir(), "none.yaml")); err == nil {
		t.Fatal("a file that is not there was accepted")
	}
}

// The hour of letters is one of every day; on which days they go out, the calendar says.
func TestTheHourOfLetters(t *testing.T) {
	c, err := config.Load(write(t, "letter: {at: \"14:30\", recipients: [a@example.org]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	hour, err := c.Letter.Hour()
	if err != nil || hour != 14*time.Hour+30*time.Minute || c.Letter.Daily() != "30 14 * * *" || c.Letter.Hourly() != "30 * * * *" {
		t.Errorf("hour %s, %v, cron %q, %q", hour, err, c.Letter.Daily(), c.Letter.Hourly())
	}
}
