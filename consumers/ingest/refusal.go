package ingest

import (
	"context"
	"crypto/sha256"

	"xushi/schema"
	"xushi/schema/store"
)

// letterRow is a refused event as dead_letters keeps it. Every value is a function of the log.
func letterRow(m *schema.Message, o *schema.Opened, names, values []string, kept []byte) store.Row {
	address, _ := schema.ParseAddress(m.Subject)
	address = address.OrUnknown()
	sum := sha256.Sum256(o.Raw)
	return store.Row{
		"plan", address.Plan,
		"department", address.Department,
		"commitment", address.Commitment,
		"position", uint64(o.Record.Position),
		"received_at", m.Timestamp.UTC(),
		"subject", m.Subject,
		"reason", string(o.Rejection.Reason),
		"field", o.Rejection.Field,
		"message", o.Rejection.Message,
		"body", kept,
		"length", uint64(len(o.Raw)),
		"sha256", sum[:],
		"header_names", names,
		"header_values", values,
		"replays", uint64(o.Record.Replays),
	}
}

// replayRow is an event that bears a link to a refused one, with its verdict, as replays keeps it.
func replayRow(m *schema.Message, o *schema.Opened) store.Row {
	address, _ := schema.ParseAddress(m.Subject)
	address = address.OrUnknown()
	reason := ""
	if o.Rejection != nil {
		reason = string(o.Rejection.Reason)
	}
	sum := sha256.Sum256(o.Raw)
	return store.Row{
		"letter", uint64(o.Record.Replays),
		"position", uint64(o.Record.Position),
		"plan", address.Plan,
		"department", address.Department,
		"received_at", m.Timestamp.UTC(),
		"reason", reason,
		"sha256", sum[:],
	}
}

// record writes the batch's refused events and replays into the store. Doing it again changes nothing.
func (w *writer) record(ctx context.Context, b *batch) error {
	rows := make([]store.Row, len(b.letters))
	for i := range b.letters {
		rows[i] = b.letters[i].row
	}
	if err := store.Insert(ctx, w.store, "dead_letters", rows); err != nil {
		return err
	}
	return store.Insert(ctx, w.store, "replays", b.linked)
}
