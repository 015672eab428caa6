package schema

import "time"

// Limits of one event and one message. NATS itself takes up to MaxPayload, so that what is too large
// for us still arrives and is answered with a dead letter.
const (
	MaxEventBytes   = 256 << 10
	MaxBatchBytes   = 1 << 20
	MaxBatchEvents  = 10_000
	MaxPayload      = 4 << 20
	MaxIDBytes      = 128
	MaxSourceBytes  = 256
	MaxTokenBytes   = 64   // plan, department, commitment, measure and item ids
	MaxShortText    = 512  // bytes: names, units, one piece of evidence
	MaxLongText     = 8192 // bytes: notes, reasons, problems, next steps
	MaxEvidence     = 16   // pieces
	MaxNumberBytes  = 64
	MaxClockSkew    = 5 * time.Minute // a sender's clock may be ahead of the stream's by this much
	DeadLetterBytes = 64 << 10        // how much of an oversized body its dead letter keeps
)
