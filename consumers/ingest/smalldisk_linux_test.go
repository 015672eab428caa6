package ingest_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"xushi/deploy/embedded/engine"
)

const smallDiskBytes = 128 << 20

// smallDisk is an engine in a process and a mount namespace of its own, whose disk can be filled and freed.
type smallDisk struct {
	dsn     string
	orders  io.Writer
	answers *bufio.Scanner
}

func newSmallDisk(t *testing.T) (*smallDisk, error) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), smallDiskVariable+"="+t.TempDir())
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
		Pdeathsig:   syscall.SIGKILL,
	}
	cmd.Stderr = os.Stderr
	orders, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	answers, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	t.Cleanup(func() {
		_ = orders.Close()
		_ = cmd.Wait() // it ends when nobody gives orders any more
	})
	d := &smallDisk{orders: orders, answers: bufio.NewScanner(answers)}
	if d.dsn, err = d.answer(); errors.Is(err, io.ErrUnexpectedEOF) {
		t.Fatal("the engine on the small disk does not start")
	}
	return d, err
}

// answer is one line: "ok" and a word, or an error.
func (d *smallDisk) answer() (string, error) {
	if !d.answers.Scan() {
		return "", fmt.Errorf("no answer: %w", io.ErrUnexpectedEOF)
	}
	text, ok := strings.CutPrefix(d.answers.Text(), "ok ")
	if !ok {
		return "", fmt.Errorf("%s", d.answers.Text())
	}
	return text, nil
}

func (d *smallDisk) order(what string) error {
	if _, err := fmt.Fprintln(d.orders, what); err != nil {
		return err
	}
	_, err := d.answer()
	return err
}

func (d *smallDisk) fill() error { return d.order("fill") }
func (d *smallDisk) free() error { return d.order("free") }

// runSmallDisk is the other side. A machine that allows no mount is told from one whose engine does not start: the
// second is the test's failure.
func runSmallDisk(dir string) error {
	if err := syscall.Mount("none", dir, "tmpfs", 0, fmt.Sprintf("size=%d", smallDiskBytes)); err != nil {
		fmt.Printf("mount: %v\n", err)
		return nil
	}
	e, err := engine.Start(context.Background(), engine.Options{DataDir: filepath.Join(dir, "engine"), Listen: "127.0.0.1:0"})
	if err != nil {
		return err
	}
	defer func() { _ = e.Stop(context.Background()) }()
	fmt.Println("ok", e.DSN("progress"))
	ballast := filepath.Join(dir, "ballast")
	orders := bufio.NewScanner(os.Stdin)
	for orders.Scan() {
		switch orders.Text() {
		case "fill":
			err = fillUp(ballast)
		case "free":
			err = os.Remove(ballast)
		}
		if err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println("ok done")
	}
	return nil
}

// fillUp writes until the disk takes no more.
func fillUp(name string) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	for _, size := range []int{1 << 20, 4096, 1} { // to the last byte
		for chunk := make([]byte, size); err == nil; {
			_, err = f.Write(chunk)
		}
		if !errors.Is(err, syscall.ENOSPC) {
			return err
		}
		err = nil
	}
	return f.Close()
}
