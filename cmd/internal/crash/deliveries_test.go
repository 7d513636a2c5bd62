package crash

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/taskherald/herald/notify/webhook/hookfake"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
	"github.com/taskherald/herald/progress/db/dbtest"
)

// TestDeliveries kills the server at random moments while it tells two webhooks, a
// mailbox and a phone of everything. One webhook answers badly now and then: each event
// arrives everywhere, and as one message.
func TestDeliveries(t *testing.T) {
	t.Parallel()
	kills, ok := long()
	if !ok {
		kills = 4
	}
	for _, dialect := range []string{dbtest.SQLite, dbtest.Postgres} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			told(t, dbtest.URL(t, dialect), kills)
		})
	}
}

// office is where tasks are worked on, one after the other.
type office struct {
	*server
	mu    sync.Mutex
	tasks []progress.TaskID
	down  sync.RWMutex // held for writing while there is no server
}

func told(t *testing.T, database string, kills int) {
	t.Helper()
	o := &office{server: newServer(t, database)}
	post, pushes := o.reach()
	o.start()
	inbox, hand := o.mail(post), o.phone(pushes)
	good, bad := o.hook("good"), o.hook("bad")
	ctx, stop := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for i := range 6 {
		all.Go(func() { o.work(ctx, i) })
	}
	rng := rand.New(rand.NewPCG(uint64(kills), 11))
	faults := []hookfake.Fault{hookfake.Answer(503), {Cut: hookfake.AfterKeeping}, hookfake.Wait(429, "1"), {Cut: hookfake.AfterReading}}
	seen := -1
	for n := range kills {
		if calls := len(bad.Calls()); calls > seen { // those before were met
			bad.Fail(faults[n%len(faults)])
			seen = calls
		}
		time.Sleep(time.Duration(100+rng.IntN(500)) * time.Millisecond) // how long it lives, no proof of anything
		o.down.Lock()
		o.kill()
		o.start()
		o.down.Unlock()
	}
	stop()
	all.Wait()
	want := o.events()
	if len(want) < 10*kills {
		t.Fatalf("%d events: that is so little that nothing was put to the test", len(want))
	}
	for name, h := range map[string]*hookfake.Hook{"good": good, "bad": bad} {
		o.arrived(name, h, want)
	}
	inbox.arrived(want, kills)
	hand.arrived(want, kills)
}

// hook is a webhook that is told of everything.
func (o *office) hook(name string) *hookfake.Hook {
	o.Helper()
	h := hookfake.New(o)
	body := fmt.Sprintf(`{"url": %q, "name": %q}`, h.URL, name)
	req, err := http.NewRequestWithContext(o.Context(), http.MethodPost, o.URL()+"/api/webhooks", strings.NewReader(body))
	if err != nil {
		o.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+adminToken)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		o.Fatal(err)
	}
	defer res.Body.Close()
	var made struct{ ID, Secret string }
	if err := json.NewDecoder(res.Body).Decode(&made); err != nil || made.Secret == "" {
		o.Fatalf("status %d, %v", res.StatusCode, err)
	}
	h.Take(made.Secret)
	return h
}

// work does tasks until ctx ends: two steps, an approval between, and an end.
func (o *office) work(ctx context.Context, who int) {
	for n := 0; ctx.Err() == nil; n++ {
		id := progress.TaskID(fmt.Sprintf("w%d-%d", who, n))
		o.mu.Lock()
		o.tasks = append(o.tasks, id)
		o.mu.Unlock()
		o.down.RLock()
		err := o.one(id)
		o.down.RUnlock()
		if err != nil && !unanswered(err) {
			o.Errorf("%s: %v", id, err)
			return
		}
		time.Sleep(20 * time.Millisecond) // so that not only a backlog is put to the test
	}
}

func (o *office) one(id progress.TaskID) error {
	ctx, w := context.Background(), o.Work()
	if _, err := w.Create(ctx, client.Draft{ID: id, Title: "told", Kind: "told", Steps: []client.DraftStep{{Name: "one"}, {Name: "two"}}}); err != nil {
		return err
	}
	for _, r := range []progress.Report{
		{Step: progress.StepRef{Order: 1}, StepStatus: progress.StepRunning},
		{Step: progress.StepRef{Order: 1}, StepStatus: progress.StepCompleted},
	} {
		if _, err := w.Report(ctx, id, progress.Fence{}, r); err != nil {
			return err
		}
	}
	if _, err := w.Ask(ctx, id, 2, progress.Gate{Prompt: "Go on?", SelfApproval: true}); err != nil {
		return err
	}
	if strings.HasSuffix(string(id), "0") || strings.HasSuffix(string(id), "5") {
		time.Sleep(100 * time.Millisecond) // people read before they answer, and the others are bots
	}
	if _, err := o.Command(ctx, id, progress.VerbApprove, client.CommandOptions{Step: 2}); err != nil {
		return err
	}
	_, err := w.Report(ctx, id, progress.Fence{}, progress.Report{Status: progress.Completed})
	return err
}

// event is a milestone of a task.
type event struct {
	task progress.TaskID
	progress.WireEvent
}

// events are those of all tasks.
func (o *office) events() (all []event) {
	o.Helper()
	for _, id := range o.tasks {
		list, _, err := o.Events(context.Background(), id, 0, 100)
		if p, ok := errors.AsType[*client.Problem](err); ok && p.Status == http.StatusNotFound {
			continue // it was not created
		}
		if err != nil {
			o.Fatal(err)
		}
		for _, e := range list {
			all = append(all, event{id, e})
		}
	}
	return all
}

// arrived holds that a webhook was told of each event by one message, which may
// have come more than once, and of nothing else; and, where no call fails, of the
// events of a task in their order.
func (o *office) arrived(name string, h *hookfake.Hook, want []event) {
	o.Helper()
	type key struct {
		task, kind string
		seq        int64
	}
	missing := map[key]bool{}
	for _, e := range want {
		missing[key{string(e.task), string(e.Type), e.Seq}] = true
	}
	twice, last := 0, map[string]int64{}
	for got := -1; len(h.Got()) < len(want); got = len(h.Got()) { // as long as it goes on
		poll(o, fmt.Sprintf("more than %d of %d events have arrived at the %s one", got, len(want), name), func() bool { return len(h.Got()) > got })
	}
	for _, m := range h.Got() {
		var body struct {
			Data struct{ Event struct{ Seq int64 } }
		}
		if err := json.NewDecoder(bytes.NewReader(m.Body)).Decode(&body); err != nil {
			o.Fatal(err)
		}
		k := key{m.Subject, strings.TrimPrefix(m.Type, "herald."), body.Data.Event.Seq}
		if !missing[k] {
			o.Errorf("%s: %v came as two messages, or is no event", name, k)
		}
		delete(missing, k)
		twice += m.Times - 1
		if name == "good" && k.seq != last[k.task]+1 {
			o.Errorf("%s: %v came after %d", name, k, last[k.task])
		}
		last[k.task] = k.seq
	}
	if len(missing) > 0 {
		o.Errorf("%s: %d of %d are missing", name, len(missing), len(want))
	}
	o.Logf("%s: %d events, %d came more than once, as the same message", name, len(want), twice)
}
