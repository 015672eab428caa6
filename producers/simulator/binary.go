package simulator

import (
	"time"

	"github.com/go-json-experiment/json"
	"github.com/nats-io/nats.go"

	"xushi/schema"
)

// binaryMode writes the attributes as ce- headers and the data as the body.
func binaryMode(e *schema.Event) (nats.Header, []byte, error) {
	h := nats.Header{
		schema.ContentTypeHeader: {schema.JSONContent},
		"ce-specversion":         {"1.0"},
		"ce-id":                  {e.ID},
		"ce-source":              {e.Source},
		"ce-type":                {string(e.Type)},
		"ce-time":                {e.Time.Format(time.RFC3339Nano)},
		"ce-plan":                {e.Plan},
		"ce-department":          {e.Department},
	}
	body, err := json.Marshal(&e.Data)
	return h, body, err
}
