package app

import (
	"fmt"
	"net/url"
	"strings"
)

// ServerError says that a server which the configuration names cannot be used.
type ServerError struct {
	Server string // and where it should be
	Key    string // of the configuration
	Err    error
}

func (e *ServerError) Error() string { return fmt.Sprintf("%s (%s): %v", e.Server, e.Key, e.Err) }

func (e *ServerError) Unwrap() error { return e.Err }

// Redacted is an address, or several with commas between them, without passwords.
func Redacted(addresses string) string {
	var shown []string
	for address := range strings.SplitSeq(addresses, ",") {
		u, err := url.Parse(address)
		if err != nil {
			return "(an address that cannot be read)"
		}
		shown = append(shown, u.Redacted())
	}
	return strings.Join(shown, ",")
}
