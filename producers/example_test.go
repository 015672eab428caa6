package producers_test

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"xushi/deploy/embedded/natsd"
	"xushi/producers"
	"xushi/schema"
)

// A department's system publishes what it counted, one event at a time.
func Example() {
	ctx := context.Background()
	nc, stop := exampleServer(ctx)
	defer stop()

	client, err := producers.New(nc, producers.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	receipt, err := client.Publish(ctx, &schema.Event{
		ID:         "2024-06-28/households/1", // the system's own, never used twice
		Source:     "/zhujianwei/housing",
		Type:       schema.Reported,
		Time:       time.Date(2024, 6, 28, 17, 30, 0, 0, schema.Shanghai),
		Plan:       "hongqiao-2024",
		Department: "zhujianwei",
		Data: schema.Data{
			Commitment: "housing-support", Measure: "housing-support-households",
			Mode: schema.Increment, Value: "36", Unit: "户",
			Evidence: []string{"红住建保障〔2024〕12号"},
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("in the log, at", receipt.Sequence)
	// Output: in the log, at 1
}

// Many events go without waiting for each; Flush says which of them failed.
func ExampleClient_PublishAsync() {
	ctx := context.Background()
	nc, stop := exampleServer(ctx)
	defer stop()

	client, err := producers.New(nc, producers.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, e := range manyHouseholds(1000) {
		if _, err := client.PublishAsync(ctx, e); err != nil {
			fmt.Println(err) // refused here: the event, not the connection, is at fault
			return
		}
	}
	if err := client.Flush(ctx); err != nil {
		fmt.Println(err) // a producers.Failures
		return
	}
	fmt.Println("all are in the log")
	// Output: all are in the log
}

// A batch is one message, or as few as the limits of size allow.
func ExampleClient_PublishBatch() {
	ctx := context.Background()
	nc, stop := exampleServer(ctx)
	defer stop()

	client, err := producers.New(nc, producers.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	receipts, err := client.PublishBatch(ctx, manyHouseholds(300))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%d message with %d events\n", len(receipts), receipts[0].Events)
	// Output: 1 message with 300 events
}

// exampleServer stands for the NATS server of an installation.
func exampleServer(ctx context.Context) (nc *nats.Conn, stop func()) {
	dir, err := os.MkdirTemp("", "xushi-example-")
	if err != nil {
		panic(err)
	}
	server, err := natsd.Start(natsd.Options{Dir: dir, Listen: "127.0.0.1:0"})
	if err != nil {
		panic(err)
	}
	nc, err = nats.Connect(server.URL())
	if err != nil {
		panic(err)
	}
	js, err := jetstream.New(nc)
	if err != nil {
		panic(err)
	}
	if err := schema.EnsureStreams(ctx, js, schema.DefaultStreamOptions()); err != nil {
		panic(err)
	}
	return nc, func() {
		nc.Close()
		if err := server.Stop(ctx); err != nil {
			panic(err)
		}
		if err := os.RemoveAll(dir); err != nil {
			panic(err)
		}
	}
}
