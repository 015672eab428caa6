package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"syscall"

	"github.com/spf13/cobra"

	"xushi/deploy/embedded/engine"
	"xushi/deploy/embedded/natsd"
)

// engineCommand and natsCommand run one embedded server on its own, for a second terminal or a second
// machine.

func engineCommand() *cobra.Command {
	o := engine.Options{Progress: os.Stderr, Logger: warnings()}
	cmd := &cobra.Command{
		Use:   "engine",
		Short: "Run the embedded ClickHouse engine on its own",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			err := engine.Serve(cmd.Context(), o, func(p *engine.Process) {
				fmt.Fprintf(cmd.OutOrStdout(), "ClickHouse %s at %s\n", p.Version(), p.URL())
			})
			return nameFlag(err, "--listen")
		},
	}
	cmd.Flags().StringVar(&o.Listen, "listen", engine.DefaultListen, "address of the HTTP interface; port 0: any")
	cmd.Flags().StringVar(&o.DataDir, "data", "./data/clickhouse", "folder that holds everything")
	return cmd
}

func natsCommand() *cobra.Command {
	o := natsd.Options{Logger: warnings()}
	cmd := &cobra.Command{
		Use:   "nats",
		Short: "Run the embedded NATS server with JetStream on its own",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			server, err := natsd.Start(o)
			if err != nil {
				return nameFlag(err, "--listen")
			}
			fmt.Fprintf(cmd.OutOrStdout(), "NATS %s at %s\n", server.Version(), server.URL())
			<-cmd.Context().Done()
			ctx, cancel := context.WithTimeout(context.WithoutCancel(cmd.Context()), stopTimeout)
			defer cancel()
			return server.Stop(ctx)
		},
	}
	cmd.Flags().StringVar(&o.Listen, "listen", natsd.DefaultListen, "address for clients; port 0: any")
	cmd.Flags().StringVar(&o.Dir, "data", "./data/nats", "folder that holds the streams")
	cmd.Flags().BoolVar(&o.SyncAlways, "sync-always", false, "bring every message to the disk before it is acknowledged")
	return cmd
}

func warnings() *slog.Logger {
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

// nameFlag adds to an error about a port or a folder in use which flag moves it.
func nameFlag(err error, listen string) error {
	_, engineDir := errors.AsType[*engine.DataDirInUseError](err)
	_, natsDir := errors.AsType[*natsd.DirInUseError](err)
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return fmt.Errorf("%w; choose another address with %s (port 0 takes any free one)", err, listen)
	case engineDir, natsDir:
		return fmt.Errorf("%w (--data)", err)
	}
	return err
}
