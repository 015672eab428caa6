//go:build !linux

package ingest_test

import (
	"errors"
	"testing"
)

type smallDisk struct{ dsn string }

var errNoNamespaces = errors.New("only Linux gives a process mounts of its own")

func newSmallDisk(*testing.T) (*smallDisk, error) { return nil, errNoNamespaces }

func (*smallDisk) fill() error { return errNoNamespaces }
func (*smallDisk) free() error { return errNoNamespaces }

func runSmallDisk(string) error { return errNoNamespaces }
