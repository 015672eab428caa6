// Package schema is the contract that everybody else meets in: the events departments publish, the
// reasons for which one is refused, the subjects and streams they travel on, and the row that an
// accepted event becomes.
//
// It knows the form of an event, not the promises: whether a measure exists, and in which unit it is
// counted, is the ledger's business (package seeds). Everything here is a pure function of bytes and
// their stream timestamp, except EnsureStreams, which creates the streams. Times are instants; the store
// keeps UTC, people read Asia/Shanghai.
package schema
