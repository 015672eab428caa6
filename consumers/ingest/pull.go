package ingest

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"xushi/schema"
)

// puller asks the server for the messages of one consumer ahead of need, and so bounds what can be in this
// process.
//
// It is not jetstream's Consume for one reason: there a message with an empty body and a header
// "Status: 409" passes for the server's own word, and whoever may publish could end the reading with
// it. Here the server's own word is what comes without a reply subject; a message of the log always
// has one, which the server sets.
type puller struct {
	conn     *nats.Conn
	sub      *nats.Subscription
	incoming <-chan *nats.Msg // several pullers may share one

	subject  string // where requests go
	messages int    // most to be waiting for
	bytes    int    // most of one request; two may be under way

	wanted     int       // asked for and not yet taken from incoming
	heard      time.Time // when the server last sent anything
	reconnects uint64
	missed     bool // something may have been, since the puller's user last looked
	stopping   bool // ask no more
}

// A request cannot be taken back: whoever unsubscribes loses what is on its way, until AckWait. So a
// planned stop waits for its requests to end, which the server says of each; hence they are short.
const (
	requestExpires = 500 * time.Millisecond
	silence        = 5 * time.Second // after which requests are held to be lost
)

// errConsumerGone says that the server has no such consumer any more.
var errConsumerGone = errors.New("the consumer is gone")

// What the server says of a request in its Status header.
const (
	statusTimeout = "408" // it has expired
	statusPinned  = "423" // the consumer is pinned to another client
	statusNobody  = "503" // there is no such consumer
)

func consumerGone(m *nats.Msg) bool {
	return m.Header.Get("Status") == statusNobody || m.Header.Get("Description") == "Consumer Deleted"
}

// newIncoming makes a channel that is wide enough for all that can have been asked for, so that nothing is
// dropped: pullers share messages, and when their shares change, what was asked for before is still to come.
func newIncoming(messages int) chan *nats.Msg { return make(chan *nats.Msg, 3*messages+1024) }

// readingConn is a connection like js's for messages alone: whatever else is asked of the server would be
// answered behind megabytes of them. Of its troubles tells check, so it has no handlers.
func readingConn(js jetstream.JetStream) (*nats.Conn, error) {
	o := js.Conn().Opts
	o.Name += " reading the log"
	o.DisconnectedErrCB, o.ReconnectedCB, o.ClosedCB = nil, nil, nil
	conn, err := o.Connect()
	if err != nil {
		return nil, fmt.Errorf("a connection to read the log: %w", err)
	}
	return conn, nil
}

func newPuller(conn *nats.Conn, js jetstream.JetStream, consumer string, incoming chan *nats.Msg) (*puller, error) {
	p := &puller{
		conn: conn, incoming: incoming,
		subject: schema.APIPrefix(js) + "CONSUMER.MSG.NEXT." + schema.ProgressStream + "." + consumer,
	}
	p.reconnects = p.conn.Stats().Reconnects
	sub, err := p.conn.ChanSubscribe(p.conn.NewInbox(), incoming)
	if err != nil {
		return nil, fmt.Errorf("subscribe: %w", err)
	}
	p.sub = sub
	return p, nil
}

// bound sets how much may be waited for. A request must have room for the largest message.
func (p *puller) bound(messages, bytes int) {
	p.messages, p.bytes = max(1, messages), max(bytes/2, schema.MaxPayload+schema.MaxPayload/8)
}

// ask sends a request if less than half of what may be waiting is.
func (p *puller) ask() error {
	if p.stopping || p.wanted > p.messages/2 || !p.conn.IsConnected() {
		return nil
	}
	request, err := json.Marshal(struct {
		Batch    int           `json:"batch"`
		MaxBytes int           `json:"max_bytes"`
		Expires  time.Duration `json:"expires"`
	}{p.messages - p.wanted, p.bytes, requestExpires})
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
// it is heeded. Whoever takes sets heard, once for many.
func (p *puller) take(m *nats.Msg) (ok bool, err error) {
	if m.Reply != "" {
		p.wanted = max(0, p.wanted-1)
		return true, nil
	}
	if consumerGone(m) {
		p.wanted, p.missed = 0, true
		return false, errConsumerGone
	}
	// The end of a request; it says how much of it was not filled. If it does not, nothing is to come.
	left, err := strconv.Atoi(m.Header.Get("Nats-Pending-Messages"))
	if err != nil {
		left, p.missed = p.wanted, true
	}
	p.wanted = max(0, p.wanted-left)
	return false, nil
}

// check notices that requests were lost: with the connection they were made on, or in silence.
func (p *puller) check() error {
	if n := p.conn.Stats().Reconnects; n != p.reconnects {
		p.reconnects, p.wanted, p.missed = n, 0, true
	}
	switch {
	case p.conn.IsClosed():
		return nats.ErrConnectionClosed
	case !p.conn.IsConnected():
		p.wanted = 0
		return nats.ErrDisconnected
	case p.wanted > 0 && len(p.incoming) == 0 && time.Since(p.heard) > silence:
		p.wanted, p.missed = 0, true
		return fmt.Errorf("not a word from the server for %s", time.Since(p.heard).Round(time.Second))
	}
	return nil
}

// waiting tells whether something may still come in.
func (p *puller) waiting() bool { return p.wanted > 0 }

// close is for when nothing is waited for any more.
func (p *puller) close() { _ = p.sub.Unsubscribe() } // fails only if the connection is closed already
