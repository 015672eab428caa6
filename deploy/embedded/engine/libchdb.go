package engine

import (
	"errors"
	"fmt"
	"runtime"
	"unsafe"

	"github.com/ebitengine/purego"
)

// library is libchdb.so, loaded without cgo. It may be loaded once per process
// and serves one data folder per process, which is why it lives in a child.
type library struct {
	setSignalHandlersEnabled func(enabled int32)
	connectFn                func(argc int32, argv **byte) unsafe.Pointer
	closeConn                func(conn unsafe.Pointer)
	shutdown                 func() int32

	queryFn  func(conn unsafe.Pointer, sql *byte, sqlLen uintptr, format *byte, formatLen uintptr, names **byte, nameLens *uintptr, values **byte, valueLens *uintptr, count uintptr) unsafe.Pointer
	streamFn func(conn unsafe.Pointer, sql *byte, sqlLen uintptr, format *byte, formatLen uintptr, names **byte, nameLens *uintptr, values **byte, valueLens *uintptr, count uintptr) unsafe.Pointer
	insertFn func(conn unsafe.Pointer, sql *byte, sqlLen uintptr, format *byte, formatLen uintptr, names **byte, nameLens *uintptr, values **byte, valueLens *uintptr, count uintptr) unsafe.Pointer

	resultBuffer       func(result unsafe.Pointer) unsafe.Pointer
	resultLength       func(result unsafe.Pointer) uintptr
	resultError        func(result unsafe.Pointer) string
	resultRowsRead     func(result unsafe.Pointer) uint64
	resultBytesRead    func(result unsafe.Pointer) uint64
	resultRowsWritten  func(result unsafe.Pointer) uint64
	resultBytesWritten func(result unsafe.Pointer) uint64
	destroyResult      func(result unsafe.Pointer)

	streamFetch  func(conn, stream unsafe.Pointer) unsafe.Pointer
	streamCancel func(conn, stream unsafe.Pointer)

	insertAppend  func(insert unsafe.Pointer, data *byte, n uintptr) int32
	insertDone    func(insert unsafe.Pointer) unsafe.Pointer
	insertCancel  func(insert unsafe.Pointer)
	insertError   func(insert unsafe.Pointer) string
	insertDestroy func(insert unsafe.Pointer)
}

