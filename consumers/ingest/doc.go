// Package ingest brings the departments' log into the store: JetStream → decode → admit → columns →
// ClickHouse → acknowledge.
//
// What it guarantees: nothing acknowledged is lost, nothing is counted twice. A message is
// acknowledged only after its accepted events are in the store and the dead letters of its refused
// ones are in their stream. Between the two a crash means that it is delivered and stored again, which
// the store folds by identity and position. What is stored depends on the log only, not on delivery
// order, batch boundaries or retries.
//
// Every event is judged by the version of the ledger that was in force when it was received: before a
// message is judged, the register learns every act of the office that was stored before it. (Moments are
// those of two streams; in a cluster whose clocks differ, an event and an act may be that far out of order.)
//
// What bounds its memory: the messages asked for (Options.FetchMessages, FetchBytes) and two batches,
// one being filled and one being stored.
//
// # Speed
//
// What bounds its speed is no longer its own work, which is some 2 µs of CPU a single event from the message to
// the block, and 1.6 µs one of a batch (BenchmarkEvent, on a busy machine; before, it was 5 µs): a quarter each for
// reading the JSON, for form, time and hash, for admission, and for the columns, with two allocations, of the
// exact figure. It is what stands around it: for single events the client
// library, which makes a message and a header map of each (2 µs), and the server that sends them (2.6 µs);
// for batches the store, which sorts and compresses the rows. Hence: events in batches of a hundred are the
// remedy for a sender who has many. An event's strings are those of its message and are copied once, into
// the columns; the columns are bytes of ClickHouse's Native format and are copied once, into the insert;
// both are used again by the next batch.
//
// # Troubles
//
// Whatever is away is tried again, at intervals that grow to 5 s, until it is back or the process is stopped; meanwhile
// nothing more is read than the options allow, nothing is acknowledged that is not stored, and nothing is given up. A
// trouble is told by its part: one line in the log where it begins ("trouble begins") and one where it ends ("trouble is
// over", after how long); in /readyz as long as it lasts, with the latest error; in xushi_ingest_trouble_seconds{part} and
// xushi_ingest_retries_total{part}. /healthz stays 200, for a restart would mend none of them.
//
//	what happens              what the ingest does                                  part       what the operator does
//	------------------------  ----------------------------------------------------  ---------  --------------------------------------
//	ClickHouse is away        keeps what it has, tries again                        store      starts it
//	it hangs                  ends a try after TryTimeout, tries again              store      restarts it
//	it is slow                gives each try twice the time of the last, up to      store      looks at xushi_ingest_insert_seconds;
//	                          16 times TryTimeout, and remembers what it took                  gives it more machine
//	its answer is lost        sends the batch again, which folds into the first     store      nothing
//	it is read-only (164),    keeps what it has, tries again                        store      sets the account's or server's rights
//	  rights are missing
//	its disk is full (243)    keeps what it has, tries again                        store      makes room
//	a table or column is      keeps what it has, tries again; no row is to blame    store,     restarts with this version (it migrates),
//	  missing, or of another                                                        refusals   or undoes the change
//	  type (schema drift)
//	it refuses rows for       halves the batch until each bad row is alone, stores  none       looks at the dead letters of reason
//	  what is in them, as a   the others; a bad one is a dead letter, reason                   store_refused; drops the constraint and
//	  CHECK constraint does   store_refused, with the store's words; one line a                replays them, or tells the sender
//	  (contentCodes)          batch in the log; xushi_ingest_dead_letters_total
//	NATS is away, or hangs    stores what it has; after 5 s of silence asks anew    stream     starts it
//	the consumer is deleted   stores what it has, makes the consumer anew and       stream,    nothing (the log is read from its
//	                          reads the log from its beginning, which folds         consumer   beginning once more)
//	the stream is missing     waits for it; one that is made anew is read with a    consumer   restores it from its backup, which keeps
//	                          floor of its own                                                 its sequences; see below
//	the stream is full        stores what it has; the log refuses new events, and   none; log  gives it more MaxBytes, or archives a
//	                          their publishers hear it; warned of at four fifths:   at 80%     closed plan
//	                          xushi_stream_fill_ratio
//	DEADLETTERS takes none    keeps the batch, tries again                          dead       makes room, or makes the stream anew
//	                                                                                letters
//	the office's acts cannot  judges nothing: a verdict on old knowledge would be   acts       as for NATS
//	  be read                 another one in a replay
//	a message that another    acknowledges nothing above it; it is delivered again  floor      after 2 AckWait: looks who has it in hand
//	  process had in hand     after AckWait                                         (2 AckWait)  and hangs; stops that process
//	a message that the log    goes on above it                                      none       nothing; a disk was broken
//	  has lost
//	this process's clock      nothing: verdicts and rows go by JetStream's          none       sets the clock, for the log's sake
//	  jumps                   timestamps, durations by the monotonic clock
//	this process is killed    another one, or the next, is given the same messages  -          nothing
//	                          after AckWait
//
// A stream that is made anew, rather than restored, counts from 1 again. Whatever it brings is stored; but where it
// contradicts what the old one said under the same identity, the lower position wins, which is then the newer event's.
// So restore it.
//
// It does not assess, and it keeps no state of its own outside the stream and the store.
package ingest
