package cli

import "github.com/spf13/cobra"

// seedsCommand gathers what one does with a ledger (台账): keep it, prove it, and put it in force.
func seedsCommand() *cobra.Command {
	cmd := group(&cobra.Command{
		Use:   "seeds",
		Short: "Keep a plan's ledger (台账): check, scan, export, import, schema, apply, confirm, diff, new",
	})
	cmd.AddCommand(seedsCheckCommand(), seedsScanCommand(), seedsNewCommand(), seedsExportCommand(), seedsImportCommand(),
		seedsSchemaCommand(), seedsApplyCommand(), seedsConfirmCommand(), seedsDiffCommand())
	return cmd
}
