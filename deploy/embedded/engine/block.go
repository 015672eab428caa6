package engine

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/ClickHouse/ch-go/compress"
)

// ClickHouse's own compression, which compress=1 and decompress=1 ask for, is a row of
// blocks: a checksum of 16 bytes, one byte for the method, the length of what follows
// the checksum, the length of the data in it, both of 4 bytes, and the compressed data.
const (
	blockHeader   = 25
	blockLengthAt = 17 // counts from the method on
	blockDataAt   = 21
	blockChecksum = 16
	writtenBlock  = 1 << 20 // bytes of data in a block that we write, as the server's
)

// blockReader reads the data out of compressed blocks. compress.Reader does the work;
// this type gives it one whole block at a time, so that the end of the data is told
// from data cut short between two reads, and a length is believed only within bounds.
type blockReader struct {
	source io.Reader
	limit  int64 // of one block
	frame  bytes.Buffer
	block  *compress.Reader
	unread int // bytes of data in the present block
}

func newBlockReader(source io.Reader, limit int64) *blockReader {
	r := &blockReader{source: source, limit: limit}
	r.block = compress.NewReader(&r.frame)
	return r
}

func (r *blockReader) Read(p []byte) (int, error) {
	for r.unread == 0 {
		if err := r.next(); err != nil {
			return 0, err
		}
	}
	n, err := r.block.Read(p[:min(len(p), r.unread)])
	if err != nil {
		return n, fmt.Errorf("compressed block: %w", notEOF(err))
	}
	r.unread -= n
	return n, nil
}

// next reads a block whole. io.EOF means that there is none.
func (r *blockReader) next() error {
	var header [blockHeader]byte
	if _, err := io.ReadFull(r.source, header[:]); err != nil {
		return err
	}
	length := int64(binary.LittleEndian.Uint32(header[blockLengthAt:])) - (blockHeader - blockChecksum)
	data := int64(binary.LittleEndian.Uint32(header[blockDataAt:]))
	if length < 0 || length > r.limit || data > r.limit {
		return fmt.Errorf("a compressed block of %d bytes for %d bytes of data: at most %d are taken", length, data, r.limit)
	}
	r.frame.Reset()
	r.frame.Write(header[:])
	if _, err := io.CopyN(&r.frame, r.source, length); err != nil {
		return notEOF(err)
	}
	r.unread = int(data)
	return nil
}

// notEOF is for where data may not end.
func notEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// blockWriter writes what it is given in compressed blocks.
type blockWriter struct {
	w     io.Writer
	block *compress.Writer
}

// newBlockWriter takes network_compression_method; the server's default is LZ4.
func newBlockWriter(w io.Writer, method string) (*blockWriter, error) {
	if method == "" {
		method = "LZ4"
	}
	m, err := compress.MethodString(method)
	if err != nil {
		return nil, refuse(codeBadArguments, "BAD_ARGUMENTS", "network_compression_method %s is not served by the embedded engine, use LZ4, LZ4HC, ZSTD or NONE", method)
	}
	return &blockWriter{w: w, block: compress.NewWriter(compress.LevelZero, m)}, nil
}

func (b *blockWriter) Write(p []byte) (written int, err error) {
	for len(p) > 0 {
		n := min(len(p), writtenBlock)
		if err := b.block.Compress(p[:n]); err != nil {
			return written, err
		}
		if _, err := b.w.Write(b.block.Data); err != nil {
			return written, err
		}
		written, p = written+n, p[n:]
	}
	return written, nil
}
