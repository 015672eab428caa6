// Package office reads the log of the office's own acts (the OFFICE stream) into the versions of every
// plan's ledger, and puts new acts there: a version that comes into force, an assignment that is confirmed.
//
// Every reader judges every act for itself, by the same rules by which this package publishes: an act that
// does not hold changes nothing, for anybody, and is reported. Nothing is kept but the log.
//
// The store's copy, for analysts, is made by consumers/office.
package office

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/nats-io/nats.go/jetstream"

	"xushi/schema"
	"xushi/seeds"
)

// Acts is the office's acts as far as this process has read them. It reads when it is asked to (Sync), and
// has no goroutine. It is safe for concurrent use.
type Acts struct {
	js     jetstream.JetStream
	policy schema.Policy
	log    *slog.Logger

	reading sync.Mutex           // one Sync at a time
	book    atomic.Pointer[book] // what was read; replaced as a whole
}

// Open reads every act that is in the log. The policy says whether simulated acts count.
func Open(ctx context.Context, js jetstream.JetStream, policy schema.Policy, log *slog.Logger) (*Acts, error) {
	a := &Acts{js: js, policy: policy, log: log}
	a.book.Store(newBook())
	return a, a.Sync(ctx)
}

// Sync reads what came in since the last time: one small request where nothing has. When it returns without
// an error, every act that was stored before the call is known.
func (a *Acts) Sync(ctx context.Context) error {
	a.reading.Lock()
	defer a.reading.Unlock()
	// The stream's leader is asked; a direct get could be answered by a replica that lags behind.
	stream, err := a.js.Stream(ctx, schema.OfficeStream)
	if err != nil {
		return fmt.Errorf("stream %s: %w", schema.OfficeStream, err)
	}
	state := stream.CachedInfo().State
	known := a.book.Load()
	switch {
	case state.LastSeq == known.sequence:
		return nil
	case state.LastSeq < known.sequence:
		return fmt.Errorf("stream %s ends at %d, and was read up to %d: it is another stream; start anew", schema.OfficeStream, state.LastSeq, known.sequence)
	}
	next := known.copy()
	for sequence := max(known.sequence+1, state.FirstSeq); sequence <= state.LastSeq; sequence++ {
		m, err := stream.GetMsg(ctx, sequence)
		if err != nil {
			return fmt.Errorf("act %d of stream %s: %w", sequence, schema.OfficeStream, err)
		}
		j := next.read(a.policy, &schema.Message{
			Subject: m.Subject, Header: m.Header, Body: m.Data, Sequence: m.Sequence, Timestamp: m.Time,
		})
		if j.Refused != nil {
			a.log.Error("an act of the office does not hold, and changes nothing", "subject", m.Subject, "sequence", sequence, "err", j.Refused)
		}
	}
	a.book.Store(next)
	return nil
}

// Admit judges an event by the version that was in force when it was received, as far as acts are known.
func (a *Acts) Admit(rec *schema.Record) *schema.Rejection { return a.book.Load().register.Admit(rec) }

// History is a plan's versions, as far as acts are known; false if the plan has none.
func (a *Acts) History(plan string) (*seeds.History, bool) {
	h, ok := a.book.Load().plans[plan]
	return h, ok
}

// Judged are the acts after a sequence of the log, with what became of each.
func (a *Acts) Judged(after uint64) []Judged {
	all := a.book.Load().judged
	first, _ := slices.BinarySearchFunc(all, after+1, func(j Judged, sequence uint64) int {
		return int(j.Sequence) - int(sequence)
	})
	return all[first:]
}

// Refused are the acts that do not hold.
func (a *Acts) Refused() []Judged {
	return slices.DeleteFunc(slices.Clone(a.Judged(0)), func(j Judged) bool { return j.Refused == nil })
}
