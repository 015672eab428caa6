package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"xushi/seeds"
)

func seedsSchemaCommand() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "schema",
		Short: "Write the JSON Schemas of a ledger's files, by which editors complete and check them",
		Long: `Write the JSON Schemas of a ledger's files. Editors with YAML support (VS Code, IntelliJ, Helix, …) find them by the
first line of each file, in a folder called schema that stands beside the plan's own.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := seeds.WriteSchemas(out); err != nil {
				return err
			}
			_, err := fmt.Fprintln(cmd.OutOrStdout(), out)
			return err
		},
	}
	cmd.Flags().StringVar(&out, "out", "schema", "folder to write them into")
	return cmd
}
