package engine

import (
	"errors"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestFence runs this test once more in a process of its own, which goes inside the
// fence and tries to get out.
func TestFence(t *testing.T) {
	const variable = "XUSHI_TEST_FENCE"
	if dir := os.Getenv(variable); dir != "" {
		tryToLeave(t, dir)
		return
	}
	t.Parallel()
	dir, outside := t.TempDir(), filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(outside, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestFence$", "-test.v")
	cmd.Env = append(os.Environ(), variable+"="+dir, variable+"_OUTSIDE="+outside)
	output, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(output), "fence: ") {
		t.Errorf("%v\n%s", err, output)
	}
}

func tryToLeave(t *testing.T, dir string) {
	t.Helper()
	fence, err := enterFence(childConfig{DataDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("fence: %s", fence)
	if err := os.WriteFile(filepath.Join(dir, "inside"), []byte("x"), 0o600); err != nil {
		t.Errorf("the data folder is closed: %v", err)
	}
	if fence == "none" { // this kernel has no Landlock, and the engine must run without
		return
	}
	outside := os.Getenv("XUSHI_TEST_FENCE_OUTSIDE")
	_, read := os.ReadFile(outside)
	_, passwd := os.ReadFile("/etc/passwd")
	for what, err := range map[string]error{
		"read outside": read, "read /etc/passwd": passwd,
		"write outside": os.WriteFile(outside+"2", nil, 0o600), "remove outside": os.Remove(outside),
	} {
		if !errors.Is(err, syscall.EACCES) {
			t.Errorf("%s: error %v, want permission denied", what, err)
		}
	}
	if strings.HasPrefix(fence, "landlock 3") {
		return // files only
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("listening is closed: %v", err)
	}
	defer func() { _ = l.Close() }()
	if _, err := net.Dial("tcp", l.Addr().String()); !errors.Is(err, syscall.EACCES) {
		t.Errorf("connect: error %v, want permission denied", err)
	}
}
