package engine

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// coding is one Content-Encoding of HTTP, as it is read and written.
type coding struct {
	name       string
	newReader  func(io.Reader) (io.Reader, error)
	newEncoder func() (encoder, error)
	encoders   sync.Pool // to make one costs more than a small answer
}

// encoder is what every compressor here is. After Flush, the other side can read all
// that was written; Close says that nothing more comes; Reset begins anew.
type encoder interface {
	io.WriteCloser
	Flush() error
	Reset(io.Writer)
}

// encoder returns one that writes to w. Give it back with encoders.Put after its Close.
func (c *coding) encoder(w io.Writer) (e encoder, err error) {
	e, ok := c.encoders.Get().(encoder)
	if !ok {
		if e, err = c.newEncoder(); err != nil {
			return nil, err
		}
	}
	e.Reset(w)
	return e, nil
}

// The levels are for a result that is made while it is sent.
const (
	zlibLevel   = 3
	brotliLevel = 1

	// zstdWindow bounds what a body's header can make the decoder allocate: the most
	// that any level of the usual compressors asks for, short of --ultra and --long.
	zstdWindow = 8 << 20
)

// codings are the ones that are served, in the order in which the server prefers them.
var codings = []*coding{
	{
		name: "zstd",
		newReader: func(r io.Reader) (io.Reader, error) { // concurrency 1 starts no goroutine, so it needs no Close
			return zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(zstdWindow))
		},
		newEncoder: func() (encoder, error) { return zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1)) },
	},
	{
		name:       "br",
		newReader:  func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil },
		newEncoder: func() (encoder, error) { return brotli.NewWriterLevel(nil, brotliLevel), nil },
	},
	{
		name:       "lz4",
		newReader:  func(r io.Reader) (io.Reader, error) { return lz4.NewReader(r), nil },
		newEncoder: func() (encoder, error) { return lz4.NewWriter(nil), nil },
	},
	{
		name:       "gzip",
		newReader:  func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
		newEncoder: func() (encoder, error) { return gzip.NewWriterLevel(nil, zlibLevel) },
	},
	{
		name:       "deflate",
		newReader:  func(r io.Reader) (io.Reader, error) { return zlib.NewReader(r) },
		newEncoder: func() (encoder, error) { return zlib.NewWriterLevel(nil, zlibLevel) },
	},
}

// codingNamed finds a coding; "identity" and "" are none.
func codingNamed(name string) (*coding, error) {
	name = strings.ToLower(strings.TrimSpace(name))
	if name == "" || name == "identity" {
		return nil, nil
	}
	name = strings.TrimPrefix(name, "x-") // x-gzip, the old name
	for _, c := range codings {
		if c.name == name {
			return c, nil
		}
	}
	return nil, refuse(codeNotImplemented, "NOT_IMPLEMENTED",
		"Content-Encoding %s is not served by the embedded engine, use one of gzip, deflate, br, zstd, lz4", name)
}

// acceptedCoding chooses from Accept-Encoding: the first of ours that the client takes.
func acceptedCoding(header http.Header) *coding {
	accepted := map[string]bool{}
	for _, list := range header.Values("Accept-Encoding") {
		for entry := range strings.SplitSeq(list, ",") {
			name, quality, _ := strings.Cut(entry, ";")
			name = strings.TrimPrefix(strings.ToLower(strings.TrimSpace(name)), "x-")
			accepted[name] = !isZeroQuality(quality)
		}
	}
	for _, c := range codings {
		if accepted[c.name] {
			return c
		}
	}
	return nil
}

// isZeroQuality reads "q=0": all but this.
func isZeroQuality(parameter string) bool {
	value, ok := strings.CutPrefix(strings.TrimSpace(parameter), "q=")
	q, err := strconv.ParseFloat(value, 64)
	return ok && err == nil && q == 0
}
