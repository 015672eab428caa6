package ingest

import (
	"bytes"
	"encoding/binary"
	"math/big"
	"math/bits"
	"slices"
	"strings"

	"github.com/shopspring/decimal"
)

// column is the values of one column of a batch, as the bytes that ClickHouse's Native format has for
// them. Nothing is written as long as every value is blank; the first other one writes those before it.
type column interface {
	// blank tells that every value is what the table takes for a column that is left out.
	blank() bool
	// appendRows appends the rows from, up to but without to, of a column that is not blank.
	appendRows(block []byte, from, to int) []byte
	// appendBlank appends so many blank rows.
	appendBlank(block []byte, rows int) []byte
	// reset empties the column and keeps its memory for the next batch.
	reset()
}

// keepBytes is the most memory that one column keeps for the next batch: what an unusual batch took
// beyond it is given back.
const keepBytes = 2 << 20

func emptied(buf []byte) []byte {
	if cap(buf) > keepBytes {
		return nil
	}
	return buf[:0]
}

func zeros(buf []byte, n int) []byte { return append(buf, make([]byte, n)...) }

// texts is String: each value with its length before it, so that an empty one is a zero byte.
type texts struct {
	buf  []byte
	rows int // in buf
}

func (c *texts) add(row int, s string) {
	if len(c.buf) == 0 {
		if s == "" {
			return
		}
		c.buf = zeros(c.buf, row)
	}
	c.buf, c.rows = appendText(c.buf, s), row+1
}

func appendText(buf []byte, s string) []byte {
	buf = binary.AppendUvarint(buf, uint64(len(s)))
	return append(buf, s...)
}

func (c *texts) blank() bool                            { return len(c.buf) == 0 }
func (c *texts) reset()                                 { c.buf = emptied(c.buf) }
func (c *texts) appendBlank(block []byte, n int) []byte { return zeros(block, n) }

func (c *texts) appendRows(block []byte, from, to int) []byte {
	begin, end := skipTexts(c.buf, 0, from), len(c.buf)
	if to < c.rows {
		end = skipTexts(c.buf, begin, to-from)
	}
	return append(block, c.buf[begin:end]...)
}

// skipTexts is where n texts end that begin at.
func skipTexts(buf []byte, at, n int) int {
	for ; n > 0; n-- {
		length, width := binary.Uvarint(buf[at:])
		at += width + int(length)
	}
	return at
}

// fixed is a type of so many bytes each, little endian.
type fixed struct {
	width int
	buf   []byte
}

// add8 adds a byte, of which zero is blank.
func (c *fixed) add8(row int, v byte) {
	if len(c.buf) == 0 {
		if v == 0 {
			return
		}
		c.buf = zeros(c.buf, row)
	}
	c.buf = append(c.buf, v)
}

// addLink adds eight bytes, of which zero is blank.
func (c *fixed) addLink(row int, v uint64) {
	if len(c.buf) == 0 {
		if v == 0 {
			return
		}
		c.buf = zeros(c.buf, row*c.width)
	}
	c.add64(v)
}

func (c *fixed) add64(v uint64)       { c.buf = binary.LittleEndian.AppendUint64(c.buf, v) }
func (c *fixed) addBytes(v []byte)    { c.buf = append(c.buf, v...) }
func (c *fixed) blank() bool          { return len(c.buf) == 0 }
func (c *fixed) reset()               { c.buf = emptied(c.buf) }
func (c *fixed) rows(f, t int) []byte { return c.buf[f*c.width : t*c.width] }

func (c *fixed) appendBlank(block []byte, n int) []byte { return zeros(block, n*c.width) }

func (c *fixed) appendRows(block []byte, from, to int) []byte {
	return append(block, c.rows(from, to)...)
}

// nullable is a fixed type that may be absent: a byte for each row that says so, then the values.
type nullable struct {
	absent fixed // of width 1
	fixed
}

func newNullable(width int) nullable {
	return nullable{absent: fixed{width: 1}, fixed: fixed{width: width}}
}

// none adds an absent value.
func (c *nullable) none() {
	if !c.blank() {
		c.absent.addBytes([]byte{1})
		c.buf = zeros(c.buf, c.width)
	}
}

// some readies the column for a value, which the caller appends to buf.
func (c *nullable) some(row int) {
	if c.blank() {
		c.absent.addBytes(bytes.Repeat([]byte{1}, row))
		c.buf = zeros(c.buf, row*c.width)
	}
	c.absent.addBytes([]byte{0})
}

func (c *nullable) blank() bool { return len(c.absent.buf) == 0 }

func (c *nullable) reset() {
	c.absent.reset()
	c.fixed.reset()
}

func (c *nullable) appendBlank(block []byte, n int) []byte {
	return zeros(append(block, bytes.Repeat([]byte{1}, n)...), n*c.width)
}

func (c *nullable) appendRows(block []byte, from, to int) []byte {
	return append(append(block, c.absent.rows(from, to)...), c.rows(from, to)...)
}

// lists is Array(String): where each list ends among the texts of all, then the texts.
type lists struct {
	ends  fixed // of width 8
	count uint64
	texts []byte
}

func newLists() lists { return lists{ends: fixed{width: 8}} }

func (c *lists) add(row int, list []string) {
	if c.blank() && len(list) == 0 {
		return
	}
	if c.blank() {
		c.ends.buf = zeros(c.ends.buf, row*c.ends.width)
	}
	c.count += uint64(len(list))
	c.ends.add64(c.count)
	for _, s := range list {
		c.texts = appendText(c.texts, s)
	}
}

