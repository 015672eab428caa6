// Package config is the one place where an installation says what it wants: a YAML file and the
// environment over it. Every mistake is reported at once, with its key; an unknown key is a mistake.
//
// An environment variable overrides a key: XUSHI_CLICKHOUSE__URL is clickhouse.url (two underscores
// separate the levels). That is where secrets belong.
package config

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/go-viper/mapstructure/v2"
	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"

	"xushi/jobs/mail"
	"xushi/jobs/post"
	"xushi/schema"
	"xushi/seeds"
)

// Roles that a process may take.
const (
	IngestRole = "ingest" // brings the log into the store
	JobsRole   = "jobs"   // assesses by the clock, writes and sends letters
)

// Config is everything that `xushi run` depends on. Defaults are those of Default.
type Config struct {
	Roles      []string    `koanf:"roles"`   // any of ingest, jobs; default both
	Ledgers    []string    `koanf:"ledgers"` // built-in ledgers by name, others by directory; default hongqiao-2024
	NATS       NATS        `koanf:"nats"`
	ClickHouse ClickHouse  `koanf:"clickhouse"`
	Simulation Simulation  `koanf:"simulation"`
	Ingest     Ingest      `koanf:"ingest"`
	Letter     Letter      `koanf:"letter"`
	SMTP       mail.Config `koanf:"smtp"` // the mail server; default 127.0.0.1:25 without TLS. Give the password as XUSHI_SMTP__PASSWORD
	HTTP       HTTP        `koanf:"http"`
	Log        Log         `koanf:"log"`

	// Post is how letters are sent again, except for Letter.GiveUp; proofs are in more of a hurry than offices.
	Post post.Options `koanf:"-"`
}

// NATS is where the streams are.
type NATS struct {
	URL         string `koanf:"url"`         // default nats://127.0.0.1:4222
	Credentials string `koanf:"credentials"` // path of a .creds file; default none
	Replicas    int    `koanf:"replicas"`    // of every stream; default 1

	// How much the streams hold that refuse what is beyond: bytes. The server sets so much of its disk aside.
	ProgressBytes int64 `koanf:"progress_bytes"` // events; default 8 GiB
	OfficeBytes   int64 `koanf:"office_bytes"`   // acts of the office; default 256 MiB
	MailBytes     int64 `koanf:"mail_bytes"`     // letters; default 4 GiB
}

// Streams are the options that this says something of, over those that are given.
func (n *NATS) Streams(o schema.StreamOptions) schema.StreamOptions {
	o.Replicas, o.ProgressBytes, o.OfficeBytes, o.MailBytes = n.Replicas, n.ProgressBytes, n.OfficeBytes, n.MailBytes
	return o
}

// defaultNATS is one server on this machine.
func defaultNATS() NATS {
	o := schema.DefaultStreamOptions()
	return NATS{
		URL: "nats://127.0.0.1:4222", Replicas: o.Replicas,
		ProgressBytes: o.ProgressBytes, OfficeBytes: o.OfficeBytes, MailBytes: o.MailBytes,
	}
}

// leastBytes of a stream: room for some of the largest messages.
const leastBytes = 64 << 20

func (n *NATS) validate(wrong func(key, format string, args ...any)) {
	if n.URL == "" {
		wrong("nats.url", "is empty; write something like nats://127.0.0.1:4222")
	}
	if n.Replicas < 1 || n.Replicas > 5 {
		wrong("nats.replicas", "%d is not between 1 and 5", n.Replicas)
	}
	for _, size := range []struct {
		key   string
		bytes int64
	}{{"nats.progress_bytes", n.ProgressBytes}, {"nats.office_bytes", n.OfficeBytes}, {"nats.mail_bytes", n.MailBytes}} {
		if size.bytes < leastBytes {
			wrong(size.key, "%d is less than %d", size.bytes, leastBytes)
		}
	}
}

// ClickHouse is where the store is.
type ClickHouse struct {
	URL string `koanf:"url"` // with the database as path; default http://127.0.0.1:8123/progress
}

// Simulation is off wherever figures are to be believed.
type Simulation struct {
	Allow bool `koanf:"allow"` // accept events of the simulator, and mark every letter; default false
}

// Ingest bounds the ingest role.
type Ingest struct {
	BatchRows  int           `koanf:"batch_rows"` // default 100000
	BatchAge   time.Duration `koanf:"batch_age"`  // default 200ms
	Partitions int           `koanf:"partitions"` // of the log: 1, or 8 for several processes to share it, in all their configurations; default 1
}

// HTTP serves /healthz and /metrics.
type HTTP struct {
	Listen string `koanf:"listen"` // default 127.0.0.1:9321; "" serves nothing
}

// Log is how a process reports.
type Log struct {
	Level  string `koanf:"level"`  // debug, info, warn or error; default info
	Format string `koanf:"format"` // text or json; default text
}

// Default is the configuration of an empty file.
func Default() Config {
	return Config{
		Roles:      []string{IngestRole, JobsRole},
		Ledgers:    []string{seeds.Default},
		NATS:       defaultNATS(),
		ClickHouse: ClickHouse{URL: "http://127.0.0.1:8123/progress"},
		Ingest:     Ingest{BatchRows: 100_000, BatchAge: 200 * time.Millisecond, Partitions: 1},
		Letter:     defaultLetter(),
		SMTP:       mail.Config{Host: "127.0.0.1", Port: 25, Timeout: 30 * time.Second, Verdict: 10 * time.Minute},
		HTTP:       HTTP{Listen: "127.0.0.1:9321"},
		Log:        Log{Level: "info", Format: "text"},
	}
}

