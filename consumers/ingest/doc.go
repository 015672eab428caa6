// Package ingest brings the departments' log into the store: JetStream → decode → admit → columns →
// ClickHouse → acknowledge.
//
// What it guarantees: nothing acknowledged is lost, nothing is counted twice. A message is
// acknowledged only after its accepted events are in the store and the dead letters of its refused
// ones are in their stream. Between the two a crash means that it is delivered and stored again, which
// the store folds by identity and position. What is stored depends on the log only, not on delivery
// order, batch boundaries or retries.
//
// What bounds its memory: the messages asked for (Options.FetchMessages, FetchBytes) and two batches,
// one being filled and one being stored.
//
// It does not assess, and it keeps no state of its own outside the stream and the store.
package ingest
