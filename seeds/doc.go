// Package seeds is the ledger (台账): what was promised, in whose words, by when, and according to
// which planned progress. A ledger is data in a folder of its own, such as hongqiao-2024.
//
// What it is: ledger.go, curve.go, statement.go, assignment.go. It is read (load.go, yaml.go), written
// (files.go, canonical.go) and proved against its text, every clause and numeral of which must have one
// owner (check*.go, verbatim.go, clause.go, run.go, coverage.go). Its versions are a history (history.go,
// diff.go, confirmation.go). Readings are admitted against it (admit.go), and planned progress is computed
// from it (planned.go). Beside it, scan drafts a ledger from a report, book is the office's workbook, office
// the log of acts that put versions in force, and seedstore their copy for analysts.
//
// It does not know what was done (that is the event log) nor whether that is enough (package
// jobs/assessment).
package seeds
