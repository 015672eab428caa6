package ingest

import (
	"strconv"

	"github.com/nats-io/nats.go/jetstream"

	"xushi/schema"
)

// Consumer is the durable name of the consumer that reads an undivided log; those of a divided one begin with it.
const Consumer = "ingest"

// Readers are the consumers that read the log, together all of it: one, or one for each of schema.Partitions and
// one for what is in none of them.
func Readers(partitions int) []schema.Reader {
	if partitions <= 1 {
		return []schema.Reader{{Consumer: Consumer}}
	}
	readers := make([]schema.Reader, 0, partitions+1)
	for k := range partitions {
		readers = append(readers, schema.Reader{Consumer: Consumer + "-" + strconv.Itoa(k), Subjects: schema.PartitionSubjects(k)})
	}
	return append(readers, schema.Reader{Consumer: Consumer + "-rest", Subjects: schema.ProgressSubjects})
}

// ConsumerConfig is the consumer that reads an undivided log.
func (o Options) ConsumerConfig() jetstream.ConsumerConfig {
	o.Partitions = 1
	return o.ConsumerConfigs()[0]
}

// ConsumerConfigs are the consumers that an ingest with these options reads, in the order of Readers.
func (o Options) ConsumerConfigs() []jetstream.ConsumerConfig {
	o = o.withDefaults()
	readers := Readers(o.Partitions)
	configs := make([]jetstream.ConsumerConfig, len(readers))
	for i, r := range readers {
		configs[i] = jetstream.ConsumerConfig{
			Durable:       r.Consumer,
			Description:   "JetStream to ClickHouse",
			AckPolicy:     jetstream.AckAllPolicy,
			AckWait:       o.AckWait,
			MaxAckPending: 5 * o.BatchRows, // what a predecessor left pending plus several batches of ours
			FilterSubject: r.Subjects,
		}
	}
	return configs
}

// ownerSuffix follows the name of the consumer that is owned.
const ownerSuffix = "-owner"

// ownerGroup is the one priority group of an owner consumer.
const ownerGroup = "owner"

// ownerConfig is the companion of a reading consumer that decides who reads it. It hands out the partition's
// first message and, since nobody acknowledges that, hands it out again and again, to the one client that it
// is pinned to: who gets it owns the partition. Pinning the reading consumer itself would do the same, and
// cost a header and a look-up for every message.
func (o Options) ownerConfig(reading jetstream.ConsumerConfig) jetstream.ConsumerConfig {
	return jetstream.ConsumerConfig{
		Durable:        reading.Durable + ownerSuffix,
		Description:    "decides who reads " + reading.Durable,
		AckPolicy:      jetstream.AckExplicitPolicy,
		AckWait:        o.PinnedTTL / 3,
		MaxAckPending:  1,
		HeadersOnly:    true,
		FilterSubject:  reading.FilterSubject,
		PriorityPolicy: jetstream.PriorityPolicyPinned,
		PriorityGroups: []string{ownerGroup},
		PinnedTTL:      o.PinnedTTL,
	}
}
