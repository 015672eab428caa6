// Package ingest brings the departments' log into the store: JetStream → decode → admit → columns →
// ClickHouse → acknowledge.
//
// What it guarantees: nothing acknowledged is lost, nothing is counted twice. A message is
// acknowledged only after its accepted events are in the store and the dead letters of its refused
// ones are in their stream. Between the two a crash means that it is delivered and stored again, which
// the store folds by identity and position. What is stored depends on the log only, not on delivery
// order, batch boundaries, retries or the number of processes.
//
// Every event is judged by the version of the ledger that was in force when it was received: before a
// message is judged, the register learns every act of the office that was stored before it. (Moments are
// those of two streams; in a cluster whose clocks differ, an event and an act may be that far out of order.)
//
// # Acknowledging
//
// One acknowledgement speaks for all messages below it (AckAll), which is cheap and dangerous: after a crash
// the server hands out new messages while the predecessor's still wait for AckWait. So each partition has a
// floor, which rises only on evidence: this process has stored every message up to there, or the server says
// that it is acknowledged already, or that there is none. That no message lies between two is known of those
// that a consumer delivers for the first time, in turn, with no delivery missed (chain); of others the log
// itself is asked (walk). Two processes that read the same partition lose nothing by this rule.
//
// # Several processes
//
// Options.Partitions divides the log in eight; the stream itself names the partition of every message in the
// subject that it stores it under, and one consumer reads each. A process owns any number of partitions,
// which share its one pipeline and its bounds. Who owns which, JetStream decides: a companion consumer of each
// hands out one message again and again to the one client that it is pinned to. A process that is killed is
// replaced within PinnedTTL, one that is stopped at once; what it had in hand comes again after AckWait, and
// until then what comes after it is stored and not acknowledged. Processes tell each other how much they own,
// and one that owns more than its share lets go; nothing elects, and no result depends on it. On an undivided log
// one process reads, and any others stand by.
//
// The log is divided, or made whole, by configuring it so and starting all processes again. The new consumers
// begin at the beginning, or where they once were: what is stored already folds into itself.
//
// # Memory
//
// What bounds it: the messages asked for (Options.FetchMessages and FetchBytes, divided by the partitions that the
// process owns; each may have two requests under way, which have room for the largest message), and two
// batches, one being filled and one being stored.
//
// # Speed
//
// What bounds its speed is the machine: on two cores the NATS server, this process and ClickHouse use all of both.
// In µs of CPU a single event of 550 bytes took, on such a machine: the server 3.2, the client library and the
// runtime 1.8, reading and checking the event, admitting it and writing its columns 1.3 (with two allocations, of
// the exact figure), ClickHouse 1.4: 240,000 a second, where only fetching them did 400,000. Of events in batches of
// a hundred: the server 0.4, this process 1.6, ClickHouse 0.6 to 1.2: 600,000 a second, so batches are the remedy for
// a sender who has many. An event's strings are those of its message and are copied once, into the columns; the
// columns are bytes of ClickHouse's Native format and are copied once, into the insert; both are used again by the
// next batch. Inserts are large, because each has a price, and so has every merge of its rows later.
//
// Reading, judging and storing overlap: messages are judged by two goroutines, a batch is filled while the other is
// stored, requests are made ahead of need, and no acknowledgement is waited for. The clock, locks and the office's acts are looked at once for all that
// has come in together.
//
// What bounds several processes is the machine that they share with the servers, and the NATS server: a consumer with a
// filter has to pass over the messages of all others, so that a message of a divided log costs it about 6 µs instead of
// 3.5. On one machine of two cores two or four processes are therefore no faster than one on an undivided log; a
// divided log is for several machines, and for going on while one of them is down.
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
//	the log ends before what  stores what arrives; looks once a minute              loss       restores the stream's backup
//	  the store holds
//	the store has lost rows   stores what arrives; looks once a minute              loss       xushi replay, after a restart, which
//	                                                                                           makes the database
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
