package app

import (
	"context"
	"errors"
	"log/slog"
	"sync"
)

// ears are the roads in from one chat platform; the zero value hears nothing. A connection is
// kept by the node that works the lanes to it, while it does, each time by a platform of its own.
// Signed requests come to any node, so each answers those that come to it.
type ears struct {
	name   string                   // of the platform, for people
	listen func() (listener, error) // makes one that keeps a connection; nil where none is kept
	beside func(context.Context)    // what is done meanwhile, until ctx ends; nil for nothing
	signed listener                 // nil where no requests come
	log    *slog.Logger
}

// ears are those of all platforms.
func (r *road) ears() []*ears { return []*ears{&r.slack.ears, &r.discord.ears} }

// hold keeps the connections of all platforms until ctx ends.
func (r *road) hold(ctx context.Context) {
	var all sync.WaitGroup
	for _, e := range r.ears() {
		all.Go(func() { e.hold(ctx) })
	}
	all.Wait()
}

// listener hears until ctx ends.
type listener interface {
	Run(ctx context.Context) error
}

// hold keeps a connection until ctx ends.
func (e *ears) hold(ctx context.Context) {
	if e.listen == nil {
		return
	}
	var all sync.WaitGroup
	defer all.Wait()
	if e.beside != nil {
		all.Go(func() { e.beside(ctx) })
	}
	l, err := e.listen()
	if err == nil {
		err = l.Run(ctx)
	}
	e.deaf(err)
}

// answer answers requests until ctx ends.
func (e *ears) answer(ctx context.Context) {
	if e.signed != nil {
		e.deaf(e.signed.Run(ctx))
	}
}

// deaf says in the log why nothing comes in any more.
func (e *ears) deaf(err error) {
	if err != nil && !errors.Is(err, context.Canceled) {
		e.log.Error("nothing is heard from a chat any more", "platform", e.name, "error", err)
	}
}
