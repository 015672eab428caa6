package schema

import (
	"context"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Names of the streams and of the key-value bucket.
const (
	ProgressStream    = "PROGRESS"
	OfficeStream      = "OFFICE"
	DeadLettersStream = "DEADLETTERS"
	MailStream        = "MAIL"
	Bucket            = "xushi"
)

// StreamOptions are what an installation decides about its streams.
type StreamOptions struct {
	Replicas         int   // 1 on one machine, 3 in a cluster
	ProgressBytes    int64 // the departments' log refuses new events beyond this
	OfficeBytes      int64 // likewise
	DeadLettersBytes int64 // beyond this the oldest dead letters go; what they say is still in PROGRESS
	MailBytes        int64 // likewise: letters that do not fit are not queued
	Partitions       int   // of the departments' log, for several processes to read it: 1 (or 0), or Partitions
	Simulation       bool  // simulated events and acts count here; PolicyOf tells it to whoever has no configuration
}

// DefaultStreamOptions suit one machine.
func DefaultStreamOptions() StreamOptions {
	return StreamOptions{Replicas: 1, ProgressBytes: 8 << 30, OfficeBytes: 256 << 20, DeadLettersBytes: 1 << 30, MailBytes: 4 << 30}
}

// EnsureStreams creates the streams and the bucket, or brings them to what is written here; calling it
// again changes nothing.
func EnsureStreams(ctx context.Context, js jetstream.JetStream, o StreamOptions) error {
	for _, cfg := range streams(o) {
		if _, err := js.CreateOrUpdateStream(ctx, cfg); err != nil {
			return fmt.Errorf("stream %s: %w", cfg.Name, err)
		}
	}
	_, err := js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{
		Bucket:         Bucket,
		Description:    "claims and send states, changed by revision",
		History:        8,
		Replicas:       o.Replicas,
		LimitMarkerTTL: time.Hour,
	})
	if err != nil {
		return fmt.Errorf("key-value bucket %s: %w", Bucket, err)
	}
	return nil
}

// simulation is where the OFFICE stream says that simulated events and acts count, and allowed that they do.
const simulation, allowed = "xushi-simulation", "allowed"

// PolicyOf is the policy that the processes of the installation have, as the one that started last said. It
// is for tools that share their streams and not their configuration.
func PolicyOf(ctx context.Context, js jetstream.JetStream) (Policy, error) {
	stream, err := js.Stream(ctx, OfficeStream)
	if err != nil {
		return Policy{}, fmt.Errorf("stream %s: %w", OfficeStream, err)
	}
	return Policy{AllowSimulation: stream.CachedInfo().Config.Metadata[simulation] == allowed}, nil
}

// A publisher's Nats-Msg-Id could hide another's event, so the logs' window for it is the shortest the
// server takes; identity is held in the store.
const shortestDuplicateWindow = 100 * time.Millisecond

// deadLettersPerSubject is how many dead letters of one department and reason are kept: a system that goes
// wild pushes out its own, not those of others.
const deadLettersPerSubject = 20_000

func streams(o StreamOptions) []jetstream.StreamConfig {
	log := func(name, description, subjects string, most int64) jetstream.StreamConfig {
		return jetstream.StreamConfig{
			Name: name, Description: description, Subjects: []string{subjects},
			Storage: jetstream.FileStorage, Replicas: o.Replicas,
			MaxBytes: most, Discard: jetstream.DiscardNew,
			DenyDelete: true, DenyPurge: true, AllowDirect: true,
			Duplicates: shortestDuplicateWindow,
		}
	}
	progress := log(ProgressStream, "the departments' log: every progress event, for ever", ProgressSubjects, o.ProgressBytes)
	progress.MaxMsgSize = MaxPayload // whatever the server takes: a request for messages has room for one of these
	if o.Partitions > 1 {
		progress.SubjectTransform = partitioning()
	}
	office := log(OfficeStream, "the log of the office's own acts", "office.>", o.OfficeBytes)
	if o.Simulation {
		office.Metadata = map[string]string{simulation: allowed}
	}
	return []jetstream.StreamConfig{
		progress,
		office,
		{
			Name: DeadLettersStream, Description: "refused events with the reason", Subjects: []string{"deadletters.>"},
			Storage: jetstream.FileStorage, Replicas: o.Replicas, AllowDirect: true,
			MaxBytes: o.DeadLettersBytes, Discard: jetstream.DiscardOld,
			MaxMsgsPerSubject: deadLettersPerSubject,
			// Our own ids, "<position>", so that a redelivered refusal is not listed twice.
			Duplicates: 10 * time.Minute,
		},
		{
			Name: MailStream, Description: "one message per letter, for ever", Subjects: []string{"mail.>"},
			Storage: jetstream.FileStorage, Replicas: o.Replicas, AllowDirect: true,
			MaxBytes: o.MailBytes, Discard: jetstream.DiscardNew,
			MaxMsgsPerSubject: 1, DiscardNewPerSubject: true,
			DenyDelete: true, DenyPurge: true,
		},
	}
}
