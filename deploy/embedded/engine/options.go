package engine

import (
	"cmp"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// DefaultListen is loopback, at the port of ClickHouse's HTTP interface.
const DefaultListen = "127.0.0.1:8123"

// Options of one engine. The zero value of a field means its default.
type Options struct {
	// Library is the path of libchdb.so. Default: what [Locate] finds or fetches.
	Library string
	// DataDir holds everything the engine stores. Required; made if it is not there.
	DataDir string
	// Listen is where the HTTP interface listens, port 0 for any free port.
	// Default [DefaultListen].
	Listen string
	// Databases that clients may create, fill and drop; "name*" stands for all that
	// begin with name. Those without * are made at the start. Default: progress.
	Databases []string
	// MaxBody bounds a request's body in bytes. Default 256 MiB.
	MaxBody int64
	// MaxQuery bounds a statement without its data in bytes. Default 1 MiB.
	MaxQuery int
	// StartTimeout bounds the way from start to the first answer. Default 60 s.
	StartTimeout time.Duration
	// Logger gets what happens to the child. Default: nothing is logged.
	Logger *slog.Logger
	// Progress shows the download of the library, if there is one. Default: not shown.
	Progress io.Writer
}

func (o Options) withDefaults() (Options, error) {
	if o.DataDir == "" {
		return o, errors.New("engine: Options.DataDir is empty")
	}
	dir, err := filepath.Abs(o.DataDir)
	if err != nil {
		return o, err
	}
	o.DataDir = dir
	o.Listen = cmp.Or(o.Listen, DefaultListen)
	if len(o.Databases) == 0 {
		o.Databases = []string{"progress"}
	}
	o.Databases = slices.Clone(o.Databases)
	o.MaxBody = cmp.Or(o.MaxBody, 256<<20)
	o.MaxQuery = cmp.Or(o.MaxQuery, 1<<20)
	o.StartTimeout = cmp.Or(o.StartTimeout, time.Minute)
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Progress == nil {
		o.Progress = io.Discard
	}
	return o, nil
}

// childConfig is what the child is told. It travels in one environment variable,
// which is also the mark that makes this binary the child.
type childConfig struct {
	Library   string
	DataDir   string
	Listen    string
	Databases []string
	MaxBody   int64
	MaxQuery  int
}

const (
	childVariable  = "XUSHI_ENGINE_CHILD"  // childConfig as JSON
	fencedVariable = "XUSHI_ENGINE_FENCED" // set once the child stands inside the fence
)

// childEnvironment is all that the child inherits: it needs no secret of ours.
func childEnvironment(config string) []string {
	env := []string{childVariable + "=" + config}
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "LANG", "LD_LIBRARY_PATH", "GOTRACEBACK", "GORACE"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// fixed are the databases without an asterisk.
func (c *childConfig) fixed() []string {
	return slices.DeleteFunc(slices.Clone(c.Databases), func(name string) bool { return strings.HasSuffix(name, "*") })
}
