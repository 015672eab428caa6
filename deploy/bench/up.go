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

// upOnce builds xushi and measures the wall time of `xushi up --once` on an empty data folder, with the
// engine in its cache already.
func upOnce(ctx context.Context, dir string) (seconds float64, err error) {
	if _, err := engine.Locate(ctx, os.Stderr); err != nil {
		return 0, err
	}
	binary := filepath.Join(dir, "xushi")
	progress("building xushi")
	if out, err := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", binary, "xushi").CombinedOutput(); err != nil {
		return 0, fmt.Errorf("go build xushi (run bench in the source folder): %w\n%s", err, out)
	}
	progress("xushi up --once")
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	const anyPort = "127.0.0.1:0"
	cmd := exec.CommandContext(ctx, binary, "up", "--once", "--data", filepath.Join(dir, "data"),
		"--nats-listen", anyPort, "--clickhouse-listen", anyPort, "--smtp-listen", anyPort, "--http-listen", "")
	started := time.Now()
	out, err := cmd.CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("xushi up --once: %w\n%s", err, out)
	}
	return time.Since(started).Seconds(), nil
}
