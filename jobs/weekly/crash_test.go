package weekly_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"xushi/jobs/weekly"
	"xushi/schema"
)

// Wherever a process is killed, between any two of its calls to the servers, another one finishes the week, and
// every letter is the one that an undisturbed process writes.
func TestAnyProcessFinishesWhatAnotherBegan(t *testing.T) {
	t.Parallel()
	disturbed, calm := newHouse(t), newHouse(t)
	second, undisturbed := disturbed.process(t, "second"), calm.process(t, "only")
	for _, o := range []*weekly.Office{second, undisturbed} {
		if _, err := o.Begin(t.Context(), day(2024, 1, 1)); err != nil {
			t.Fatal(err)
		}
	}
	for calls := 0; ; calls++ {
		week := schema.WeekOf(day(2024, 1, 2).AddDate(0, 0, 7*calls))
		now, ok := second.Moment(week)
		if !ok {
			t.Fatalf("week %s has no letter", week)
		}
		first := disturbed.process(t, "first")
		fuse := &fuse{left: calls}
		first.JetStream, first.Store = fusedStream{first.JetStream, fuse}, fusedStore{first.Store, fuse}
		err := first.Run(t.Context(), now)
		if err == nil && !fuse.blown {
			if calls < 10 {
				t.Fatalf("a week takes %d calls: the fuse is not in their way", calls)
			}
			break
		}
		if !errors.Is(err, errKilled) {
			t.Fatalf("killed after %d calls: %v", calls, err)
		}
		for _, o := range []*weekly.Office{second, undisturbed} {
			if err := o.Run(t.Context(), now.Add(time.Minute)); err != nil {
				t.Fatalf("after a kill after %d calls: %v", calls, err)
			}
		}
	}
	got, want := letters(t, second.JetStream), letters(t, undisturbed.JetStream)
	for subject, letter := range want {
		if got[subject] == nil || !bytes.Equal(got[subject].Data, letter.Data) {
			t.Errorf("%s is missing or another one", subject)
		}
	}
	if len(want) < 20 || len(got) != len(want)+2 { // and those of the week that nobody disturbed
		t.Errorf("%d letters, undisturbed %d", len(got), len(want))
	}
	for _, e := range history(t, second, day(2024, 12, 31)) {
		if e.State != weekly.Queued && len(e.Letters) > 0 {
			t.Errorf("week %s is %q", e.Week, e.State)
		}
	}
}

// errKilled stands for the end of a process: whatever it does afterwards reaches nobody.
var errKilled = errors.New("killed")

// fuse lets so many calls through.
type fuse struct {
	left  int
	blown bool
}

func (f *fuse) burn() error {
	if f.left == 0 {
		f.blown = true
		return errKilled
	}
	f.left--
	return nil
}

type fusedStream struct {
	jetstream.JetStream
	fuse *fuse
}

func (s fusedStream) KeyValue(ctx context.Context, bucket string) (jetstream.KeyValue, error) {
	if err := s.fuse.burn(); err != nil {
		return nil, err
	}
	kv, err := s.JetStream.KeyValue(ctx, bucket)
	return fusedBucket{kv, s.fuse}, err
}

func (s fusedStream) Stream(ctx context.Context, name string) (jetstream.Stream, error) {
	if err := s.fuse.burn(); err != nil {
		return nil, err
	}
	return s.JetStream.Stream(ctx, name)
}

func (s fusedStream) PublishMsg(ctx context.Context, m *nats.Msg, o ...jetstream.PublishOpt) (*jetstream.PubAck, error) {
	if err := s.fuse.burn(); err != nil {
		return nil, err
	}
	return s.JetStream.PublishMsg(ctx, m, o...)
}

type fusedBucket struct {
	jetstream.KeyValue
	fuse *fuse
}

func (b fusedBucket) Get(ctx context.Context, key string) (jetstream.KeyValueEntry, error) {
	if err := b.fuse.burn(); err != nil {
		return nil, err
	}
	return b.KeyValue.Get(ctx, key)
}

func (b fusedBucket) Watch(ctx context.Context, keys string, o ...jetstream.WatchOpt) (jetstream.KeyWatcher, error) {
	if err := b.fuse.burn(); err != nil {
		return nil, err
	}
	return b.KeyValue.Watch(ctx, keys, o...)
}

func (b fusedBucket) Create(ctx context.Context, key string, value []byte, o ...jetstream.KVCreateOpt) (uint64, error) {
	if err := b.fuse.burn(); err != nil {
		return 0, err
	}
	return b.KeyValue.Create(ctx, key, value, o...)
}

func (b fusedBucket) Update(ctx context.Context, key string, value []byte, revision uint64) (uint64, error) {
	if err := b.fuse.burn(); err != nil {
		return 0, err
	}
	return b.KeyValue.Update(ctx, key, value, revision)
}

type fusedStore struct {
	driver.Conn
	fuse *fuse
}

func (s fusedStore) Query(ctx context.Context, query string, args ...any) (driver.Rows, error) {
	if err := s.fuse.burn(); err != nil {
		return nil, err
	}
	return s.Conn.Query(ctx, query, args...)
}

func (s fusedStore) QueryRow(ctx context.Context, query string, args ...any) driver.Row {
	if err := s.fuse.burn(); err != nil {
		return killedRow{err}
	}
	return s.Conn.QueryRow(ctx, query, args...)
}

func (s fusedStore) Exec(ctx context.Context, query string, args ...any) error {
	if err := s.fuse.burn(); err != nil {
		return err
	}
	return s.Conn.Exec(ctx, query, args...)
}

func (s fusedStore) PrepareBatch(ctx context.Context, query string, o ...driver.PrepareBatchOption) (driver.Batch, error) {
	if err := s.fuse.burn(); err != nil {
		return nil, err
	}
	return s.Conn.PrepareBatch(ctx, query, o...)
}

// killedRow is the answer to a question that was never asked.
type killedRow struct{ err error }

func (r killedRow) Err() error           { return r.err }
func (r killedRow) Scan(...any) error    { return r.err }
func (r killedRow) ScanStruct(any) error { return r.err }
