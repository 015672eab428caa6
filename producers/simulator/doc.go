// Package simulator makes up a plan year: what the departments of any ledger might have published, day
// by day, with everything that goes wrong in real life. Year is a pure function of the ledger and a
// seed; its messages are in the order of their arrival, so that a year up to some moment is a prefix of
// the whole. Adding a measure to the ledger changes nothing of what is told of the others.
//
// Whatever it makes up says so: every event has the source /simulator, every piece of evidence begins
// with 模拟, and the items it registers are called 模拟项目. It knows the ledger and nothing of how a
// status is computed; whether its story comes out as told is for the assessment to find.
package simulator
