package assessment

import (
	"time"

	"xushi/schema"
)

// Reported is the readings of a measure by one department that stand: neither withdrawn by knownAt nor of
// after asOf, in the order in which they happened. Those of the measure's reporting department make its
// figure; those of others are cross-checks.
func (l *Log) Reported(measure, department string, asOf, knownAt time.Time) []*schema.Record {
	var standing live
	for steps := range l.readings[voice{measure, department}].known(knownAt) {
		for _, s := range steps {
			if s.record.Type == schema.Reported && !s.record.Time.After(asOf) {
				standing = standing.take(s)
			}
		}
	}
	return standing
}
