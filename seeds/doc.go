// Package seeds is the ledger (台账): what was promised, in whose words, by when, and according to
// which planned progress. A ledger is data in a folder of its own, such as hongqiao-2024; this package
// loads and proves it, converts and admits readings against it, and computes planned progress.
//
// It does not know what was done (that is the event log) nor whether that is enough (package
// jobs/assessment).
package seeds
