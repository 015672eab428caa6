package smtptest_test

import (
	"bufio"
	"net"
	"strings"
	"testing"
	"time"

	"xushi/deploy/embedded/smtptest"
)

// client speaks SMTP line by line, for what no library does.
type client struct {
	t    *testing.T
	conn net.Conn
	in   *bufio.Reader
}

func dial(t *testing.T, address string) *client {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return &client{t, conn, bufio.NewReader(conn)}
}

func (c *client) say(lines ...string) {
	c.t.Helper()
	if _, err := c.conn.Write([]byte(strings.Join(lines, "\r\n") + "\r\n")); err != nil {
		c.t.Fatal(err)
	}
}

// await reads up to a line that begins like this.
func (c *client) await(reply string) {
	c.t.Helper()
	for {
		line, err := c.in.ReadString('\n')
		if err != nil {
			c.t.Fatalf("before %s: %v", reply, err)
		}
		if strings.HasPrefix(line, reply) {
			return
		}
	}
}

func (c *client) close() { _ = c.conn.Close() }

// awaitEnd waits until the first conversation is over.
func awaitEnd(t *testing.T, s *smtptest.Server) smtptest.Conversation {
	t.Helper()
	look := time.NewTicker(time.Millisecond)
	defer look.Stop()
	for {
		if c := s.Conversations()[0]; !c.Ended.IsZero() {
			return c
		}
		select {
		case <-look.C:
		case <-t.Context().Done():
			t.Fatal("the conversation goes on")
		}
	}
}
