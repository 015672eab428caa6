package app

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"xushi/schema"
	"xushi/seeds"
	"xushi/seeds/office"
)

func (a *App) policy() schema.Policy {
	return schema.Policy{AllowSimulation: a.Config.Simulation.Allow}
}

// establish reads the office's acts, and applies each configured ledger whose plan has no version yet. From
// then on versions come into force by acts alone: a folder that was edited changes nothing by itself.
func (a *App) establish(ctx context.Context, ledgers []*seeds.Ledger) (err error) {
	if a.Acts, err = office.Open(ctx, a.JetStream, a.policy(), a.log); err != nil {
		return err
	}
	for _, l := range ledgers {
		if slices.Contains(a.Plans, l.Plan.ID) {
			return fmt.Errorf("two ledgers for plan %s: configure one of them", l.Plan.ID)
		}
		history, err := a.versions(ctx, l)
		if err != nil {
			return fmt.Errorf("plan %s: %w", l.Plan.ID, err)
		}
		if inForce := history.InForce().Version; inForce != l.Version {
			a.log.Warn("the configured ledger is not the one in force, which counts; `xushi seeds apply` puts the configured one in force",
				"plan", l.Plan.ID, "configured", l.Version, "in_force", inForce)
		}
		a.Plans = append(a.Plans, l.Plan.ID)
	}
	return nil
}

// versions are a plan's, of which the configured ledger becomes the first if there is none. Several processes
// may start at once: the stream takes one first version. In a simulation it is of the plan's first moment,
// so that acts at simulated moments can follow it.
func (a *App) versions(ctx context.Context, l *seeds.Ledger) (*seeds.History, error) {
	if history, ok := a.Acts.History(l.Plan.ID); ok {
		return history, nil
	}
	first := office.Application{Ledger: l, By: "xushi", Reason: "首版，取自配置"}
	if a.Config.Simulation.Allow {
		first.At = l.Plan.Start.Start()
	}
	if _, err := a.Acts.Apply(ctx, first); err != nil && !errors.Is(err, office.ErrSuperseded) {
		return nil, err
	}
	if err := a.Acts.Sync(ctx); err != nil {
		return nil, err
	}
	history, ok := a.Acts.History(l.Plan.ID)
	if !ok {
		return nil, errors.New("no version is in force, and none could be applied")
	}
	return history, nil
}