// Load reads the file, then the environment over it, and validates. An empty path reads the
// environment alone.
func Load(path string) (Config, error) {
	c, what := Default(), cmp.Or(path, FromEnvironment)
	k := koanf.New(".")
	if path != "" {
		if err := k.Load(file.Provider(path), yaml.Parser()); err != nil {
			return c, fmt.Errorf("configuration %s: %w", path, err)
		}
	}
	if err := k.Load(env.Provider(".", env.Opt{Prefix: envPrefix, TransformFunc: fromEnvironment}), nil); err != nil {
		return c, fmt.Errorf("configuration %s: %w", FromEnvironment, err)
	}
	err := k.UnmarshalWithConf("", &c, koanf.UnmarshalConf{DecoderConfig: &mapstructure.DecoderConfig{
		Result: &c, TagName: "koanf", ErrorUnused: true, WeaklyTypedInput: true,
		DecodeHook: mapstructure.ComposeDecodeHookFunc(
			mapstructure.StringToTimeDurationHookFunc(),
			mapstructure.StringToSliceHookFunc(","),
		),
	}})
	if err = errors.Join(err, c.Validate()); err != nil {
		return c, fmt.Errorf("configuration %s: %w", what, err)
	}
	return c, nil
}

// FromEnvironment stands for the path of a configuration that has none.
const FromEnvironment = "from the environment"

const envPrefix = "XUSHI_"

// fromEnvironment maps XUSHI_NATS__URL to nats.url. Variables without a level, such as XUSHI_LIBCHDB,
// are not keys of ours.
func fromEnvironment(name, value string) (string, any) {
	key := strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(name, envPrefix), "__", "."))
	if strings.Contains(key, ".") || key == "roles" || key == "ledgers" {
		return key, value
	}
	return "", nil
}

// Validate says everything that is wrong, each with its key and what to write instead.
func (c *Config) Validate() error {
	var errs []error
	wrong := func(key, format string, args ...any) {
		errs = append(errs, fmt.Errorf("%s: %s", key, fmt.Sprintf(format, args...)))
	}
	if len(c.Roles) == 0 {
		wrong("roles", "is empty; name ingest, jobs or both")
	}
	for _, r := range c.Roles {
		if r != IngestRole && r != JobsRole {
			wrong("roles", "%q is no role; write ingest or jobs", r)
		}
	}
	if len(c.Ledgers) == 0 {
		wrong("ledgers", "is empty; name a built-in ledger (%s), or a directory", strings.Join(seeds.BuiltIns(), ", "))
	}
	c.NATS.validate(wrong)
	if c.ClickHouse.URL == "" {
		wrong("clickhouse.url", "is empty; write something like http://127.0.0.1:8123/progress")
	}
	if c.Ingest.BatchRows < 1 || c.Ingest.BatchRows > 1_000_000 {
		wrong("ingest.batch_rows", "%d is not between 1 and 1000000", c.Ingest.BatchRows)
	}
	if c.Ingest.BatchAge < time.Millisecond || c.Ingest.BatchAge > time.Minute {
		wrong("ingest.batch_age", "%s is not between 1ms and 1m", c.Ingest.BatchAge)
	}
	if p := c.Ingest.Partitions; p != 1 && p != schema.Partitions {
		wrong("ingest.partitions", "%d is neither 1 nor %d", p, schema.Partitions)
	}
	if c.Has(JobsRole) {
		c.Letter.validate(wrong)
		each("smtp", c.SMTP.Validate(), wrong)
	}
	if _, _, err := net.SplitHostPort(c.HTTP.Listen); c.HTTP.Listen != "" && err != nil {
		wrong("http.listen", "%q is not host:port", c.HTTP.Listen)
	}
	if _, err := c.Log.slogLevel(); err != nil {
		wrong("log.level", "%q is none of debug, info, warn, error", c.Log.Level)
	}
	if c.Log.Format != "text" && c.Log.Format != "json" {
		wrong("log.format", "%q is neither text nor json", c.Log.Format)
	}
	return errors.Join(errs...)
}

// each gives every line of a joined error its key.
func each(key string, err error, wrong func(key, format string, args ...any)) {
	if err == nil {
		return
	}
	for line := range strings.SplitSeq(err.Error(), "\n") {
		wrong(key, "%s", line)
	}
}

// Has tells whether the process takes the role.
func (c *Config) Has(role string) bool { return slices.Contains(c.Roles, role) }

func (l Log) slogLevel() (slog.Level, error) {
	var level slog.Level
	err := level.UnmarshalText([]byte(l.Level))
	return level, err
}

// Logger is the process's logger; it writes to standard error.
func (l Log) Logger() *slog.Logger {
	level, err := l.slogLevel()
	if err != nil {
		level = slog.LevelInfo // Validate has refused it already
	}
	options := &slog.HandlerOptions{Level: level}
	if l.Format == "json" {
		return slog.New(slog.NewJSONHandler(os.Stderr, options))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, options))
}