// openLibrary loads the library and takes its hands off the process's signals,
// which belong to the Go runtime.
func openLibrary(path string) (*library, error) {
	handle, err := purego.Dlopen(path, purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil {
		return nil, fmt.Errorf("load %s: %w", path, err)
	}
	lib := &library{}
	for name, fn := range map[string]any{
		"chdb_set_signal_handlers_enabled": &lib.setSignalHandlersEnabled,
		"chdb_connect":                     &lib.connectFn,
		"chdb_close_conn":                  &lib.closeConn,
		"chdb_shutdown":                    &lib.shutdown,
		"chdb_query_with_params_n":         &lib.queryFn,
		"chdb_stream_query_with_params_n":  &lib.streamFn,
		"chdb_stream_insert_with_params_n": &lib.insertFn,
		"chdb_result_buffer":               &lib.resultBuffer,
		"chdb_result_length":               &lib.resultLength,
		"chdb_result_error":                &lib.resultError,
		"chdb_result_rows_read":            &lib.resultRowsRead,
		"chdb_result_bytes_read":           &lib.resultBytesRead,
		"chdb_result_rows_written":         &lib.resultRowsWritten,
		"chdb_result_bytes_written":        &lib.resultBytesWritten,
		"chdb_destroy_query_result":        &lib.destroyResult,
		"chdb_stream_fetch_result":         &lib.streamFetch,
		"chdb_stream_cancel_query":         &lib.streamCancel,
		"chdb_stream_append":               &lib.insertAppend,
		"chdb_stream_done":                 &lib.insertDone,
		"chdb_stream_cancel_insert":        &lib.insertCancel,
		"chdb_stream_insert_error":         &lib.insertError,
		"chdb_destroy_insert_stream":       &lib.insertDestroy,
	} {
		symbol, err := purego.Dlsym(handle, name)
		if err != nil {
			return nil, fmt.Errorf("%s is no libchdb of version %s: %w", path, Version, err)
		}
		purego.RegisterFunc(fn, symbol)
	}
	lib.setSignalHandlersEnabled(0)
	return lib, nil
}

// conn is one session of the engine: its settings, current database and temporary
// tables are its own. It runs one statement at a time and is not safe for
// concurrent use. Opening one costs well under a millisecond, so a request gets a
// fresh one and leaves nothing behind for the next.
type conn struct {
	lib *library
	ptr unsafe.Pointer // chdb_connection *
}

// connect opens a session. The first one boots the engine with these arguments;
// later ones must name the same path. Why a boot fails, libchdb tells only on stderr.
func (lib *library) connect(args ...string) (*conn, error) {
	argv := make([]*byte, 0, len(args)+2)
	for _, arg := range append([]string{"clickhouse"}, args...) {
		argv = append(argv, &append([]byte(arg), 0)[0])
	}
	argv = append(argv, nil)
	ptr := lib.connectFn(int32(len(argv)-1), &argv[0])
	runtime.KeepAlive(argv)
	if ptr == nil {
		return nil, errors.New("the engine does not start")
	}
	return &conn{lib: lib, ptr: ptr}, nil
}

func (c *conn) close() { c.lib.closeConn(c.ptr) }

func (c *conn) handle() unsafe.Pointer { return *(*unsafe.Pointer)(c.ptr) }

// param is one value for a {name:Type} placeholder, in ClickHouse's escaped text.
type param struct{ name, value string }

// paramArrays are parameters the way C takes them. Keep it alive over the call.
type paramArrays struct {
	names, values         []*byte
	nameLens, valueLens   []uintptr
	name0, value0         **byte
	nameLens0, valueLens0 *uintptr
}

func newParamArrays(params []param) *paramArrays {
	a := &paramArrays{}
	if len(params) == 0 {
		return a
	}
	for _, p := range params {
		a.names, a.nameLens = append(a.names, bytePtr(p.name)), append(a.nameLens, uintptr(len(p.name)))
		a.values, a.valueLens = append(a.values, bytePtr(p.value)), append(a.valueLens, uintptr(len(p.value)))
	}
	a.name0, a.value0, a.nameLens0, a.valueLens0 = &a.names[0], &a.values[0], &a.nameLens[0], &a.valueLens[0]
	return a
}

// bytePtr never returns nil: libchdb wants a pointer even where the length is 0.
func bytePtr(s string) *byte {
	if s == "" {
		return new(byte)
	}
	return unsafe.StringData(s)
}

type startFn = func(conn unsafe.Pointer, sql *byte, sqlLen uintptr, format *byte, formatLen uintptr, names **byte, nameLens *uintptr, values **byte, valueLens *uintptr, count uintptr) unsafe.Pointer

func (c *conn) start(fn startFn, sql, format string, params []param) unsafe.Pointer {
	a := newParamArrays(params)
	ptr := fn(c.handle(), bytePtr(sql), uintptr(len(sql)), bytePtr(format), uintptr(len(format)),
		a.name0, a.nameLens0, a.value0, a.valueLens0, uintptr(len(params)))
	runtime.KeepAlive(a)
	runtime.KeepAlive(sql)
	runtime.KeepAlive(format)
	return ptr
}

// result is a piece of output, held in C memory until close.
type result struct {
	lib *library
	ptr unsafe.Pointer
}

func (r *result) close() { r.lib.destroyResult(r.ptr) }

// bytes is valid until close.
func (r *result) bytes() []byte {
	n := r.lib.resultLength(r.ptr)
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(r.lib.resultBuffer(r.ptr)), n)
}

