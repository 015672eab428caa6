// Package engine runs ClickHouse without a server: the engine of libchdb in a
// child process of this very binary, behind ClickHouse's HTTP interface on
// loopback. clickhouse-go (protocol HTTP), curl, Grafana and DBeaver talk to it
// as to any server; code that uses it need not know that it is embedded.
//
// # The three parts
//
//   - [Locate] finds libchdb.so, or fetches it once through npm.
//   - [Start] runs the child and watches it; [Serve] does so until a context ends.
//   - [RunIfChild] is the child: main and every TestMain call it first.
//
// # What is served
//
//   - GET (read-only) and POST, the statement in ?query=, in the body, or split
//     over both; /ping and / for probes.
//   - database, default_format, param_*, user (only "default", without password),
//     client_protocol_version, wait_end_of_query, and any other URL parameter as
//     a setting of that one request; X-ClickHouse-Format, -Database, -User, -Key.
//   - Every output format. A SELECT is streamed: its result is never held whole
//     in memory, unless wait_end_of_query=1 asks for it.
//   - INSERT … FORMAT X and INSERT … VALUES stream the body in; INSERT … SELECT is
//     a statement like any other.
//   - Compression both ways (coding.go, block.go): Content-Encoding and
//     Accept-Encoding with gzip, deflate, br, zstd and lz4, which
//     enable_http_compression=0 switches off for answers; and ClickHouse's own
//     blocks with compress=1, decompress=1 and network_compression_method (LZ4,
//     LZ4HC, ZSTD, NONE), which clickhouse-go's LZ4 and ZSTD are. Errors and empty
//     answers come plain.
//   - query_id, in the URL or in X-ClickHouse-Query-Id, where none is given a made
//     one; every answer names it. A running one is refused (216), or replaced with
//     replace_running_query=1. KILL QUERY WHERE query_id = … knows it (queries.go).
//   - Exceptions: the text, X-ClickHouse-Exception-Code, and the server's HTTP status.
//
// A client that goes away takes its statement with it, whatever that is and however
// far it is: the engine stops within a fraction of a second. An INSERT whose data does
// not arrive whole stores nothing.
//
// An error in the middle of a result is told at the end of what was sent, the way the
// server tells it (__exception__ with its tag), and then the connection is broken: the
// body has no end, and so no client takes the part for the whole. This is so for every
// format; http_write_exception_in_output_format has no effect. Who wants a status of
// its own for every error asks for wait_end_of_query=1.
//
// # What is refused, with ClickHouse's own code for it
//
//   - sessions over several requests (session_id), roles, multipart/form-data (external
//     tables), other codings: NOT_IMPLEMENTED (48), and what to do instead; several
//     statements in one request: SYNTAX_ERROR (62);
//   - any user but "default": AUTHENTICATION_FAILED (516);
//   - a body or statement above its limit: 413. The limit of a body holds for what
//     arrives and for what each decoder makes of it, which closes it to bombs;
//   - a body that is cut short, damaged, or goes on after its end: CANNOT_READ_ALL_DATA (33);
//   - whatever leaves the data folder: file(), url(), s3(), remote(), INTO OUTFILE,
//     FROM INFILE and their like: ACCESS_DENIED (497). Three fences stand behind
//     one another: ClickHouse's grants (config.go), the statement scan
//     (statement.go) for the few doors that know no grant, and, where the kernel
//     has it, Landlock around the whole child (fence_linux.go).
//
// Accepted and of no effect: quota_key, buffer_size, stacktrace, compression levels,
// send_progress_in_http_headers. In system.processes the column query_id, and in SQL
// queryID(), show libchdb's own ids; Settings['chdb_client_name'] shows the request's.
//
// # Speed and memory
//
// Inserts in Native pass through untouched: an insert of 20,000 rows costs the child
// about 1 ms of CPU beside the engine's own 17 (sorting, compressing, merging). A Native
// result is decoded and encoded once more (native.go), which costs less than the
// client's own decoding. Every request has a session of its own in the engine: 0.2 ms to
// open and close, and 0.1 ms for its settings, all in one SET. Sessions are not kept for
// the next request: that would save 1% of such an insert, and what one request left
// behind could then reach another. At most 48 run at once, others wait.
//
// # What it is not
//
// Not a cluster, not a server for strangers: no TLS, no users, no native protocol.
// An installation that outgrows one machine uses a ClickHouse server.
package engine
