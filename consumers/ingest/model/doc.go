// Package model says what the store must hold of a log, and looks whether it does. It is a second
// opinion: written afresh from the contract's words, it shares no code with the ingest, neither its
// decoding nor its verdicts, and none of the store's SQL. It knows what was published and what must become
// of each element (package traffic), reads where the log put it, and decides the rest by itself: whose
// content wins, what is withdrawn, what a measure comes to.
//
//	m := model.New(ledger)
//	m.Published(message)        // for every message that is sent, before it is
//	m.Acknowledged(message, 7)  // for every acknowledgement of the log
//	m.Read(entry)               // for every message of the log, in its order
//	findings := m.Compare(ctx, store, js)
package model
