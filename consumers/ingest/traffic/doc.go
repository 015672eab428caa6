// Package traffic makes a departments' log for tests that must know the outcome: a seeded mix of
// readings, corrections, voids, re-sent copies, conflicts, batches and poison, much of it out of order.
// Every element knows by construction what must become of it, so that nobody has to ask the ingest.
//
// It is for proofs (make chaos, the ingest's property test), not for demonstrations: what a simulated
// year looks like is for producers/simulator.
package traffic
