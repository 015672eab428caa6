package simulator_test

import (
	"bytes"
	"context"
	"testing"
	"time"

	"go.uber.org/goleak"

	"xushi/deploy/embedded/natsdtest"
	"xushi/producers/simulator"
	"xushi/schema"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestPlayPutsThePrefixIntoTheLogInOrder(t *testing.T) {
	t.Parallel()
	js := natsdtest.JetStream(t)
	year := simulator.Year(hongqiao(t), 1)
	upTo := time.Date(2024, 7, 1, 8, 0, 0, 0, schema.Shanghai)
	want := simulator.ArrivedBy(year, upTo)

	var shown [][2]int
	published, err := simulator.Play(t.Context(), js, year, upTo, func(done, total int) { shown = append(shown, [2]int{done, total}) })
	if err != nil {
		t.Fatal(err)
	}
	if published != want {
		t.Errorf("published %d, want %d", published, want)
	}
	if end := shown[len(shown)-1]; end != [2]int{want, want} {
		t.Errorf("progress ends with %v", end)
	}
	stream, err := js.Stream(t.Context(), schema.ProgressStream)
	if err != nil {
		t.Fatal(err)
	}
	if stored := stream.CachedInfo().State.Msgs; stored != uint64(want) {
		t.Fatalf("%d messages in the log, want %d", stored, want)
	}
	for i := range want {
		m, err := stream.GetMsg(t.Context(), uint64(i+1))
		if err != nil {
			t.Fatal(err)
		}
		if m.Subject != year[i].Subject || !bytes.Equal(m.Data, year[i].Body) || m.Header.Get(schema.ReceivedAtHeader) != year[i].Header.Get(schema.ReceivedAtHeader) {
			t.Fatalf("message %d is %s %s, want %s", i, m.Subject, m.Data, year[i].Body)
		}
	}
}

func TestPlayEndsWithItsContext(t *testing.T) {
	t.Parallel()
	js := natsdtest.JetStream(t)
	ctx, cancel := context.WithCancel(t.Context())
	year := simulator.Year(hongqiao(t), 1)
	_, err := simulator.Play(ctx, js, year, year[len(year)-1].ReceivedAt, func(int, int) { cancel() })
	if err == nil {
		t.Error("it went on to the end")
	}
}
