package post

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"

	"github.com/nats-io/nats.go"

	"xushi/schema"
)

const (
	packedFrom = 1 << 20 // bytes of a letter; a smaller one lies in the stream as it goes out
	maxBody    = 64 << 20
)

// pack makes a large letter smaller, so that the workbook of a province fits into a message: most of it is
// base64, of which gzip saves a quarter.
func pack(m *nats.Msg, body []byte) error {
	if len(body) < packedFrom {
		m.Data = body
		return nil
	}
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestSpeed)
	if err != nil {
		return err
	}
	if _, err := w.Write(body); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	m.Header.Set(schema.MailEncodingHeader, schema.MailGzip)
	m.Data = packed.Bytes()
	return nil
}

// Body is the letter in a message of the MAIL stream, as it goes out.
func Body(h nats.Header, data []byte) ([]byte, error) {
	switch encoding := h.Get(schema.MailEncodingHeader); encoding {
	case "":
		return data, nil
	case schema.MailGzip:
	default:
		return nil, fmt.Errorf("%s is %q, which is unknown here", schema.MailEncodingHeader, encoding)
	}
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("unpack the letter: %w", err)
	}
	body, err := io.ReadAll(io.LimitReader(r, maxBody+1))
	if err == nil && len(body) > maxBody {
		err = fmt.Errorf("it has more than %d bytes", maxBody)
	}
	if err != nil {
		return nil, fmt.Errorf("unpack the letter: %w", err)
	}
	return body, nil
}
