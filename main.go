// Command xushi holds a government's promises against its departments' progress. See README.md.
package main

import (
	"os"

	"xushi/deploy/cli"
	"xushi/deploy/embedded/engine"
)

func main() {
	engine.RunIfChild() // the embedded ClickHouse engine is this binary, started by itself
	os.Exit(cli.Main(os.Args[1:]))
}
