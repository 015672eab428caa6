package ingest

import (
	"encoding/json"
	"time"
)

// presenceSubject is where ingest processes tell each other how many partitions they own. It is core NATS:
// what is said there is forgotten, and nothing but an even share rests on it.
const presenceSubject = "xushi.ingest.presence"

type presence struct {
	Process string `json:"process"`
	Owns    int    `json:"owns"`
	Leaving bool   `json:"leaving,omitempty"`
}

// shares is what a process knows of the others.
type shares struct {
	process string        // its own id
	ttl     time.Duration // after which a process that says nothing is gone
	others  map[string]heard
}

type heard struct {
	owns int
	at   time.Time
}

func newShares(process string, ttl time.Duration) *shares {
	return &shares{process: process, ttl: ttl, others: map[string]heard{}}
}

// hear takes in what a process said.
func (s *shares) hear(body []byte, now time.Time) {
	var p presence
	if json.Unmarshal(body, &p) != nil || p.Process == s.process || p.Owns < 0 {
		return // its own, or not of ours
	}
	if p.Leaving {
		delete(s.others, p.Process)
		return
	}
	s.others[p.Process] = heard{owns: p.Owns, at: now}
}

// excess tells how many partitions a process that owns so many has more than it should: it evens out with
// the one that owns least. It is below zero while another owns more, so that one partition more is welcome.
func (s *shares) excess(owns int, now time.Time) int {
	least, alone := 0, true
	for id, h := range s.others {
		if now.Sub(h.at) > s.ttl {
			delete(s.others, id)
			continue
		}
		if alone || h.owns < least {
			least, alone = h.owns, false
		}
	}
	if alone || owns <= least {
		return -1
	}
	return (owns - least) / 2
}
