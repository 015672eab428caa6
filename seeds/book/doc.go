// Package book is the ledger as the office keeps it: a workbook for WPS and Excel that is written from a
// ledger and read back into one, and a table document for reading. What may be edited is edited there;
// what stands in the source text is locked.
//
// One list of sheets and columns (sheets.go) serves both directions, so that what is written can be read.
// The package proves nothing about a ledger that package seeds does not: it says in which cell a complaint
// belongs, in the office's language. The letter's attachment is not its business.
package book
