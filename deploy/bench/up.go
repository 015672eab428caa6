package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"xushi/deploy/embedded/engine"
)

// up builds xushi and measures the wall time of `xushi up --once` on an empty data folder, with the
// engine in its cache already.
func (b *bench) up(ctx context.Context) error {
	if _, err := engine.Locate(ctx, os.Stderr); err != nil {
		return err
	}
	binary := filepath.Join(b.dir, "xushi")
	say("building xushi")
	if out, err := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", binary, "xushi").CombinedOutput(); err != nil {
		return fmt.Errorf("go build xushi (run bench in the source folder): %w\n%s", err, out)
	}
	say("xushi up --once")
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, "up", "--once", "--data", filepath.Join(b.dir, "data"),
		"--nats-listen", anyPort, "--clickhouse-listen", anyPort, "--smtp-listen", anyPort, "--http-listen", "")
	started := time.Now()
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("xushi up --once: %w\n%s", err, out)
	}
	b.figures.add("up_once_seconds", time.Since(started).Seconds(), "wall time of xushi up --once, engine cached, empty data folder, s", "< 20")
	return nil
}