func (c *lists) blank() bool { return c.ends.blank() }

func (c *lists) reset() {
	c.ends.reset()
	c.count, c.texts = 0, emptied(c.texts)
}

func (c *lists) appendBlank(block []byte, n int) []byte { return zeros(block, n*c.ends.width) }

func (c *lists) appendRows(block []byte, from, to int) []byte {
	first, end := c.end(from-1), c.end(to-1)
	if first == 0 {
		block = append(block, c.ends.rows(from, to)...)
	} else {
		for row := from; row < to; row++ {
			block = binary.LittleEndian.AppendUint64(block, c.end(row)-first)
		}
	}
	from, to = skipTexts(c.texts, 0, int(first)), len(c.texts)
	if end < c.count {
		to = skipTexts(c.texts, from, int(end-first))
	}
	return append(block, c.texts[from:to]...)
}

// end is how many texts there are up to and with the row.
func (c *lists) end(row int) uint64 {
	if row < 0 {
		return 0
	}
	return binary.LittleEndian.Uint64(c.ends.buf[row*8:])
}

// dictionary is LowCardinality(String): the distinct values, then which of them each row has. Plans,
// departments and measures repeat, so this is cheaper than texts for both sides; where they do not, only
// the numbers grow wider.
type dictionary struct {
	places map[string]uint32
	names  []string // the distinct values, in the order of their places
	keys   []byte   // the same as texts
	values []uint32 // place of each row's
	last   string   // the value before, often the next one too
}

func newDictionary() dictionary { return dictionary{places: map[string]uint32{}} }

func (c *dictionary) add(s string) {
	if n := len(c.values); n > 0 && s == c.last {
		c.values = append(c.values, c.values[n-1])
		return
	}
	place, known := c.places[s]
	if !known {
		place = uint32(len(c.names))
		s = strings.Clone(s) // else the whole message would be kept
		c.places[s] = place
		c.names = append(c.names, s)
		c.keys = appendText(c.keys, s)
	}
	c.values, c.last = append(c.values, place), c.names[place]
}

func (c *dictionary) blank() bool {
	return len(c.names) == 0 || len(c.names) == 1 && c.names[0] == ""
}

func (c *dictionary) reset() {
	if len(c.names) > keepKeys {
		*c = newDictionary()
		return
	}
	clear(c.places)
	c.names, c.keys, c.values, c.last = c.names[:0], c.keys[:0], c.values[:0], ""
}

// keepKeys is how many keys a dictionary may have had to keep its memory.
const keepKeys = 1 << 10

// What a block says of a LowCardinality column: the version of the format before all, then the width of
// the numbers and that the keys come along.
const (
	sharedDictionaries = 1
	hasAdditionalKeys  = 1 << 9
	needsUpdate        = 1 << 10
)

// appendBlank: a blank column has its values, which are all empty.
func (c *dictionary) appendBlank(block []byte, n int) []byte { return c.appendRows(block, 0, n) }

func (c *dictionary) appendRows(block []byte, from, to int) []byte {
	width := 0 // of a number: 1, 2 or 4 bytes
	switch n := len(c.names); {
	case n > 1<<16:
		width = 2
	case n > 1<<8:
		width = 1
	}
	for _, header := range [...]int{sharedDictionaries, hasAdditionalKeys | needsUpdate | width, len(c.names)} {
		block = binary.LittleEndian.AppendUint64(block, uint64(header))
	}
	block = append(block, c.keys...)
	block = binary.LittleEndian.AppendUint64(block, uint64(to-from))
	for _, place := range c.values[from:to] {
		switch width {
		case 0:
			block = append(block, byte(place))
		case 1:
			block = binary.LittleEndian.AppendUint16(block, uint16(place))
		default:
			block = binary.LittleEndian.AppendUint32(block, place)
		}
	}
	return block
}

// decimalScale is the number of decimals of Decimal(38, 6), whose values are sixteen bytes.
const (
	decimalScale = 6
	decimalWidth = 16
)

var powersOfTen = func() (powers [19]uint64) {
	powers[0] = 1
	for i := range powers[1:] {
		powers[i+1] = 10 * powers[i]
	}
	return powers
}()

// appendDecimal appends an exact decimal that has no more than six decimals, as the ledger's check holds.
func appendDecimal(buf []byte, d decimal.Decimal) []byte {
	shift := int(d.Exponent()) + decimalScale
	if d.NumDigits() > 18 || shift < 0 || shift >= len(powersOfTen) {
		return appendBig(buf, d.Shift(decimalScale).BigInt())
	}
	n := d.CoefficientInt64()
	hi, lo := bits.Mul64(uint64(max(n, -n)), powersOfTen[shift])
	if n < 0 {
		var borrow uint64
		lo, borrow = bits.Sub64(0, lo, 0)
		hi, _ = bits.Sub64(0, hi, borrow)
	}
	buf = binary.LittleEndian.AppendUint64(buf, lo)
	return binary.LittleEndian.AppendUint64(buf, hi)
}

// appendBig appends an integer of at most sixteen bytes in two's complement.
func appendBig(buf []byte, n *big.Int) []byte {
	if n.Sign() < 0 {
		n = new(big.Int).Add(n, new(big.Int).Lsh(big.NewInt(1), 8*decimalWidth))
	}
	var bytes [decimalWidth]byte
	n.FillBytes(bytes[:])
	slices.Reverse(bytes[:])
	return append(buf, bytes[:]...)
}
