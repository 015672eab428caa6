// Package natsd runs a NATS server with JetStream inside this process, on loopback, so that an
// installation on one machine needs no service. Clients connect to it as to any server, with any
// NATS client; code that uses it need not know that it is embedded.
//
// # What survives what
//
// What a publisher has an acknowledgement for survives the end of the process, kill -9 included: it is
// in the operating system's cache by then. The server brings it to the disk every two minutes, so a
// power cut can take the last ones; Options.SyncAlways brings each message to the disk before it is
// acknowledged, at a cost in speed. Whoever needs more runs a cluster with three replicas.
//
// # What it is not
//
// Not a cluster and not a server for strangers: no TLS, no accounts, no permissions.
package natsd
