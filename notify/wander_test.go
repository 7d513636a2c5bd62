package notify_test

import (
	"context"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/notifytest"
	"github.com/taskherald/herald/progress"
)

// wanderer is a far side on which a picture stands elsewhere after it was changed.
type wanderer struct {
	far *notifytest.Memory
	on  notify.Channel
}

func (w wanderer) Send(ctx context.Context, to notify.Address, m notify.Message) (notify.Receipt, error) {
	return w.on.Send(ctx, to, m)
}

func (w wanderer) Edit(ctx context.Context, to notify.Address, far string, m notify.Message) (notify.Receipt, error) {
	if _, there := w.far.Shown(to)[far]; !there {
		return notify.Receipt{}, notify.Fail(notify.Gone, "there is no message %q", far)
	}
	r, err := w.on.Send(ctx, to, m)
	if err == nil {
		w.far.Delete(to, far)
	}
	return r, err
}

// TestCardMoves is a picture that is another message after each change: it goes on under the
// name that the far side gives it, in a later process too, and is never sent anew.
func TestCardMoves(t *testing.T) {
	far := room(notify.Pace{})
	inWorld(t, far, func(t *testing.T, w *world) {
		m := far["room"]
		wander := func(o *notify.Options) { o.Channels["room"] = wanderer{m, m.Channel()} }
		w.rewire(wander)
		to := w.subscribe("room", "r", live).Address
		w.create("a", "one")
		for _, percent := range []float64{10, 20, 30} {
			w.do("a", at(percent))
			settle(time.Second)
			same(t, "percent", picture(t, m, to).Task.Percent, percent)
		}
		w.rewire(wander)
		w.do("a", at(40))
		settle(time.Second)
		same(t, "percent", picture(t, m, to).Task.Percent, 40)
		w.do("a", end)
		settle(time.Second)
		same(t, "status", picture(t, m, to).Task.Status, progress.Completed)
		for _, a := range m.Arrived() {
			if a.Times != 1 {
				t.Errorf("%s came %d times", a.Message.ID, a.Times)
			}
		}
	})
}
