package natsdtest

import (
	"encoding/json"
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	"xushi/schema"
	"xushi/seeds"
)

// Judge says its verdicts as the ingest does, by the contract and the ledgers but without a store, until
// the test ends.
func Judge(t testing.TB, js jetstream.JetStream, register *seeds.Register) {
	t.Helper()
	consumer, err := js.OrderedConsumer(t.Context(), schema.ProgressStream, jetstream.OrderedConsumerConfig{})
	if err != nil {
		t.Fatalf("consumer: %v", err)
	}
	consuming, err := consumer.Consume(func(m jetstream.Msg) {
		meta, err := m.Metadata()
		if err != nil {
			t.Errorf("metadata: %v", err)
			return
		}
		in := &schema.Message{Subject: schema.PublishedSubject(m.Subject()), Header: m.Headers(), Body: m.Data(), Sequence: meta.Sequence.Stream, Timestamp: meta.Timestamp}
		schema.Policy{}.Open(in, func(o *schema.Opened) {
			if o.Rejection == nil {
				o.Rejection = register.Admit(&o.Record)
			}
			body, err := json.Marshal(o.Verdict())
			if err == nil && in.VerdictTo() != "" {
				err = js.Conn().Publish(in.VerdictTo(), body)
			}
			if err != nil {
				t.Errorf("verdict: %v", err)
			}
		})
	})
	if err != nil {
		t.Fatalf("consume: %v", err)
	}
	t.Cleanup(func() { consuming.Stop(); <-consuming.Closed() })
}
