// Package store is the ClickHouse side of the contract: how to reach a database, the migrations that
// make its tables and views, and when the derived views are fresh.
//
// What the tables and views mean stands in their SQL comments and, for analysts, in README.md. Rows
// are written elsewhere, by those who know what they say: events by consumers, the ledger by
// seeds/seedstore, assessments by jobs/records.
package store
