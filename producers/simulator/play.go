package simulator

import (
	"context"
	"fmt"
	"sort"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"xushi/producers"
)

// window is how many messages are on their way at once.
const window = 1024

// Play publishes the messages that have arrived by upTo, in their order, and waits until the log has
// them. It tells how many it published. Playing them again adds nothing that counts: every event keeps
// its identity.
func Play(ctx context.Context, js jetstream.JetStream, messages []Message, upTo time.Time, progress func(done, total int)) (published int, err error) {
	client, err := producers.New(js.Conn(), producers.Options{MaxInFlight: window})
	if err != nil {
		return 0, err
	}
	p := player{client: client, current: map[string]*producers.Future{}}
	arrived := messages[:ArrivedBy(messages, upTo)]
	for i := range arrived {
		if err := p.send(ctx, &arrived[i]); err != nil {
			return p.done, err
		}
		progress(p.done, len(arrived))
	}
	for len(p.flying) > 0 {
		if err := p.land(ctx); err != nil {
			return p.done, err
		}
		progress(p.done, len(arrived))
	}
	return p.done, nil
}

// ArrivedBy is how many of the messages, which are in order of arrival, have arrived by the moment.
func ArrivedBy(messages []Message, upTo time.Time) int {
	return sort.Search(len(messages), func(i int) bool { return messages[i].ReceivedAt.After(upTo) })
}

type player struct {
	client  *producers.Client
	flying  []*producers.Future // in order
	current map[string]*producers.Future
	done    int
}

// send sends a message. Should a message in flight have to be sent again, later ones would overtake it;
// that changes nothing unless they say something else under the same id, so those wait.
func (p *player) send(ctx context.Context, m *Message) error {
	for _, id := range m.ids {
		if f, ok := p.current[id]; ok {
			if _, err := f.Wait(ctx); err != nil {
				return fmt.Errorf("simulated message with event %s: %w", id, err)
			}
		}
	}
	if len(p.flying) == window {
		if err := p.land(ctx); err != nil {
			return err
		}
	}
	f, err := p.client.Send(ctx, &nats.Msg{Subject: m.Subject, Header: m.Header, Data: m.Body})
	if err != nil {
		return err
	}
	p.flying = append(p.flying, f)
	for _, id := range m.ids {
		p.current[id] = f
	}
	return nil
}

// land waits for the oldest message in flight.
func (p *player) land(ctx context.Context) error {
	if _, err := p.flying[0].Wait(ctx); err != nil {
		return fmt.Errorf("simulated message %d: %w", p.done, err)
	}
	p.flying = p.flying[1:]
	p.done++
	return nil
}
