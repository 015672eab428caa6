package producers_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"go.uber.org/goleak"

	"xushi/deploy/embedded/natsd"
	"xushi/deploy/embedded/natsdtest"
	"xushi/producers"
	"xushi/schema"
	"xushi/seeds"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bench is a NATS server of the test's own, with the product's streams.
type bench struct {
	server *natsd.Server
	nc     *nats.Conn
	js     jetstream.JetStream
}

func newBench(t testing.TB, o ...nats.Option) *bench {
	t.Helper()
	b := &bench{server: natsdtest.Start(t, natsd.Options{Dir: t.TempDir()})}
	b.js = natsdtest.Connect(t, b.server.URL(), o...)
	b.nc = b.js.Conn()
	natsdtest.EnsureStreams(t, b.js)
	return b
}

func newClient(t testing.TB, nc *nats.Conn, o producers.Options) *producers.Client {
	t.Helper()
	c, err := producers.New(nc, o)
	if err != nil {
		t.Fatalf("client: %v", err)
	}
	return c
}

func register(t testing.TB) *seeds.Register {
	t.Helper()
	l, err := seeds.BuiltIn(seeds.Default)
	if err != nil {
		t.Fatalf("ledger: %v", err)
	}
	r := seeds.NewRegister(map[string]*seeds.History{l.Plan.ID: seeds.NewHistory(seeds.Revision{Ledger: l})})
	return r
}

// households is a valid event of the Hongqiao plan.
func households(id string) *schema.Event {
	return &schema.Event{
		ID: id, Source: "/zhujianwei/housing", Type: schema.Reported,
		Time: time.Date(2024, 6, 28, 17, 30, 0, 0, schema.Shanghai),
		Plan: "hongqiao-2024", Department: "zhujianwei",
		Data: schema.Data{
			Commitment: "housing-support", Measure: "housing-support-households",
			Mode: schema.Increment, Value: "12", Unit: "户",
		},
	}
}

func manyHouseholds(n int) []*schema.Event {
	events := make([]*schema.Event, n)
	for i := range events {
		events[i] = households(fmt.Sprintf("h-%06d", i))
	}
	return events
}

// messages are all of the PROGRESS stream, in order.
func (b *bench) messages(t testing.TB) []*schema.Message {
	t.Helper()
	stream, err := b.js.Stream(t.Context(), schema.ProgressStream)
	if err != nil {
		t.Fatalf("stream: %v", err)
	}
	var all []*schema.Message
	for seq := uint64(1); seq <= stream.CachedInfo().State.LastSeq; seq++ {
		m, err := stream.GetMsg(t.Context(), seq)
		if err != nil {
			t.Fatalf("message %d: %v", seq, err)
		}
		all = append(all, &schema.Message{Subject: schema.PublishedSubject(m.Subject), Header: m.Header, Body: m.Data, Sequence: m.Sequence, Timestamp: m.Time})
	}
	return all
}
