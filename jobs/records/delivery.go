package records

import (
	"context"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"xushi/schema"
	"xushi/schema/store"
)

// Delivery is a change of the state in which the delivery of a letter is.
type Delivery struct {
	Letter schema.MailAddress
	schema.Delivery
	Revision uint64 // of the note in the key-value bucket
}

// SaveDeliveries stores the analysts' copy of changes, also of some that are there. That a letter is being sent
// is no matter of theirs. Nothing of the product reads it.
func SaveDeliveries(ctx context.Context, conn driver.Conn, changes []Delivery) error {
	var rows []store.Row
	for _, d := range changes {
		if d.State == schema.MailSending {
			continue
		}
		rows = append(rows, store.Row{
			"plan", d.Letter.Plan,
			"period", d.Letter.Period,
			"recipient", d.Letter.Recipient,
			"kind", d.Letter.Kind,
			"revision", d.Revision,
			"state", string(d.State),
			"at", d.At,
			"tries", uint32(d.Tries),
			"error", d.Error,
			"noted_by", d.By,
			"message_id", d.MessageID,
			"reason", d.Reason,
		})
	}
	return store.Insert(ctx, conn, "mail_deliveries", rows)
}
