package ingest

import (
	"strconv"
	"time"
)

// The tokens of the subject to which a message of a consumer is acknowledged:
//
//	$JS.ACK.<stream>.<consumer>.<delivered>.<stream sequence>.<consumer sequence>.<time>.<pending>
//	$JS.ACK.<domain>.<account>.<stream>.<consumer>.<delivered>.<stream sequence>.<consumer sequence>.<time>.<pending>[.<token>…]
const (
	ackPrefix     = "$JS.ACK."
	shortTokens   = 9
	longTokens    = 11
	sequenceToken = 5 // of the short form; the long form has two more before it
	timeToken     = 7
)

// place reads where in the log a message stands from where it is acknowledged, which is the server's word:
// its stream sequence, and when the stream took it. It is what nats.Msg.Metadata says, without its memory.
func place(reply string) (sequence uint64, at time.Time, ok bool) {
	var ends [longTokens]int // of the first tokens
	tokens := 0
	for i := 0; i <= len(reply); i++ {
		if i == len(reply) || reply[i] == '.' {
			if tokens < len(ends) {
				ends[tokens] = i
			}
			tokens++
		}
	}
	ahead := 0
	switch {
	case len(reply) < len(ackPrefix) || reply[:len(ackPrefix)] != ackPrefix:
		return 0, at, false
	case tokens >= longTokens:
		ahead = longTokens - shortTokens
	case tokens != shortTokens:
		return 0, at, false
	}
	token := func(n int) string { return reply[ends[n-1]+1 : ends[n]] }
	sequence, err := strconv.ParseUint(token(sequenceToken+ahead), 10, 64)
	if err != nil {
		return 0, at, false
	}
	nanos, err := strconv.ParseInt(token(timeToken+ahead), 10, 64)
	if err != nil {
		return 0, at, false
	}
	return sequence, time.Unix(0, nanos), true
}
