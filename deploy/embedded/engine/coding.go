package engine

import (
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// coding is one Content-Encoding of HTTP, as it is read and written.
type coding struct {
	name   string
	reader func(io.Reader) (io.Reader, error)
	writer func(io.Writer) (flushWriter, error)
}

// flushWriter is what every compressor here is. After Flush, the other side can read
// all that was written; Close says that nothing more comes.
type flushWriter interface {
	io.WriteCloser
	Flush() error
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
var codings = []coding{
	{
		name: "zstd",
		reader: func(r io.Reader) (io.Reader, error) {
			d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(zstdWindow))
			return d, err // concurrency 1 starts no goroutine, so it needs no Close
		},
		writer: func(w io.Writer) (flushWriter, error) {
			return zstd.NewWriter(w, zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedDefault))
		},
	},
	{
		name:   "br",
		reader: func(r io.Reader) (io.Reader, error) { return brotli.NewReader(r), nil },
		writer: func(w io.Writer) (flushWriter, error) { return brotli.NewWriterLevel(w, brotliLevel), nil },
	},
	{
		name:   "lz4",
		reader: func(r io.Reader) (io.Reader, error) { return lz4.NewReader(r), nil },
		writer: func(w io.Writer) (flushWriter, error) { return lz4.NewWriter(w), nil },
	},
	{
		name:   "gzip",
		reader: func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
		writer: func(w io.Writer) (flushWriter, error) { return gzip.NewWriterLevel(w, zlibLevel) },
	},
	{
		name:   "deflate",
		reader: func(r io.Reader) (io.Reader, error) { return zlib.NewReader(r) },
		writer: func(w io.Writer) (flushWriter, error) { return zlib.NewWriterLevel(w, zlibLevel) },
	},
}

// codingNamed finds a coding; "identity" and "" are none.
func codingNamed(name string) (*coding, error) {
	name = strings.ToLower(strings.TrimSpace(name))
	if name == "" || name == "identity" {
		return nil, nil
	}
	name = strings.TrimPrefix(name, "x-") // x-gzip, the old name
	for i := range codings {
		if codings[i].name == name {
			return &codings[i], nil
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
	for i := range codings {
		if accepted[codings[i].name] {
			return &codings[i]
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
