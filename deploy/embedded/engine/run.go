package engine

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"net/http"
)

// runSelect streams a result out. The first chunk is awaited before the status is
// sent, so most errors still get a status of their own.
func (s *server) runSelect(w http.ResponseWriter, c *conn, req *request, st statement, text string) error {
	format := cmp.Or(st.format, req.format, defaultFormat)
	stream, err := c.stream(text, format, req.params)
	if err != nil {
		return err
	}
	defer stream.close()
	chunks := &chunkReader{stream: stream}
	_ = chunks.fill() // failure tells an error from an empty result
	if err := chunks.failure(); err != nil {
		return err
	}
	if chunks.rest == nil {
		answerEmpty(w, format)
		return nil
	}
	out, err := newAnswer(w, req, format)
	if err != nil {
		return err
	}
	tag := newExceptionTag()
	w.Header().Set("X-ClickHouse-Exception-Tag", tag)
	if req.bridges(format) {
		err = bridgeNative(out, chunks, req.revision)
	} else {
		_, err = io.Copy(out, chunks)
	}
	if err != nil { // the engine failed, or the client is gone and nobody reads this
		out.breakOff(asException(err), tag)
	}
	out.finish()
	return nil
}

// runPlain runs a statement whole and answers with its output.
func (s *server) runPlain(w http.ResponseWriter, c *conn, req *request, st statement, text string) error {
	format := cmp.Or(st.format, req.format, defaultFormat)
	if st.kind == insertStatement {
		format = defaultFormat
	}
	result, err := c.query(text, format, req.params)
	if err != nil {
		return err
	}
	defer result.close()
	output := result.bytes()
	if req.bridges(format) {
		var bridged bytes.Buffer
		if err := bridgeNative(&bridged, bytes.NewReader(output), req.revision); err != nil {
			return err
		}
		output = bridged.Bytes()
	}
	setSummary(w, result.stats())
	return answerWhole(w, req, format, output)
}

// runInsert streams data in. When the data cannot be read to its end, what is not
// stored yet is dropped.
func (s *server) runInsert(w http.ResponseWriter, c *conn, req *request, st statement, data io.Reader) error {
	insert, err := c.insert(st.head, cmp.Or(st.format, req.format, "Values"), req.params)
	if err != nil {
		return err
	}
	defer insert.close()
	chunk := s.chunkPool.Get().([]byte)
	defer s.chunkPool.Put(chunk) //nolint:staticcheck // SA6002: one small header per insert of up to 256 MiB
	for {
		n, err := readChunk(data, chunk)
		if !insert.append(chunk[:n]) || errors.Is(err, io.EOF) {
			break // where append fails, done says why
		}
		if err != nil {
			insert.cancel()
			return s.readFailure(err)
		}
	}
	sum, err := insert.done()
	if err != nil {
		return err
	}
	setSummary(w, sum)
	answerEmpty(w, defaultFormat)
	return nil
}

// readChunk fills the chunk as far as it can. It is not io.ReadFull, whose
// ErrUnexpectedEOF at the end of the data is also what a body cut short gives.
func readChunk(r io.Reader, chunk []byte) (n int, err error) {
	for n < len(chunk) && err == nil {
		var more int
		more, err = r.Read(chunk[n:])
		n += more
	}
	return n, err
}

// chunkReader reads a stream's chunks as one stream of bytes.
type chunkReader struct {
	stream *stream
	rest   []byte
	err    error
}

func (r *chunkReader) fill() error {
	if len(r.rest) > 0 || r.err != nil {
		return r.err
	}
	r.rest, r.err = r.stream.next()
	if r.err == nil && r.rest == nil {
		r.err = io.EOF
	}
	return r.err
}

// failure is what the engine failed with; the end of the result is none.
func (r *chunkReader) failure() error {
	if errors.Is(r.err, io.EOF) {
		return nil
	}
	return r.err
}

func (r *chunkReader) Read(p []byte) (int, error) {
	if err := r.fill(); err != nil {
		return 0, err
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	return n, nil
}

// WriteTo spares io.Copy its buffer: a chunk goes from the engine's memory to the socket.
func (r *chunkReader) WriteTo(w io.Writer) (int64, error) {
	total := int64(0)
	for {
		if err := r.fill(); err != nil {
			return total, r.failure()
		}
		n, err := w.Write(r.rest)
		total += int64(n)
		if err != nil {
			return total, err
		}
		r.rest = nil
	}
}
