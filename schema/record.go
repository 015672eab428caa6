package schema

import (
	"time"

	"github.com/shopspring/decimal"
)

// Record is an accepted event: what the store keeps as one row of progress.events, and what an
// assessment is computed from. Quantities are exact and in the measure's base unit.
type Record struct {
	Event
	Position      Position
	Replays       Position            // of the refused event that this one is once more; 0: of none
	ReceivedAt    time.Time           // JetStream's timestamp, or the simulator's stand-in
	ContentHash   ContentHash         // tells a re-sent event from another content under the same identity
	Quantity      decimal.NullDecimal // of a reading; a ratio's is computed from the two below
	Numerator     decimal.NullDecimal //
	Denominator   decimal.NullDecimal //
	LedgerVersion string              // of the ledger that admitted it
}

// Simulated tells whether the simulator made this event up.
func (r *Record) Simulated() bool { return r.Source == SimulatorSource }

// ContentHash is the first half of the SHA-256 of what an event says, whatever the order of its JSON
// members or the mode it travelled in.
type ContentHash [16]byte
