package mail

import (
	"cmp"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"
)

// TLSPolicy says how a connection is protected.
type TLSPolicy string

// TLS policies. There is no "if the server happens to offer it": whoever can strip an offer can read mail.
const (
	NoTLS       TLSPolicy = "none"     // in the clear; no password is ever sent over it, except to this machine
	StartTLS    TLSPolicy = "starttls" // usually port 587; refused where the server does not offer it
	ImplicitTLS TLSPolicy = "implicit" // usually port 465
)

// Secret is a password that does not show itself in logs or printed structs.
type Secret string

const hidden = "[hidden]"

// String hides the secret from fmt.
func (Secret) String() string { return hidden }

// GoString hides the secret from %#v.
func (Secret) GoString() string { return hidden }

// LogValue hides the secret from slog.
func (Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText hides the secret from JSON and YAML.
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// Config says where letters are handed over.
type Config struct {
	Host     string         `koanf:"host"`
	Port     int            `koanf:"port"`
	TLS      TLSPolicy      `koanf:"tls"`      // default none
	User     string         `koanf:"user"`     // "" sends without logging in
	Password Secret         `koanf:"password"` //
	Hello    string         `koanf:"hello"`    // our own name for EHLO; default localhost
	Timeout  time.Duration  `koanf:"timeout"`  // of connecting and of each answer but the last; default 30 s
	Verdict  time.Duration  `koanf:"verdict"`  // of the answer to the whole letter, which servers take time to judge; default 10 m, as RFC 5321 asks
	RootCAs  *x509.CertPool `koanf:"-"`        // nil trusts the system's
}

const (
	defaultTimeout = 30 * time.Second
	defaultVerdict = 10 * time.Minute
)

// Validate reports everything that is wrong at once.
func (c Config) Validate() error {
	var errs []error
	if c.Host == "" {
		errs = append(errs, errors.New("host is empty"))
	}
	if c.Port < 1 || c.Port > 65535 {
		errs = append(errs, fmt.Errorf("port %d is not between 1 and 65535", c.Port))
	}
	switch c.TLS {
	case "", NoTLS:
		if c.User != "" && !loopback(c.Host) {
			errs = append(errs, fmt.Errorf("tls is %q: a password would go over the network in the clear; use %q or %q", NoTLS, StartTLS, ImplicitTLS))
		}
	case StartTLS, ImplicitTLS:
	default:
		errs = append(errs, fmt.Errorf("tls is %q: must be %q, %q or %q", c.TLS, NoTLS, StartTLS, ImplicitTLS))
	}
	if (c.User == "") != (c.Password == "") {
		errs = append(errs, errors.New("user and password go together"))
	}
	if c.Timeout < 0 {
		errs = append(errs, fmt.Errorf("timeout %s is negative", c.Timeout))
	}
	if c.Verdict < 0 {
		errs = append(errs, fmt.Errorf("verdict %s is negative", c.Verdict))
	}
	return errors.Join(errs...)
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (c Config) withDefaults() Config {
	c.TLS = cmp.Or(c.TLS, NoTLS)
	c.Hello = cmp.Or(c.Hello, "localhost")
	c.Timeout = cmp.Or(c.Timeout, defaultTimeout)
	c.Verdict = cmp.Or(c.Verdict, defaultVerdict)
	return c
}
