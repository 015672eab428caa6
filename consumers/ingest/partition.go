package ingest

import (
	"strconv"

	"github.com/nats-io/nats.go/jetstream"

	"xushi/schema"
)

// Consumer is the durable name of the consumer that reads an undivided log; those of a divided one begin with it.
const Consumer = "ingest"

// Consumers are the durable names of the consumers that read the log, together all of it: one, or one for
// each of schema.Partitions and one for what is in none of them.
func Consumers(partitions int) []string {
	if partitions <= 1 {
		return []string{Consumer}
	}
	names := make([]string, 0, partitions+1)
	for k := range partitions {
		names = append(names, Consumer+"-"+strconv.Itoa(k))
	}
	return append(names, Consumer+"-rest")
}

// filters are the subjects that they read; "" is all of the log.
func filters(partitions int) []string {
	if partitions <= 1 {
		return []string{""}
	}
	subjects := make([]string, 0, partitions+1)
	for k := range partitions {
		subjects = append(subjects, schema.PartitionSubjects(k))
	}
	return append(subjects, schema.ProgressSubjects)
}

// ConsumerConfig is the consumer that reads an undivided log.
func (o Options) ConsumerConfig() jetstream.ConsumerConfig {
	o.Partitions = 1
	return o.ConsumerConfigs()[0]
}

// ConsumerConfigs are the consumers that an ingest with these options reads, in the order of Consumers.
func (o Options) ConsumerConfigs() []jetstream.ConsumerConfig {
	o = o.withDefaults()
	names, subjects := Consumers(o.Partitions), filters(o.Partitions)
	configs := make([]jetstream.ConsumerConfig, len(names))
	for i := range names {
		configs[i] = jetstream.ConsumerConfig{
			Durable:       names[i],
			Description:   "JetStream to ClickHouse",
			AckPolicy:     jetstream.AckAllPolicy,
			AckWait:       o.AckWait,
			MaxAckPending: 10 * o.BatchRows, // what a predecessor left pending plus several batches of ours
			FilterSubject: subjects[i],
		}
	}
	return configs
}

// ownerGroup is the one priority group of an owner consumer.
const ownerGroup = "owner"

// ownerConfig is the companion of a reading consumer that decides who reads it. It hands out the partition's
// first message and, since nobody acknowledges that, hands it out again and again, to the one client that it
// is pinned to: who gets it owns the partition. Pinning the reading consumer itself would do the same, and
// cost a header and a look-up for every message.
func (o Options) ownerConfig(reading jetstream.ConsumerConfig) jetstream.ConsumerConfig {
	return jetstream.ConsumerConfig{
		Durable:        reading.Durable + "-owner",
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
