package ingest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/prometheus/client_golang/prometheus"

	"xushi/consumers/ingest"
	"xushi/deploy/embedded/enginetest"
	"xushi/schema"
	"xushi/schema/store"
)

const (
	// childVariable makes this test binary an ingest in a process of its own, to be killed.
	childVariable = "XUSHI_INGEST_TEST_CHILD"
	// smallDiskVariable makes it an engine on a small disk of its own, which ends with it.
	smallDiskVariable = "XUSHI_INGEST_TEST_SMALL_DISK"
)

// child is what it is told.
type child struct {
	NATS, Store string
	Options     ingest.Options
}

func TestMain(m *testing.M) {
	if text, ok := os.LookupEnv(childVariable); ok {
		fmt.Fprintln(os.Stderr, runChild(text))
		os.Exit(1)
	}
	if dir, ok := os.LookupEnv(smallDiskVariable); ok {
		if err := runSmallDisk(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	enginetest.Main(m)
}

// runChild runs an ingest until it is killed.
func runChild(text string) error {
	var c child
	if err := json.Unmarshal([]byte(text), &c); err != nil {
		return err
	}
	nc, err := nats.Connect(c.NATS)
	if err != nil {
		return err
	}
	js, err := jetstream.New(nc)
	if err != nil {
		return err
	}
	conn, err := store.Open(context.Background(), c.Store)
	if err != nil {
		return err
	}
	register := demo()
	c.Options.Policy = schema.Policy{}
	return ingest.New(js, conn, register, slog.New(slog.NewTextHandler(os.Stderr, nil)).With("pid", os.Getpid()), prometheus.NewRegistry(), c.Options).Run(context.Background())
}
