package app

import (
	"context"
	"errors"
	"log/slog"
	"net"

	"github.com/taskherald/herald/config"
	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/api"
	"github.com/taskherald/herald/progress/bus"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/engine"
	"github.com/taskherald/herald/progress/live"
	"github.com/taskherald/herald/progress/outlook"
	"github.com/taskherald/herald/progress/store"
)

// App is a whole Herald.
type App struct {
	config  config.Config
	log     *slog.Logger
	db      *db.DB
	store   *store.Store
	bell    *bus.Local
	outlook *outlook.Outlook
	engine  *engine.Engine
	access  *access.Access
	road
	ear
	hub      *live.Hub
	api      *api.API
	listener net.Listener
	server   *server
	stopping chan struct{} // closed when Run begins to end
	first    access.First
}

// Open builds a Herald that holds its database and its address. The error says
// what to do next; nothing is left open then. Follow it with Run, which closes
// what Open has opened.
func Open(ctx context.Context, c config.Config, log *slog.Logger) (_ *App, err error) {
	a := &App{config: c, log: log, stopping: make(chan struct{})}
	defer func() {
		if err != nil {
			err = errors.Join(err, a.close())
		}
	}()
	if a.rules, err = Rules(c, Channels(c)); err != nil {
		return nil, err
	}
	if a.db, err = db.Open(ctx, c.Database.Reveal()); err != nil {
		return nil, err
	}
	// Before the first start makes a token that only it can show.
	if a.listener, err = listen(ctx, c); err != nil {
		return nil, err
	}
	if err = a.build(ctx); err != nil {
		return nil, err
	}
	a.first, err = a.access.Bootstrap(ctx)
	return a, err
}
