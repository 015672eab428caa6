package schema

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/nats-io/nats.go/jetstream"
)

// Partitions is into how many parts the departments' log can be divided, for several processes to bring it into
// the store. Every commitment of a department keeps to one, and so does its order.
const Partitions = 8

// ProgressSubjects is where progress is published.
const ProgressSubjects = "progress.>"

// Stored subjects of a divided log begin with these, before the number of the partition. Nobody can publish
// there: no stream takes it.
const partitionPrefix = "partition."

// partitioning has the stream store what is published to progress.<plan>.<department>.<commitment> under
// partition.<k>.<plan>.<department>.<commitment>. A subject of another form stays as it is.
func partitioning() *jetstream.SubjectTransformConfig {
	return &jetstream.SubjectTransformConfig{
		Source:      "progress.*.*.*",
		Destination: fmt.Sprintf("%s{{partition(%d,1,2,3)}}.{{wildcard(1)}}.{{wildcard(2)}}.{{wildcard(3)}}", partitionPrefix, Partitions),
	}
}

// PartitionSubjects are the subjects of what the log stores in its k-th partition.
func PartitionSubjects(k int) string { return partitionPrefix + strconv.Itoa(k) + ".>" }

// PlanSubjects are the subjects of what the log stores of a plan, divided or not.
func PlanSubjects(plan string) []string {
	return []string{"progress." + plan + ".>", partitionPrefix + "*." + plan + ".>"}
}

// PublishedSubject is the subject that a message was published to, of the one that the log stores it under.
func PublishedSubject(stored string) string {
	rest, divided := strings.CutPrefix(stored, partitionPrefix)
	if !divided {
		return stored
	}
	_, address, _ := strings.Cut(rest, ".")
	return progressPrefix + address
}
