package ingest

import (
	"sync"

	"github.com/nats-io/nats.go"
)

// judges is how many goroutines judge messages side by side: what one connection delivers in batches of events
// is too much for one of them. Which of them judges a message changes nothing.
const judges = 2

// court judges the messages of batches, some at a time: a packet of them is worth the handing over.
type court struct {
	*Ingest
	packets chan packet
	spare   chan []handed // of packets that were judged
	filling []handed      // of the next one
	bytes   int
	sitting sync.WaitGroup
}

type packet struct {
	batch    *batch
	messages []handed
}

// handed is a message and what the server said of it.
type handed struct {
	message  *nats.Msg
	delivery delivery
}

// A packet is full with so many messages, or so many bytes of them.
const (
	packetMessages = 128
	packetBytes    = 64 << 10
)

// openCourt seats the judges.
func openCourt(i *Ingest) *court {
	c := &court{Ingest: i, packets: make(chan packet, judges), spare: make(chan []handed, 2*judges)}
	for k := range judges {
		c.sitting.Go(func() { c.sit(k) })
	}
	return c
}

// close lets the judges finish.
func (c *court) close() {
	close(c.packets)
	c.sitting.Wait()
}

// give takes the message into the batch. It is judged soon, at the latest after hand.
func (c *court) give(b *batch, m *nats.Msg, d delivery) {
	b.note(m, d)
	c.filling = append(c.filling, handed{m, d})
	c.bytes += len(m.Data)
	if len(c.filling) == packetMessages || c.bytes >= packetBytes {
		c.hand(b)
	}
}

// hand gives the judges what was not handed over yet, all of it of one batch. It waits while they have enough
// to do.
func (c *court) hand(b *batch) {
	if len(c.filling) == 0 {
		return
	}
	b.judging.Add(1)
	c.packets <- packet{b, c.filling}
	c.bytes = 0
	select {
	case c.filling = <-c.spare:
	default:
		c.filling = make([]handed, 0, packetMessages)
	}
}

// sit judges packets, each into this judge's part of its batch.
func (c *court) sit(k int) {
	for p := range c.packets {
		weight := 0
		for _, h := range p.messages {
			weight += p.batch.parts[k].judge(h.message, h.delivery, c.options.Policy, c.register)
		}
		clear(p.messages) // else they would stay alive
		p.batch.weight.Add(int64(weight))
		p.batch.judging.Done()
		select {
		case c.spare <- p.messages[:0]:
		default:
		}
	}
}
