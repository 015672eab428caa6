package ingest

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// server is what JetStream does for a consumer that filters and acknowledges all below: it delivers what is to be
// delivered again first, and numbers deliveries, not messages.
type server struct {
	log     []bool // by sequence, from 1: whether the message is the consumer's
	next    uint64
	order   uint64
	pending map[uint64]bool
	again   []uint64
	floor   uint64
	heard   uint64 // order of the last acknowledgement that counted
}

func (s *server) deliver() (d delivery, ok bool) {
	if len(s.again) > 0 {
		d.sequence, d.again, s.again = s.again[0], true, s.again[1:]
	} else {
		for s.next++; s.next < uint64(len(s.log)) && !s.log[s.next]; {
			s.next++
		}
		if s.next >= uint64(len(s.log)) {
			s.next--
			return d, false
		}
		d.sequence = s.next
	}
	s.order++
	d.order = s.order
	s.pending[d.sequence] = true
	return d, true
}

// expire has what is not acknowledged, and whose time has run out, delivered again.
func (s *server) expire(late func(uint64) bool) {
	s.again = slices.DeleteFunc(slices.Sorted(maps.Keys(s.pending)), func(q uint64) bool { return !late(q) })
}

func (s *server) acknowledge(sequence, order uint64) {
	if !s.pending[sequence] || order <= s.heard {
		return
	}
	s.floor, s.heard = sequence, order
	acknowledged := func(q uint64) bool { return q <= sequence }
	maps.DeleteFunc(s.pending, func(q uint64, _ bool) bool { return acknowledged(q) })
	s.again = slices.DeleteFunc(s.again, acknowledged)
}

// client is one process: what it has in hand, and its lane.
type client struct {
	chain  chain
	inHand []delivery
	noted  taken
	floor  floor
	order  uint64
}

func newClient() *client { return &client{noted: newTaken(1)} }

func (c *client) store(s *server, stored map[uint64]bool) {
	for _, d := range c.inHand {
		stored[d.sequence] = true
		c.order = d.order
	}
	for _, r := range c.noted.runs[0] {
		c.floor.add(r)
	}
	c.inHand = nil
	c.noted.reset()
	c.acknowledge(s)
}

func (c *client) acknowledge(s *server) {
	if sequence := c.floor.acknowledge(); sequence > 0 {
		s.acknowledge(sequence, c.order)
	}
}

func (c *client) unblock(s *server) {
	c.floor.raise(s.floor)
	for next := c.floor.sequence + 1; next < uint64(len(s.log)); next++ {
		if s.log[next] && next > c.floor.sequence && !c.floor.follow(next) {
			break
		}
	}
	c.acknowledge(s)
}

// TestNothingIsAcknowledgedUnstored: two processes read one partition of a log, whatever they are given, lose, keep
// in hand or die with, and whenever the server delivers again. What is acknowledged is stored; and a process that
// goes on alone comes to the end.
func TestNothingIsAcknowledgedUnstored(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := &server{log: append([]bool{false}, rapid.SliceOfN(rapid.Bool(), 1, 60).Draw(t, "log")...), pending: map[uint64]bool{}}
		clients, stored := []*client{newClient(), newClient()}, map[uint64]bool{}
		check := func() {
			for q := range s.floor + 1 {
				if s.log[q] && !stored[q] {
					t.Fatalf("acknowledged up to %d, but %d is not stored", s.floor, q)
				}
			}
		}
		take := func(i int, n int) {
			for c := clients[i]; n > 0; n-- {
				if d, ok := s.deliver(); ok {
					c.inHand = append(c.inHand, d)
					c.noted.add(0, c.chain.link(d), d.sequence, "")
				}
			}
		}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			i := rapid.IntRange(0, 1).Draw(t, "process")
			switch c := clients[i]; rapid.IntRange(0, 6).Draw(t, "does") {
			case 0, 1:
				take(i, rapid.IntRange(1, 12).Draw(t, "messages"))
			case 2, 3:
				c.store(s, stored)
			case 4:
				s.expire(func(uint64) bool { return rapid.Bool().Draw(t, "late") })
			case 5:
				c.unblock(s)
			case 6:
				switch rapid.IntRange(0, 2).Draw(t, "happens") {
				case 0: // it dies, and comes back
					clients[i] = newClient()
				case 1: // a message to it is lost on its way
					s.deliver()
				case 2: // another has had the lease meanwhile
					c.chain, c.floor = chain{}, floor{}
				}
			}
			check()
		}
		clients[1] = newClient()
		for range 3 {
			s.expire(func(uint64) bool { return true })
			take(0, 4*len(s.log))
			clients[0].store(s, stored)
			clients[0].unblock(s)
			check()
		}
		if len(s.pending) > 0 {
			t.Fatalf("%d messages are never acknowledged", len(s.pending))
		}
	})
}
