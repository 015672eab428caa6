package schema

import "strings"

const progressPrefix = "progress."

// BatchToken stands where a commitment would in the subject of a batch; no commitment may bear it.
const BatchToken = "batch"

// Address is what the subject of a progress message says.
type Address struct {
	Plan       string
	Department string
	Commitment string // BatchToken for a batch
}

// Subject is where messages of this address travel: progress.<plan>.<department>.<commitment>.
func (a Address) Subject() string {
	return progressPrefix + a.Plan + "." + a.Department + "." + a.Commitment
}

// Address is where the event travels on its own.
func (e *Event) Address() Address {
	return Address{Plan: e.Plan, Department: e.Department, Commitment: e.Data.Commitment}
}

// ParseAddress reads a subject. Of one that is not of our form, it gives what tokens there are and ok false.
func ParseAddress(subject string) (a Address, ok bool) {
	rest, ok := strings.CutPrefix(subject, progressPrefix)
	a.Plan, rest, _ = strings.Cut(rest, ".")
	a.Department, a.Commitment, _ = strings.Cut(rest, ".")
	return a, ok && IsToken(a.Plan) && IsToken(a.Department) && IsToken(a.Commitment)
}

// isSubject tells whether the subject is that of an address whose parts are tokens.
func isSubject(subject, plan, department, commitment string) bool {
	rest, ok := strings.CutPrefix(subject, "progress.")
	for _, token := range [...]string{plan, department} {
		if !ok || len(rest) <= len(token) || rest[:len(token)] != token || rest[len(token)] != '.' {
			return false
		}
		rest = rest[len(token)+1:]
	}
	return rest == commitment
}

// DeadLetterSubject is where a refused message of this address goes. A subject of a wrong form still
// needs one, so a missing or odd token becomes "unknown".
func (a Address) DeadLetterSubject(reason Reason) string {
	a = a.OrUnknown()
	return "deadletters." + a.Plan + "." + a.Department + "." + string(reason)
}

// OrUnknown has "unknown" for every missing or odd token.
func (a Address) OrUnknown() Address {
	return Address{tokenOrUnknown(a.Plan), tokenOrUnknown(a.Department), tokenOrUnknown(a.Commitment)}
}

func tokenOrUnknown(s string) string {
	if IsToken(s) {
		return s
	}
	return "unknown"
}

// IsToken tells whether s can be an id of a plan, department, commitment, measure or item: lower-case
// ASCII letters, digits and inner hyphens, at most MaxTokenBytes.
func IsToken(s string) bool {
	if len(s) == 0 || len(s) > MaxTokenBytes || s[0] == '-' || s[len(s)-1] == '-' {
		return false
	}
	for i := range len(s) {
		if !inToken[s[i]] {
			return false
		}
	}
	return true
}

// inToken are the bytes that a token is made of.
var inToken = func() (in [256]bool) {
	for _, c := range []byte("abcdefghijklmnopqrstuvwxyz0123456789-") {
		in[c] = true
	}
	return in
}()
