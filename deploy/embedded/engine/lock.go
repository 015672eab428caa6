package engine

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// DataDirInUseError says that another engine works on the folder. libchdb itself
// would not notice, and two engines on one folder destroy it.
type DataDirInUseError struct {
	Dir string
	PID int // of the holder, 0 if it cannot be told
}

func (e *DataDirInUseError) Error() string {
	return fmt.Sprintf("another engine (pid %d) works on the data folder %s: stop it, or choose another folder", e.PID, e.Dir)
}

// lockPatience is how long a predecessor may take to die.
const lockPatience = 5 * time.Second

// lockDataDir takes the folder for this process. The kernel gives the lock back
// when the process ends, however it ends.
func lockDataDir(ctx context.Context, dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "engine.lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock data folder: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, lockPatience)
	defer cancel()
	if err := flock(ctx, f); err != nil {
		text, _ := os.ReadFile(f.Name()) // only for the message
		pid, _ := strconv.Atoi(strings.TrimSpace(string(text)))
		_ = f.Close()
		if errors.Is(err, context.DeadlineExceeded) {
			return nil, &DataDirInUseError{Dir: dir, PID: pid}
		}
		return nil, fmt.Errorf("lock data folder: %w", err)
	}
	if err := errors.Join(f.Truncate(0), writeAt(f, strconv.Itoa(os.Getpid())+"\n")); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("lock data folder: %w", err)
	}
	return f, nil
}

func writeAt(f *os.File, s string) error {
	_, err := f.WriteAt([]byte(s), 0)
	return err
}

// flock waits for an exclusive lock on f until ctx ends.
func flock(ctx context.Context, f *os.File) error {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}
