package main

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"testing"
)

// echo answers every line with itself.
func echo(t *testing.T) (address string) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				_, _ = io.Copy(c, c)
				_ = c.Close()
			}()
		}
	}()
	return l.Addr().String()
}

// What the tap passes on comes back; what it holds back never arrived; and nothing outlives the wire.
func TestAWireIsHeardAndHeldBack(t *testing.T) {
	t.Parallel()
	w, err := newWire(echo(t), func(said []byte, pass func()) {
		if !bytes.Contains(said, []byte("secret")) {
			pass()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	c, err := net.Dial("tcp", w.address())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	in := bufio.NewReader(c)
	for _, line := range []string{"one\n", "two\n"} {
		_, _ = io.WriteString(c, line)
		if back, err := in.ReadString('\n'); err != nil || back != line {
			t.Fatalf("%q came back for %q, %v", back, line, err)
		}
	}
	_, _ = io.WriteString(c, "secret\n")
	w.cut()
	if back, err := io.ReadAll(in); len(back) > 0 {
		t.Errorf("%q came back, %v", back, err)
	}
}
