package natsd

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// DirInUseError says that another server works on the folder. NATS itself would not notice, and two
// servers on one folder destroy it.
type DirInUseError struct{ Dir string }

func (e *DirInUseError) Error() string {
	return fmt.Sprintf("another NATS server works on the data folder %s: stop it, or choose another folder", e.Dir)
}

// lockDir takes the folder for this process. The kernel gives the lock back when the process ends,
// however it ends.
func lockDir(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "natsd.lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock NATS data folder: %w", err)
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil {
		return f, nil
	}
	_ = f.Close()
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return nil, &DirInUseError{Dir: dir}
	}
	return nil, fmt.Errorf("lock NATS data folder: %w", err)
}

// unlockDir gives it back at once: to close the file alone would not, while some process of ours that is
// just being started still has a copy of it.
func unlockDir(f *os.File) {
	_ = syscall.Flock(int(f.Fd()), syscall.LOCK_UN) // closing it is what gives it back in the end
	_ = f.Close()
}
