package engine

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
)

// openBody returns the request's body as the statement's data: decoded, and bounded
// both as it arrives and as it comes out of each decoder, so that a small body cannot
// become a large one.
func (s *server) openBody(w http.ResponseWriter, r *http.Request, req *request) (io.Reader, error) {
	if r.ContentLength > s.maxBody {
		return nil, s.bodyTooLarge()
	}
	var body io.Reader = http.MaxBytesReader(w, r.Body, s.maxBody)
	if req.sent != nil {
		source := bufio.NewReader(body) // or some decoders would make one, and read too far
		decoded, err := req.sent.newReader(source)
		if err != nil {
			return nil, s.readFailure(fmt.Errorf("%s: %w", req.sent.name, err))
		}
		body = s.bounded(&decodedBody{coding: req.sent.name, decoded: decoded, source: source})
	}
	if req.decompress {
		body = s.bounded(newBlockReader(body, s.maxBody))
	}
	return body, nil
}

// bounded reads no more of r than a body may have.
func (s *server) bounded(r io.Reader) io.Reader {
	return http.MaxBytesReader(nil, io.NopCloser(r), s.maxBody)
}

// decodedBody is what a decoder makes of a body. Where the decoder sees the end, the
// body must end too: only then does net/http watch for a client that goes away.
type decodedBody struct {
	coding          string
	decoded, source io.Reader
}

func (d *decodedBody) Read(p []byte) (int, error) {
	n, err := d.decoded.Read(p)
	if errors.Is(err, io.EOF) {
		return n, d.atEnd()
	}
	if err != nil {
		return n, fmt.Errorf("%s: %w", d.coding, err)
	}
	return n, nil
}

func (d *decodedBody) atEnd() error {
	n, err := io.CopyN(io.Discard, d.source, 1)
	if n > 0 {
		return fmt.Errorf("%s: data after the end", d.coding)
	}
	return err
}

func (s *server) bodyTooLarge() error {
	return refuse(codeTooManyBytes, "TOO_MANY_BYTES", "The request's body is larger than %d bytes", s.maxBody)
}

// readFailure tells a body that is too large from one that cannot be read.
func (s *server) readFailure(err error) error {
	if _, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return s.bodyTooLarge()
	}
	return refuse(codeCannotReadAllData, "CANNOT_READ_ALL_DATA", "Cannot read the request's body: %v", err)
}
