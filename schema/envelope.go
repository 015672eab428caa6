package schema

import (
	"fmt"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// envelope is the CloudEvents envelope as it travels. Extension attributes that we do not know, such
// as traceparent, are the sender's business and pass.
type envelope struct {
	SpecVersion     string         `json:"specversion"`
	ID              string         `json:"id"`
	Source          string         `json:"source"`
	Type            Type           `json:"type"`
	Time            string         `json:"time"`
	DataContentType string         `json:"datacontenttype,omitempty"`
	Plan            string         `json:"plan"`
	Department      string         `json:"department"`
	Data            Data           `json:"data"`
	Extensions      jsontext.Value `json:",embed"`
}

// storable tells whether the store can keep the moment (DateTime64) with room to spare.
func storable(t time.Time) bool { return t.Year() >= 1970 && t.Year() < 2200 }

// attributes are those of the binary mode's ce- headers.
func (h *headers) attributes() *envelope {
	return &envelope{
		SpecVersion: h[specVersionHeader], ID: h[idHeader], Source: h[sourceHeader], Type: Type(h[typeHeader]),
		Time: h[timeHeader], Plan: h[planHeader], Department: h[departmentHeader],
	}
}

// split parts what the envelope says into the event and the rest.
func (w *envelope) split(e *Event, rest *written) {
	*e = Event{ID: w.ID, Source: w.Source, Type: w.Type, Plan: w.Plan, Department: w.Department, Data: w.Data}
	*rest = written{specVersion: w.SpecVersion, time: w.Time, dataContentType: w.DataContentType}
}

// complete fills in the event's time and checks the envelope and the form of the event's data.
func (w *written) complete(e *Event) *Rejection {
	if w.specVersion != "1.0" {
		return Refuse(UnsupportedVersion, "specversion", `specversion 必须为 "1.0"。`)
	}
	if w.dataContentType != "" && !strings.HasPrefix(w.dataContentType, JSONContent) {
		return Refuse(UnsupportedContent, "datacontenttype", "data 的类型只支持 "+JSONContent+"。")
	}
	if w.time == "" {
		return Refuse(MissingField, "time", "缺少 time（发生时间）。")
	}
	t, err := parseMoment(w.time)
	if err != nil || !storable(t) {
		return Refuse(InvalidTime, "time", fmt.Sprintf("发生时间 %q 不是带时区的 RFC 3339 时间，例如 2024-06-30T18:00:00+08:00。", clip(w.time)))
	}
	e.Time = t.UTC()
	return e.CheckForm()
}

// UnmarshalJSON reads the structured mode as strictly as the ingest does; its error is a *Rejection.
func (e *Event) UnmarshalJSON(raw []byte) error {
	var w envelope
	if err := json.Unmarshal(raw, &w, strict); err != nil {
		return explainJSON(err, "")
	}
	var rest written
	w.split(e, &rest)
	if rejection := rest.complete(e); rejection != nil {
		return rejection
	}
	return nil
}
