package chat

import (
	"context"
	"log/slog"
	"strconv"
	"testing"
	"testing/synctest"
	"time"
)

// TestNoRoom holds that who finds no room is told so, that what was not taken is taken when it
// comes again, and that what was taken is done once.
func TestNoRoom(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := NewInbox("Slack", slog.New(slog.DiscardHandler), time.Now)
		if b.Put(Arrival{Key: "early", Who: "u", Lane: "u"}) || !b.Full() {
			t.Error("it takes what comes before it runs")
		}
		ctx, stop := context.WithCancel(context.Background())
		ended := make(chan error)
		free, told, done := make(chan struct{}), 0, 0
		go func() { ended <- b.Run(ctx, func(context.Context) {}) }()
		synctest.Wait()
		if b.Run(ctx, func(context.Context) {}) == nil {
			t.Error("it runs twice")
		}
		for i := range mostQueued {
			b.Put(Arrival{Who: strconv.Itoa(i), Lane: "x", Work: func(context.Context) { <-free }})
		}
		late := Arrival{Key: "late", Who: "u", Lane: "u", Work: func(context.Context) { done++ }, Busy: func(context.Context) { told++ }}
		if !b.Full() || !b.Put(late) || b.Put(Arrival{Key: "event", Who: "v", Work: late.Work}) {
			t.Error("what there is no room for was taken")
		}
		synctest.Wait()
		close(free)
		synctest.Wait()
		again := b.Put(late)
		if !b.Put(late) || !again {
			t.Error("it was not taken when there was room again")
		}
		stop()
		if err := <-ended; err != nil || told != 1 || done != 1 {
			t.Errorf("%v; %d told, %d done", err, told, done)
		}
	})
}
