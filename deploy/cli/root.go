// Package cli is the command line: each file one command, which parses flags, calls the package that
// does the work, and shows the result to a person.
package cli

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/jedib0t/go-pretty/v6/text"
	"github.com/mattn/go-runewidth"
	"github.com/nats-io/nats.go"
	"github.com/spf13/cobra"

	"xushi/deploy/app"
	"xushi/producers/publishcmd"
)

// Main runs the command line and returns the process's exit code. The first interrupt asks for an
// orderly end, a second one ends at once.
func Main(args []string) int {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	context.AfterFunc(ctx, cancel) // from then on a signal has its default effect
	// One width for “ ” and — whatever the locale: terminals draw them narrow, in Chinese locales too.
	text.OverrideRuneWidthEastAsianWidth(false)
	runewidth.DefaultCondition.EastAsianWidth = false
	root := Root()
	root.SetArgs(args)
	if err := root.ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "xushi:", err)
		return 1
	}
	return 0
}

// Root is the command tree.
func Root() *cobra.Command {
	root := &cobra.Command{
		Use:   "xushi",
		Short: "序时: a government's promises, held against its departments' progress",
		Long: `序时 (Xushi) holds every promise of a government's work report against its planned progress to date
(序时进度) and writes the supervision office a weekly letter about what lags.

Start with: xushi up`,
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.AddCommand(upCommand(), runCommand(), weeklyCommand(), explainCommand(), replayCommand(), deadLettersCommand(), itemsCommand(), verifyCommand(), extendCommand(), engineCommand(), natsCommand(), seedsCommand(),
		publishcmd.Command(connect))
	return root
}

// group makes a command of one that only gathers others: what is none of theirs is a mistake, and no call for help.
func group(cmd *cobra.Command) *cobra.Command {
	cmd.DisableFlagsInUseLine = true
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if len(args) == 0 {
			return cmd.Help()
		}
		return fmt.Errorf("unknown command %q for %q; `%s --help` lists those that there are", args[0], cmd.CommandPath(), cmd.CommandPath())
	}
	return cmd
}

func connect(_ context.Context, url string) (*nats.Conn, error) {
	conn, err := nats.Connect(url, nats.Name("xushi"))
	if err != nil {
		return nil, fmt.Errorf("NATS at %s: %w; is `xushi up` running, or did you mean another --nats?", app.Redacted(url), err)
	}
	return conn, nil
}

func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}
