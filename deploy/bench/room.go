package main

import (
	"fmt"
	"syscall"
)

// roomAnEvent is what a single event takes on the disk: its message in the log, some 560 bytes, and its
// row, while the store merges more than once.
const roomAnEvent = 1 << 10

// roomBeside is for everything else.
const roomBeside = 2 << 30

// checkRoom fails early rather than when the disk is full.
func checkRoom(dir string, events int) error {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		return fmt.Errorf("free space of %s: %w", dir, err)
	}
	free, need := int64(fs.Bavail)*fs.Bsize, int64(events)*roomAnEvent+roomBeside
	if free < need {
		return fmt.Errorf("%s has %.1f GB free, %d events need %.1f GB: set TMPDIR to a folder with more, or BENCH_EVENTS to fewer",
			dir, float64(free)/1e9, events, float64(need)/1e9)
	}
	return nil
}
