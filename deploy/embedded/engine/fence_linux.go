package engine

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The outermost fence: Landlock lets a process give up, for good, every file that it
// does not need. SQL can then reach the data folder and nothing else of the user's,
// whatever door ClickHouse may still have open. Kernels without it (before 6.2, or
// built so) run the engine behind the two inner fences alone.

const (
	landlockMinFiles = 3 // ABI that knows truncation
	landlockMinNet   = 4 // ABI that knows TCP

	landlockFile = unix.LANDLOCK_ACCESS_FS_EXECUTE | unix.LANDLOCK_ACCESS_FS_READ_FILE |
		unix.LANDLOCK_ACCESS_FS_WRITE_FILE | unix.LANDLOCK_ACCESS_FS_TRUNCATE
	landlockAll = landlockFile | unix.LANDLOCK_ACCESS_FS_READ_DIR |
		unix.LANDLOCK_ACCESS_FS_REMOVE_DIR | unix.LANDLOCK_ACCESS_FS_REMOVE_FILE |
		unix.LANDLOCK_ACCESS_FS_MAKE_DIR | unix.LANDLOCK_ACCESS_FS_MAKE_REG | unix.LANDLOCK_ACCESS_FS_MAKE_SYM |
		unix.LANDLOCK_ACCESS_FS_MAKE_SOCK | unix.LANDLOCK_ACCESS_FS_MAKE_FIFO |
		unix.LANDLOCK_ACCESS_FS_MAKE_BLOCK | unix.LANDLOCK_ACCESS_FS_MAKE_CHAR | unix.LANDLOCK_ACCESS_FS_REFER
	landlockRead = unix.LANDLOCK_ACCESS_FS_READ_FILE | unix.LANDLOCK_ACCESS_FS_READ_DIR
	landlockRun  = landlockRead | unix.LANDLOCK_ACCESS_FS_EXECUTE
)

// dieWithParent has the kernel kill the child when the parent dies.
func dieWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}

// enterFence puts this whole process inside the fence and returns the fence's name.
// Landlock binds one thread and what that thread starts; a Go process has several
// already, so the thread enters and then executes this binary anew.
func enterFence(c childConfig) (string, error) {
	abi, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if abi < landlockMinFiles || errno != 0 {
		return "none", nil //nolint:nilerr // without Landlock the engine runs behind the inner fences alone
	}
	name := fmt.Sprintf("landlock %d", abi)
	if os.Getenv(fencedVariable) != "" {
		return name, nil
	}
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	runtime.LockOSThread() // for ever: Exec ends it, and after an error the process ends
	if err := restrictThread(fenceRules(self, c), abi >= landlockMinNet); err != nil {
		return "", fmt.Errorf("landlock: %w", err)
	}
	return "", syscall.Exec(self, os.Args, append(os.Environ(), fencedVariable+"=1"))
}

// fenceRules is what the engine needs. Folders that a system does not have are left out.
func fenceRules(self string, c childConfig) map[string]uint64 {
	rules := map[string]uint64{
		c.DataDir: landlockAll,
		c.Library: landlockRun,
		self:      landlockRun,
	}
	for _, path := range []string{"/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/nix/store", "/gnu/store"} {
		rules[path] = landlockRun
	}
	for _, path := range []string{
		"/proc", "/sys/fs/cgroup", "/sys/devices/system", "/usr/share/zoneinfo", "/dev/urandom", "/dev/random",
		"/etc/ld.so.cache", "/etc/localtime", "/etc/hosts", "/etc/resolv.conf", "/etc/nsswitch.conf", "/etc/host.conf",
	} {
		rules[path] = landlockRead
	}
	rules["/dev/null"] = landlockRead | unix.LANDLOCK_ACCESS_FS_WRITE_FILE
	return rules
}

// restrictThread gives up everything but the rules, and every outgoing TCP connection.
func restrictThread(rules map[string]uint64, net bool) error {
	attr := unix.LandlockRulesetAttr{Handled_access_fs: landlockAll}
	if net {
		attr.Handled_access_net = unix.LANDLOCK_ACCESS_NET_CONNECT_TCP
	}
	ruleset, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&attr)), unsafe.Sizeof(attr), 0)
	if errno != 0 {
		return fmt.Errorf("create ruleset: %w", errno)
	}
	defer func() { _ = unix.Close(int(ruleset)) }()
	for path, access := range rules {
		if err := addRule(ruleset, path, access); err != nil {
			return fmt.Errorf("rule for %s: %w", path, err)
		}
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("no new privileges: %w", err)
	}
	if _, _, errno := unix.Syscall(unix.SYS_LANDLOCK_RESTRICT_SELF, ruleset, 0, 0); errno != 0 {
		return fmt.Errorf("restrict: %w", errno)
	}
	return nil
}

// addRule allows access beneath path. To a file only the rights of files apply.
func addRule(ruleset uintptr, path string, access uint64) error {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	} else if err != nil {
		return err
	}
	if !info.IsDir() {
		access &= landlockFile
	}
	fd, err := unix.Open(path, unix.O_PATH|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer func() { _ = unix.Close(fd) }()
	rule := unix.LandlockPathBeneathAttr{Allowed_access: access, Parent_fd: int32(fd)}
	if _, _, errno := unix.Syscall6(unix.SYS_LANDLOCK_ADD_RULE, ruleset, unix.LANDLOCK_RULE_PATH_BENEATH, uintptr(unsafe.Pointer(&rule)), 0, 0, 0); errno != 0 {
		return errno
	}
	return nil
}
