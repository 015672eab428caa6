// Package scan reads a government's report that it has never seen and says what in it could be a target:
// every quantity with its sentence, unit and value, every numeral that looks like part of a name, every
// deliverable without a number; and it drafts a ledger from that, to be edited by a person.
//
// It proposes and never decides: whatever it is unsure of it says in words. That a ledger is right is
// proved by package seeds, and by whoever answers for it.
package scan
