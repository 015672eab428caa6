package schema

import "strings"

// member is a member of an event's JSON: those of the envelope, then those of its data. No name is in both.
type member uint8

// The members that are not one text, and noMember, which is the event as a whole.
const (
	noMember       member = 0
	dataMember     member = envelopeTexts + 1
	evidenceMember        = dataMember + 1 + member(len(texts))
	memberCount           = evidenceMember + 1

	envelopeTexts = 8
)

func (m member) inData() bool { return m > dataMember }

// memberName is a member's name, bare and as it is written before a value.
type memberName struct{ name, written string }

var memberNames = func() (names [memberCount]memberName) {
	envelope := [...]string{"", "specversion", "id", "source", "type", "time", "datacontenttype", "plan", "department", "data"}
	for m := 1; m < len(names); m++ {
		name := "evidence"
		if m < len(envelope) {
			name = envelope[m]
		} else if i := m - len(envelope); i < len(texts) {
			name = strings.TrimPrefix(texts[i].path, "data.")
		}
		names[m] = memberName{name, `"` + name + `":`}
	}
	return names
}()

var membersByName = func() map[string]member {
	members := map[string]member{}
	for m := noMember + 1; m < memberCount; m++ {
		members[memberNames[m].name] = m
	}
	return members
}()

// places is where an event keeps the members that are texts, in their order.
func places(to *[memberCount]*string, e *Event, w *written) {
	to[1], to[2], to[3], to[4] = &w.specVersion, &e.ID, &e.Source, (*string)(&e.Type)
	to[5], to[6], to[7], to[8] = &w.time, &w.dataContentType, &e.Plan, &e.Department
	*(*[len(texts)]*string)(to[dataMember+1:]) = e.Data.texts()
}
