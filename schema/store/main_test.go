package store_test

import (
	"testing"

	"xushi/deploy/embedded/enginetest"
)

func TestMain(m *testing.M) { enginetest.Main(m) }
