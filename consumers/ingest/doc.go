// Package ingest brings the departments' log into the store: JetStream → decode → admit → columns →
// ClickHouse → acknowledge.
//
// What it guarantees: nothing acknowledged is lost, nothing is counted twice. A message is
// acknowledged only after its accepted events are in the store and the dead letters of its refused
// ones are in their stream. Between the two a crash means that it is delivered and stored again, which
// the store folds by identity and position. What is stored depends on the log only, not on delivery
// order, batch boundaries or retries.
//
// Every event is judged by the version of the ledger that was in force when it was received: before a
// message is judged, the register learns every act of the office that was stored before it. (Moments are
// those of two streams; in a cluster whose clocks differ, an event and an act may be that far out of order.)
//
// What bounds its memory: the messages asked for (Options.FetchMessages, FetchBytes) and two batches,
// one being filled and one being stored.
//
// It does not assess, and it keeps no state of its own outside the stream and the store.
package ingest
