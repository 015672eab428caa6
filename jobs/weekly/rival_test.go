package weekly_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"xushi/jobs/weekly"
	"xushi/schema"
)

// Of two processes that would let a letter know different things, the one whose claim is first decides, whether
// the week is claimed for the first time or taken up again after it was missed.
func TestOneProcessDecidesWhatALetterKnows(t *testing.T) {
	t.Parallel()
	for _, missed := range []bool{false, true} {
		o := newOffice(t, "a@example.org")
		o.Simulation = true
		run(t, o, monday.Add(-time.Hour))
		if missed {
			run(t, o, monday.AddDate(0, 0, 6))
		}
		m := nats.NewMsg("progress.hongqiao-2024.zhujianwei.new-construction")
		m.Header.Set(schema.ReceivedAtHeader, monday.Add(-2*time.Hour).Format(time.RFC3339Nano))
		if _, err := o.JetStream.PublishMsg(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		slow := *o
		slow.Readers = []schema.Reader{{Consumer: "nobody"}} // so that it knows nothing of the last two hours
		slow.JetStream = overtakenStream{o.JetStream, func() { write(t, o, monday) }}
		write(t, &slow, monday)
		if e := history(t, o, monday)[0]; !e.KnownAt.Equal(monday) || e.State != weekly.Queued {
			t.Errorf("missed %t: %s is %q and knows what was received by %s, want %s", missed, e.Week, e.State, e.KnownAt, monday)
		}
		if n := len(letters(t, o.JetStream)); n != 1 {
			t.Errorf("missed %t: %d letters", missed, n)
		}
	}
}

// overtakenStream has another be first, whenever it is about to decide what a letter knows.
type overtakenStream struct {
	jetstream.JetStream
	by func()
}

func (s overtakenStream) KeyValue(ctx context.Context, bucket string) (jetstream.KeyValue, error) {
	kv, err := s.JetStream.KeyValue(ctx, bucket)
	return overtakenBucket{kv, s.by}, err
}

type overtakenBucket struct {
	jetstream.KeyValue
	by func()
}

func (b overtakenBucket) overtake(key string, value []byte) {
	if strings.HasPrefix(key, "weekly.") && strings.Contains(string(value), `"claimed"`) {
		b.by()
	}
}

func (b overtakenBucket) Create(ctx context.Context, key string, value []byte, o ...jetstream.KVCreateOpt) (uint64, error) {
	b.overtake(key, value)
	return b.KeyValue.Create(ctx, key, value, o...)
}

func (b overtakenBucket) Put(ctx context.Context, key string, value []byte) (uint64, error) {
	b.overtake(key, value)
	return b.KeyValue.Put(ctx, key, value)
}

func (b overtakenBucket) Update(ctx context.Context, key string, value []byte, revision uint64) (uint64, error) {
	b.overtake(key, value)
	return b.KeyValue.Update(ctx, key, value, revision)
}
