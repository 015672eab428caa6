package ingest

import (
	"strconv"
	"strings"
	"time"
)

// delivery is what the server says of a message in the subject that it is acknowledged on:
// $JS.ACK.<stream>.<consumer>.<times>.<sequence>.<order>.<timestamp>.<pending>, in a newer form with a domain
// and an account before the stream and a random token at the end.
type delivery struct {
	sequence uint64    // of the message in the stream
	order    uint64    // of this delivery among all of its consumer
	again    bool      // it was delivered before, to whomever
	time     time.Time // when the stream took the message
	pending  uint64    // messages of the consumer that are yet to be delivered
}

const (
	shortForm, longForm = 9, 11 // tokens, at least
	ofTimes             = 4     // the token's place in the short form
)

// read reads a reply subject; ok is false if it is none of a message of a stream.
func readDelivery(reply string) (d delivery, ok bool) {
	at, ok := placeOfTimes(reply)
	if !ok {
		return d, false
	}
	var numbers [5]uint64
	for i := range numbers {
		n, digits := uint64(0), 0
		for ; at < len(reply) && reply[at] != '.'; at++ {
			c := reply[at] - '0'
			if c > 9 || digits == 19 {
				return d, false
			}
			n, digits = 10*n+uint64(c), digits+1
		}
		if digits == 0 {
			return d, false
		}
		numbers[i] = n
		at++
	}
	return delivery{
		sequence: numbers[1], order: numbers[2], again: numbers[0] > 1,
		time: time.Unix(0, int64(numbers[3])), pending: numbers[4],
	}, true
}

// placeOfTimes is where the number of deliveries begins.
func placeOfTimes(reply string) (at int, ok bool) {
	if !strings.HasPrefix(reply, "$JS.ACK.") {
		return 0, false
	}
	var starts [longForm]int // of tokens
	tokens := 1
	for i := range len(reply) {
		if reply[i] != '.' {
			continue
		}
		if tokens < longForm {
			starts[tokens] = i + 1
		}
		tokens++
	}
	switch {
	case tokens == shortForm:
		return starts[ofTimes], true
	case tokens >= longForm:
		return starts[ofTimes+2], true
	}
	return 0, false
}

// ackSubject is where everything up to a delivered sequence is acknowledged, after the delivery that the reply
// subject is of: the server takes no acknowledgement that looks older than its last one.
func ackSubject(reply string, sequence uint64) string {
	at, ok := placeOfTimes(reply)
	if !ok {
		return ""
	}
	at += strings.IndexByte(reply[at:], '.') + 1
	rest := reply[at+strings.IndexByte(reply[at:], '.'):]
	return reply[:at] + strconv.FormatUint(sequence, 10) + rest
}

// chain knows which delivered messages follow each other in the log with none of their consumer's between
// them: those that it delivers for the first time, in turn, with no delivery missed. A consumer that filters
// jumps over others' messages, so that sequences alone do not tell. The zero chain is that of a new consumer,
// which delivers its first message first.
type chain struct {
	order  uint64 // of the last delivery
	first  uint64 // sequence of the last message delivered for the first time
	broken bool   // deliveries may have been missed: first is not to be relied on
}

// link gives the lowest sequence that the message speaks for: between it and its own there is no other of its
// consumer.
func (c *chain) link(d delivery) (low uint64) {
	if d.order != c.order+1 {
		c.broken = true
	}
	c.order = d.order
	if d.again {
		return d.sequence
	}
	low = d.sequence
	if !c.broken && c.first < d.sequence {
		low = c.first + 1
	}
	c.first, c.broken = d.sequence, false
	return low
}
