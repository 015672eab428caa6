package ingest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// puller asks the server for messages ahead of need, and so bounds what can be in this process.
//
// It is not jetstream's Consume for one reason: there a message with an empty body and a header
// "Status: 409" passes for the server's own word, and whoever may publish could end the reading with
// it. Here the server's own word is what comes without a reply subject; a message of the log always
// has one, which the server sets.
type puller struct {
	conn     *nats.Conn
	sub      *nats.Subscription
	incoming chan *nats.Msg // wide enough for all that can have been asked for, so that nothing is dropped
	closed   chan struct{}  // closed when nothing more comes in

	subject  string // where requests go
	messages int    // most to be waiting for
	bytes    int    // most of one request; two may be under way

	wanted     int       // asked for and not yet taken from incoming
	heard      time.Time // when the server last sent anything
	reconnects uint64
}

const (
	requestExpires   = 30 * time.Second
	requestHeartbeat = 5 * time.Second
)

// errConsumerGone says that the server has no such consumer any more.
var errConsumerGone = errors.New("the consumer is gone")

func newPuller(js jetstream.JetStream, consumer *jetstream.ConsumerInfo, messages, bytes int) (*puller, error) {
	p := &puller{
		conn: js.Conn(), incoming: make(chan *nats.Msg, 3*messages), closed: make(chan struct{}),
		subject:  apiPrefix(js.Options()) + "CONSUMER.MSG.NEXT." + consumer.Stream + "." + consumer.Name,
		messages: messages, bytes: bytes / 2,
	}
	p.reconnects = p.conn.Stats().Reconnects
	sub, err := p.conn.ChanSubscribe(p.conn.NewInbox(), p.incoming)
	if err != nil {
		return nil, fmt.Errorf("subscribe: %w", err)
	}
	closed := sync.OnceFunc(func() { close(p.closed) })
	sub.SetClosedHandler(func(string) { closed() })
	p.sub = sub
	return p, nil
}

func apiPrefix(o jetstream.JetStreamOptions) string {
	switch {
	case o.APIPrefix != "":
		return o.APIPrefix + "."
	case o.Domain != "":
		return "$JS." + o.Domain + ".API."
	}
	return jetstream.DefaultAPIPrefix
}

// ask sends a request if less than half of what may be waiting is.
func (p *puller) ask() error {
	if p.wanted > p.messages/2 {
		return nil
	}
	request, err := json.Marshal(struct {
		Batch     int           `json:"batch"`
		MaxBytes  int           `json:"max_bytes"`
		Expires   time.Duration `json:"expires"`
		Heartbeat time.Duration `json:"idle_heartbeat"`
	}{p.messages - p.wanted, p.bytes, requestExpires, requestHeartbeat})
	if err != nil {
		return err
	}
	if err := p.conn.PublishRequest(p.subject, p.sub.Subject, request); err != nil {
		return fmt.Errorf("ask for messages: %w", err)
	}
	if p.wanted == 0 {
		p.heard = time.Now()
	}
	p.wanted = p.messages
	return nil
}

// take tells whether m, taken from incoming, is a message of the log. If it is the server's own word,
// it is heeded.
func (p *puller) take(m *nats.Msg) (ok bool, err error) {
	p.heard = time.Now()
	if m.Reply != "" {
		p.wanted = max(0, p.wanted-1)
		return true, nil
	}
	status, description := m.Header.Get("Status"), m.Header.Get("Description")
	switch {
	case status == "100": // heartbeat
	case status == "503" || description == "Consumer Deleted":
		p.wanted = 0
		return false, errConsumerGone
	default:
		// The end of a request; it says how much of it was not filled. If it does not, nothing is to come.
		left, err := strconv.Atoi(m.Header.Get("Nats-Pending-Messages"))
		if err != nil {
			left = p.wanted
		}
		p.wanted = max(0, p.wanted-left)
	}
	return false, nil
}

// check notices that requests were lost: with the connection they were made on, or in silence.
func (p *puller) check() error {
	if n := p.conn.Stats().Reconnects; n != p.reconnects {
		p.reconnects, p.wanted = n, 0
	}
	switch {
	case p.conn.IsClosed():
		return nats.ErrConnectionClosed
	case !p.conn.IsConnected():
		return nats.ErrDisconnected
	case len(p.incoming) == 0 && time.Since(p.heard) > 2*requestHeartbeat:
		p.wanted = 0
		return fmt.Errorf("not a word from the server for %s", time.Since(p.heard).Round(time.Second))
	}
	return nil
}

// stop takes the requests back and returns once all that the server had sent is in incoming.
func (p *puller) stop(ctx context.Context) {
	if err := p.sub.Drain(); err != nil {
		return // the connection is closed; what was under way is delivered again
	}
	select {
	case <-p.closed:
	case <-ctx.Done():
	}
}
