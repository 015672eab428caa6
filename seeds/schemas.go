package seeds

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// The schemas are generated from the types of this package by its tests, which hold them to the types:
//
//	go test ./seeds -run JSONSchema -update
//
//go:embed schema/*.json
var schemas embed.FS

// WriteSchemas writes the JSON Schemas of a ledger's files into a folder: ledger.schema.json of the whole,
// and one for each file, which editors find by the file's first line where the folder is called schema and
// stands beside the plan's own.
func WriteSchemas(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("making the schemas' folder: %w", err)
	}
	names, err := fs.Glob(schemas, "schema/*.json")
	if err != nil {
		return err
	}
	for _, name := range names {
		data, err := schemas.ReadFile(name)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, filepath.Base(name)), data, 0o644); err != nil {
			return fmt.Errorf("writing the schemas: %w", err)
		}
	}
	return nil
}
