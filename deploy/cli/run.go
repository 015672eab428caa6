package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"xushi/deploy/app"
	"xushi/deploy/config"
)

const (
	serversWait = time.Minute      // how long `run` waits for servers that are not there yet
	stopTimeout = 20 * time.Second // for an orderly end
)

func runCommand() *cobra.Command {
	var path string
	var validate bool
	cmd := &cobra.Command{
		Use:   "run --config FILE",
		Short: "Run roles (ingest, jobs) against NATS, ClickHouse and SMTP that are there",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := config.Load(path)
			if err != nil {
				return err
			}
			if validate {
				if _, err := app.LoadLedgers(cfg.Ledgers); err != nil {
					return err
				}
				_, err := fmt.Fprintf(cmd.OutOrStdout(), "configuration %s is valid: roles %v, ledgers %v\n", cmp.Or(path, config.FromEnvironment), cfg.Roles, cfg.Ledgers)
				return err
			}
			return run(cmd.Context(), cfg)
		},
	}
	cmd.Flags().StringVar(&path, "config", "", "YAML file; the environment (XUSHI_NATS__URL …) overrides it")
	cmd.Flags().BoolVar(&validate, "validate", false, "check the configuration and the ledgers, and end")
	return cmd
}

func run(ctx context.Context, cfg config.Config) (err error) {
	log := cfg.Log.Logger()
	a, err := app.Open(ctx, cfg, log, time.Now, serversWait)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeApp(ctx, a)) }()
	log.Info("running", "roles", cfg.Roles, "ledgers", cfg.Ledgers)
	return a.Run(ctx)
}

func closeApp(ctx context.Context, a *app.App) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	return a.Close(ctx)
}
