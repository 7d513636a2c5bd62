package app

import (
	"context"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/api"
	"github.com/taskherald/herald/progress/api/meter"
	"github.com/taskherald/herald/progress/bus"
	"github.com/taskherald/herald/progress/engine"
	"github.com/taskherald/herald/progress/live"
	"github.com/taskherald/herald/progress/outlook"
	"github.com/taskherald/herald/progress/store"
)

// build makes what stands on the database, from the bottom up.
func (a *App) build(ctx context.Context) (err error) {
	a.store = store.New(a.db)
	a.bell = bus.NewLocal()
	a.outlook = outlook.Open(outlook.Options{Pasts: a.store.Pasts, Log: a.log})
	measure := meter.New(meter.Options{Version: Version(), Size: a.db.Size})
	a.engine = engine.New(a.store, engine.Options{
		Limits: progress.Limits(a.config.Limits.Task), Keep: a.retention(), Ring: a.bell.Ring, Watch: measure,
		Ended: a.outlook.Learn, StallAfter: a.config.StallAfter, Late: a.late(), Prove: a.db.Prove, Log: a.log,
	})
	a.access, err = access.New(store.NewAccess(a.db), access.Options{
		Open: a.config.Open, AdminToken: a.config.AdminToken.Reveal(), Log: a.log,
	})
	if err != nil {
		return err
	}
	if err = (paver{a}).pave(ctx, measure); err != nil {
		return err
	}
	index := store.NewIndex(a.db)
	if err = (host{paver{a}}).listens(index); err != nil {
		return err
	}
	a.hub = api.NewHub(a.engine, a.store, index, live.Options{Bell: a.bell, ETA: a.outlook.ETA, Notice: paver{a}.notice, Concerns: a.notifier.Concerns, Log: a.log})
	if a.api, err = api.New(api.Options{
		Engine: a.engine, Store: a.store, Index: index, Access: a.access, Hub: a.hub, Bus: a.bell, Meter: measure,
		Grace: a.config.WorkflowGrace, Body: a.config.Limits.Body, Batch: a.config.Limits.Batch, Rate: a.config.RateLimit,
		CORS: a.config.CORS, TrustedProxies: a.config.TrustedProxies, PublicURL: a.config.PublicURL, Version: Version(), Guests: paver{a}.guests(),
		ETA: a.outlook.ETA, Ready: a.ready, Stopping: a.stopping, Log: a.log,
	}); err != nil {
		return err
	}
	a.server = newServer(a.api, a.log)
	return nil
}

// late is how long a step takes at most in 19 of 20 cases, where people want to
// hear of those that take longer.
func (a *App) late() func(kind, step string) time.Duration {
	if !a.config.Overrun {
		return nil
	}
	return a.outlook.Late
}

func (a *App) retention() engine.Retention {
	keep := engine.DefaultRetention()
	keep.Tasks, keep.Pasts = a.config.Keep, a.config.KeepRuns
	return keep
}

// ready asks the database for any task at all, whether or not there is one, and
// the engine whether commands can be written.
func (a *App) ready(ctx context.Context) error {
	if _, _, err := a.store.Task(ctx, "any"); err != nil {
		return err
	}
	return a.engine.Writable(ctx)
}
