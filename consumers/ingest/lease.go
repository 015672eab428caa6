package ingest

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// lease is one process's hold on one partition: won when the owner consumer's message arrives, kept by asking
// for it again, and over when it has not arrived for as long as the server would wait before it pins another.
type lease struct {
	consumer jetstream.ConsumerConfig
	sub      *nats.Subscription
	ttl      time.Duration
	born     time.Time // what moments are counted from, by the clock that does not jump

	pin   string    // by which the server knows us as the owner; "" while we are not
	grant string    // reply subject of the last message
	asked time.Time // when the request under way was made; the zero time: there is none
	gone  bool      // the consumer is to be made anew

	until atomic.Int64  // the lease holds up to here, since born
	terms atomic.Uint64 // how often it was won
}

// reads is the name of the consumer that the lease lets this process read.
func (l *lease) reads() string { return strings.TrimSuffix(l.consumer.Durable, ownerSuffix) }

// held tells, to any goroutine, whether the partition is this process's.
func (l *lease) held() bool { return int64(time.Since(l.born)) < l.until.Load() }

// pinOf is the pin's id of a message of the owner consumer: the last value of its header, for those before it are
// the publisher's own. It is "" where a publisher's headers cannot be read, nor then what the server adds to them.
func pinOf(m *nats.Msg) string {
	ids := m.Header["Nats-Pin-Id"]
	if len(ids) == 0 {
		return ""
	}
	return ids[len(ids)-1]
}

// renew heeds a message of the owner consumer that came by this pin, and tells whether the partition is newly won.
func (l *lease) renew(pin, grant string) (won bool) {
	won = l.pin == "" || !l.held()
	l.pin, l.grant = pin, grant
	l.until.Store(int64(time.Since(l.born) + l.ttl))
	if won {
		l.terms.Add(1)
	}
	return won
}

// end forgets the pin, and tells whether there was one.
func (l *lease) end() (was bool) {
	was, l.pin = l.pin != "", ""
	l.until.Store(0)
	return was
}

// request is what asks for the consumer's next message: as its owner, or in order to become that.
func (l *lease) request() ([]byte, error) {
	body, err := json.Marshal(struct {
		Batch   int           `json:"batch"`
		Expires time.Duration `json:"expires"`
		Group   string        `json:"group"`
		ID      string        `json:"id,omitempty"`
	}{1, l.ttl, ownerGroup, l.pin})
	if err != nil {
		return nil, fmt.Errorf("request of %s: %w", l.consumer.Durable, err)
	}
	return body, nil
}

// waiting tells whether the server may still answer the last request.
func (l *lease) waiting() bool { return !l.asked.IsZero() && time.Since(l.asked) < l.ttl+l.ttl/3 }
