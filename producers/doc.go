// Package producers is what a department's own system uses to publish progress events: a client over
// its NATS connection, which checks every event before it sends it and knows of every event whether
// the log has taken it.
//
// It does not decide what counts: an acknowledgement says that the event is in the log and will not be
// lost, a verdict (PublishAndWait) whether it was accepted. It neither connects nor reconnects; the
// connection, with its credentials, is the caller's.
package producers
