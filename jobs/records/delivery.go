package records

import (
	"context"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"xushi/schema/store"
)

// Delivery is the state of one letter.
type Delivery struct {
	Plan, Week, Recipient, Kind string
	State                       string // queued, sending, sent, failed or uncertain
	MessageID                   string // "" while it is not composed
	At                          time.Time
	Error                       string // why it failed, "" if it has not
	Revision                    uint64 // of the state in the key-value store: the highest counts, and of equals the one saved last
}

// SaveDelivery stores the analysts' copy of a letter's state; nothing of the product reads it.
func SaveDelivery(ctx context.Context, conn driver.Conn, d Delivery) error {
	return store.Insert(ctx, conn, "mail_deliveries", []store.Row{{
		"plan", d.Plan,
		"iso_week", d.Week,
		"recipient", d.Recipient,
		"kind", d.Kind,
		"state", d.State,
		"message_id", d.MessageID,
		"at", d.At,
		"error", d.Error,
		"revision", d.Revision,
	}})
}
