package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"xushi/deploy/embedded/engine"
)

type options struct {
	seed     uint64
	runs     int
	atOnce   int
	progress io.Writer
}

func (o options) say(format string, args ...any) {
	fmt.Fprintf(o.progress, "crash: "+format+"\n", args...)
}

// playAll plays all runs, some at the same time, on one engine.
func playAll(ctx context.Context, o options) (r *report, err error) {
	started := time.Now()
	dir, err := os.MkdirTemp("", "xushi-crash-")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err == nil && r.good() {
			err = os.RemoveAll(dir)
		} else {
			o.say("logs are kept in %s", dir)
		}
	}()
	e, err := engine.Start(ctx, engine.Options{
		DataDir: filepath.Join(dir, "clickhouse"), Listen: "127.0.0.1:0", Databases: []string{"crash_*"}, Progress: o.progress,
	})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, e.Stop(context.WithoutCancel(ctx))) }()
	r = newReport()
	var adding sync.Mutex
	plays, playing := errgroup.WithContext(ctx)
	plays.SetLimit(o.atOnce)
	for i := range o.runs {
		plays.Go(func() error {
			p := newPlay(o.seed+uint64(i), e, dir)
			j, err := p.play(playing)
			if err != nil {
				return fmt.Errorf("seed %d: %w", p.seed, err)
			}
			adding.Lock()
			defer adding.Unlock()
			r.add(p, j)
			for _, b := range j.breaches {
				o.say("seed %d: %s", p.seed, b)
			}
			o.say("%d of %d runs, %d kills, %d letters, %d breaches", r.runs, o.runs, r.killed(), r.sum.letters, len(r.sum.breaches))
			if len(j.breaches) > 0 {
				return nil
			}
			return os.RemoveAll(p.dir)
		})
	}
	err = plays.Wait()
	r.seconds = time.Since(started).Seconds()
	return r, err
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Host
}

func hostPort(address string) (host string, port int) {
	host, text, _ := net.SplitHostPort(address)
	port, _ = strconv.Atoi(text)
	return host, port
}
