package deadletters

import (
	"encoding/json"

	"github.com/nats-io/nats.go"

	"xushi/schema"
)

// sayings are what a body says of where it belongs, read as leniently as possible: enough to send it there,
// where the ingest reads it strictly.
type sayings struct {
	Plan       string   `json:"plan"`
	Department string   `json:"department"`
	Source     string   `json:"source"`
	Data       *sayData `json:"data"`
}

type sayData struct {
	Commitment string `json:"commitment"`
}

// hearsay reads a message; of a batch, whose address is its subject, the source of its first event. What
// cannot be read is empty.
func hearsay(m *nats.Msg, batch bool) (s sayings) {
	switch {
	case batch:
		var all []sayings
		if _ = json.Unmarshal(m.Data, &all); len(all) > 0 { // it may break off anywhere
			s.Source = all[0].Source
		}
	case get(m.Header, "ce-specversion") != "":
		s = sayings{Plan: get(m.Header, "ce-plan"), Department: get(m.Header, "ce-department"), Source: get(m.Header, "ce-source"), Data: &sayData{}}
		_ = json.Unmarshal(m.Data, s.Data) // likewise
	default:
		_ = json.Unmarshal(m.Data, &s) // likewise
	}
	return s
}

func (s sayings) address() schema.Address {
	a := schema.Address{Plan: s.Plan, Department: s.Department}
	if s.Data != nil {
		a.Commitment = s.Data.Commitment
	}
	return a
}
