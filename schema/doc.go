// Package schema is the contract that everybody else meets in: the events departments publish, the
// reasons for which one is refused, the subjects and streams they travel on, and the row that an
// accepted event becomes.
//
// It knows the form of an event, not the promises: whether a measure exists, and in which unit it is
// counted, is the ledger's business (package seeds). Everything here is a pure function of bytes and
// their stream timestamp, except EnsureStreams, which creates the streams. Times are instants; the store
// keeps UTC, people read Asia/Shanghai.
//
// # Which JSON decoder
//
// An event as departments send it (415 bytes, BenchmarkDecoders, into one struct) takes
//
//	encoding/json                       4.7 µs  24 allocations
//	bytedance/sonic 1.15                1.7 µs  19 allocations (its fastest, unsafe way 1.3 µs and 4)
//	go-json-experiment/json (v2)        1.4 µs   2 allocations
//	goccy/go-json 0.12                  1.0 µs  17 allocations
//	plainReader, ours                   0.4 µs   none
//
// so an event is read by plainReader if it is written in the plainest way, and otherwise judged by v2. The
// others are no alternative even where they are fast: all of them take a name that stands twice and text
// that is not UTF-8, which the contract refuses, and none can say where in the event it is wrong. v2 is used
// as the module from which the standard library has it, because there it still wants GOEXPERIMENT.
package schema