// stats says what the statement read and wrote.
func (r *result) stats() stats {
	return stats{
		ReadRows: r.lib.resultRowsRead(r.ptr), ReadBytes: r.lib.resultBytesRead(r.ptr),
		WrittenRows: r.lib.resultRowsWritten(r.ptr), WrittenBytes: r.lib.resultBytesWritten(r.ptr),
	}
}

// query runs any statement and holds its whole output in memory.
func (c *conn) query(sql, format string, params []param) (*result, error) {
	r := &result{lib: c.lib, ptr: c.start(c.lib.queryFn, sql, format, params)}
	if text := c.lib.resultError(r.ptr); text != "" {
		r.close()
		return nil, parseException(text)
	}
	return r, nil
}

// exec runs a statement for its effect.
func (c *conn) exec(sql string) error {
	r, err := c.query(sql, "Null", nil)
	if err != nil {
		return err
	}
	r.close()
	return nil
}

// stream is a running SELECT. It is an io.Reader-like source of chunks; each chunk
// is valid until the next call.
type stream struct {
	conn  *conn
	ptr   unsafe.Pointer
	chunk *result
	ended bool
}

// stream starts a SELECT. libchdb streams nothing but SELECT.
func (c *conn) stream(sql, format string, params []param) (*stream, error) {
	s := &stream{conn: c, ptr: c.start(c.lib.streamFn, sql, format, params)}
	if text := c.lib.resultError(s.ptr); text != "" {
		c.lib.destroyResult(s.ptr)
		return nil, parseException(text)
	}
	return s, nil
}

// next returns the next chunk, or nil at the end.
func (s *stream) next() ([]byte, error) {
	s.release()
	if s.ended {
		return nil, nil
	}
	s.chunk = &result{lib: s.conn.lib, ptr: s.conn.lib.streamFetch(s.conn.handle(), s.ptr)}
	if text := s.conn.lib.resultError(s.chunk.ptr); text != "" {
		s.ended = true
		return nil, parseException(text)
	}
	chunk := s.chunk.bytes()
	s.ended = chunk == nil
	return chunk, nil
}

func (s *stream) release() {
	if s.chunk != nil {
		s.chunk.close()
		s.chunk = nil
	}
}

// close cancels the query if it still runs.
func (s *stream) close() {
	s.release()
	if !s.ended {
		s.conn.lib.streamCancel(s.conn.handle(), s.ptr)
	}
	s.conn.lib.destroyResult(s.ptr)
}

// insertion is an open INSERT that takes data in any chunking. While it is open,
// its connection takes no other statement.
type insertion struct {
	lib *library
	ptr unsafe.Pointer
}

// insert starts "INSERT INTO t (cols)": sql must stop before FORMAT and data.
func (c *conn) insert(sql, format string, params []param) (*insertion, error) {
	i := &insertion{lib: c.lib, ptr: c.start(c.lib.insertFn, sql, format, params)}
	if text := c.lib.insertError(i.ptr); text != "" {
		i.close()
		return nil, parseException(text)
	}
	return i, nil
}

// append hands over one chunk. False means that the insert has already failed;
// done says why.
func (i *insertion) append(chunk []byte) bool {
	if len(chunk) == 0 {
		return true
	}
	ok := i.lib.insertAppend(i.ptr, &chunk[0], uintptr(len(chunk))) == 0
	runtime.KeepAlive(chunk)
	return ok
}

// done ends the data and waits until it is stored.
func (i *insertion) done() (stats, error) {
	r := &result{lib: i.lib, ptr: i.lib.insertDone(i.ptr)}
	defer r.close()
	if text := i.lib.resultError(r.ptr); text != "" {
		return stats{}, parseException(text)
	}
	return r.stats(), nil
}

// cancel drops what is not stored yet.
func (i *insertion) cancel() { i.lib.insertCancel(i.ptr) }

func (i *insertion) close() { i.lib.insertDestroy(i.ptr) }
