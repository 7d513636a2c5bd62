package app

import (
	"context"
	"errors"
	"sync"
)

// Run serves until ctx ends, then ends gently and closes the app. The error is
// nil unless the server broke off by itself, or something could not be closed.
func (a *App) Run(ctx context.Context) error {
	sweeping, stop := context.WithCancel(ctx)
	defer stop()
	var sweeps sync.WaitGroup
	sweeps.Go(func() { a.engine.Sweep(sweeping) })
	sweeps.Go(func() { a.access.Sweep(sweeping) })
	sweeps.Go(func() { a.outlook.Run(sweeping) })
	sweeps.Go(func() { a.notifier.Run(sweeping) })
	sweeps.Go(func() { a.probe(sweeping) })
	sweeps.Go(func() { host{paver{a}}.forget(sweeping) })
	for _, e := range a.ears() {
		sweeps.Go(func() { e.answer(sweeping) })
	}

	broken := make(chan error, 1)
	go func() { broken <- a.server.http.Serve(a.listener) }()
	var err error
	select {
	case <-ctx.Done():
		a.log.Info("stopping")
	case err = <-broken:
	}
	stop()
	close(a.stopping)
	a.server.stop(a.closeStreams)
	sweeps.Wait()
	return errors.Join(err, a.close())
}

// close closes what is open, the newest first. It is called once.
func (a *App) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	var errs []error
	if a.engine != nil {
		a.engine.Close()
	}
	a.road.close()
	if a.access != nil {
		errs = append(errs, a.access.Close(ctx))
	}
	if a.listener != nil {
		_ = a.listener.Close() // the server has closed it, if it ran
	}
	if a.db != nil {
		errs = append(errs, a.db.Close())
	}
	return errors.Join(errs...)
}

// closeStreams ends all sockets.
func (a *App) closeStreams() {
	var both sync.WaitGroup
	both.Go(a.hub.Close)
	both.Go(a.api.Close)
	both.Wait()
}
