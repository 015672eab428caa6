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
//     in memory, unless wait_end_of_query=1 asks for it. An error in the middle
//     is told the way the server tells it (__exception__ with its tag).
//   - INSERT … FORMAT X and INSERT … VALUES stream the body in; INSERT … SELECT is
//     a statement like any other.
//   - Exceptions: the text, X-ClickHouse-Exception-Code, and the server's HTTP status.
//
// # What is refused, with ClickHouse's own code for it
//
//   - compression of any kind, sessions (session_id), external tables, several
//     statements in one request: NOT_IMPLEMENTED (48) or SYNTAX_ERROR (62);
//   - any user but "default": AUTHENTICATION_FAILED (516);
//   - a body or statement above its limit: 413;
//   - whatever leaves the data folder: file(), url(), s3(), remote(), INTO OUTFILE,
//     FROM INFILE and their like: ACCESS_DENIED (497). Three fences stand behind
//     one another: ClickHouse's grants (config.go), the statement scan
//     (statement.go) for the few doors that know no grant, and, where the kernel
//     has it, Landlock around the whole child (fence_linux.go).
//
// query_id and quota_key are accepted and ignored. A SELECT whose client is gone is
// cancelled between two pieces of its result, not before the first one.
//
// # Speed and memory
//
// Inserts in Native pass through untouched. A Native result is decoded and encoded
// once more (native.go), which costs less than the client's own decoding. Every
// request has a session of its own in the engine, which takes well under a
// millisecond to open; at most 48 run at once, others wait.
//
// # What it is not
//
// Not a cluster, not a server for strangers: no TLS, no users, no native protocol.
// An installation that outgrows one machine uses a ClickHouse server.
package engine
