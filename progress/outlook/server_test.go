package outlook_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api"
	"github.com/taskherald/herald/progress/api/apitest"
	"github.com/taskherald/herald/progress/client"
	"github.com/taskherald/herald/progress/estimate"
	"github.com/taskherald/herald/progress/store"
	"github.com/taskherald/herald/progress/trace"
)

// house is a server, and somebody who may do all there.
type house struct {
	*testing.T
	*client.Client
}

func enter(t *testing.T, s *apitest.Server) house {
	t.Helper()
	c, err := client.New(client.Options{URL: s.URL, Token: apitest.Admin})
	if err != nil {
		t.Fatal(err)
	}
	return house{t, c}
}

func (h house) must(err error) {
	h.Helper()
	if err != nil {
		h.Fatal(err)
	}
}

func (h house) create(id progress.TaskID) {
	h.Helper()
	_, err := h.Work().Create(h.Context(), client.Draft{ID: id, Title: "Import", Kind: "import", Steps: []client.DraftStep{
		{Name: "Load"}, {Name: "Go live", Approval: &progress.Gate{Prompt: "Go live?"}}, {Name: "Say so"},
	}})
	h.must(err)
}

func (h house) report(id progress.TaskID, r progress.Report) {
	h.Helper()
	_, err := h.Work().Report(h.Context(), id, progress.Fence{}, r)
	h.must(err)
}

func (h house) command(id progress.TaskID, v progress.Verb, step int) {
	h.Helper()
	_, err := h.Command(h.Context(), id, v, client.CommandOptions{Step: step})
	h.must(err)
}

// task is the task, with what is left of it.
func (h house) task(id progress.TaskID) *progress.ETA {
	h.Helper()
	t, err := h.Task(h.Context(), id)
	h.must(err)
	if (t.ETA == nil) != (t.Left == nil) || t.ETA != nil && *t.ETA != t.Left.Likely {
		h.Fatalf("eta_seconds does not go with eta %+v", t.Left)
	}
	return t.Left
}

// listed is what the list says of it.
func (h house) listed(id progress.TaskID) *progress.ETA {
	h.Helper()
	page, err := h.Tasks(h.Context(), client.Query{})
	h.must(err)
	for _, t := range page.Tasks {
		if t.ID == id {
			return t.Left
		}
	}
	h.Fatal("the list does not have it")
	return nil
}

// frames are those of a task up to the first of a type.
func (h house) frames(id progress.TaskID, last string, meanwhile func()) map[string]client.Frame {
	h.Helper()
	ctx, cancel := context.WithTimeout(h.Context(), 20*time.Second)
	defer cancel()
	out := map[string]client.Frame{}
	for f, err := range h.Watch(ctx, client.Watch{Task: id}) {
		h.must(err)
		if out[f.Type] = f; f.Type == "snapshot" && meanwhile != nil {
			meanwhile()
		}
		if f.Type == last {
			break
		}
	}
	if out[last].Type == "" {
		h.Fatalf("there is no %s", last)
	}
	return out
}

func (h house) running(id progress.TaskID, step int) {
	h.Helper()
	h.report(id, progress.Report{Step: progress.StepRef{Order: step}, StepStatus: progress.StepRunning})
}

func (h house) done(id progress.TaskID, step int) {
	h.Helper()
	h.report(id, progress.Report{Step: progress.StepRef{Order: step}, StepStatus: progress.StepCompleted})
}

// within holds that an estimate is in order and near seconds that are known.
func (h house) within(what string, e *progress.ETA, low, high int64, waits int) {
	h.Helper()
	if e == nil || e.Low > e.Likely || e.Likely > e.High || e.Likely < low || e.Likely > high || e.Waits != waits {
		h.Errorf("%s: the time left is %+v, want %d to %d and %d waits", what, e, low, high, waits)
	}
}

// TestThreeRunsThenAFourth reports three runs of a kind, and asks of the fourth in
// every place that shows a task.
func TestThreeRunsThenAFourth(t *testing.T) {
	t.Parallel()
	h := enter(t, apitest.New(t))
	h.create("stranger")
	if got := h.task("stranger"); got != nil && strings.Contains(got.Basis, "similar run") {
		t.Errorf("before any run the time left is %+v", got)
	}
	const took = 1500 * time.Millisecond
	for i := range 3 {
		id := progress.TaskID(fmt.Sprint("past", i))
		h.create(id)
		h.running(id, 1)
	}
	time.Sleep(took) // what they work
	for i := range 3 {
		id := progress.TaskID(fmt.Sprint("past", i))
		h.done(id, 1)
		h.running(id, 2)
		h.command(id, progress.VerbApprove, 2)
		h.done(id, 2)
		h.report(id, progress.Report{Status: progress.Completed})
		if got := h.task(id); got != nil {
			t.Errorf("an ended task still takes %+v", got)
		}
	}
	h.create("fourth")
	h.eventually("3 similar runs")
	h.within("pending", h.task("fourth"), 1, 4, 1)
}

// eventually waits until the estimate of the fourth rests on something.
func (h house) eventually(basis string) {
	h.Helper()
	for until := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		got := h.task("fourth")
		if got != nil && got.Basis == basis {
			return
		}
		if time.Now().After(until) {
			h.Fatalf("the time left is %+v, which does not come to rest on %s", got, basis)
		}
	}
}

// experienced is a server that has known three long runs before it began, and a
// fourth that is not begun.
func experienced(t *testing.T) (house, *apitest.Server) {
	t.Helper()
	s := apitest.With(t, func(o *api.Options) { remember(t, o.Store) })
	s.Stop()
	s.Start() // it reads what the first one wrote
	h := enter(t, s)
	h.create("fourth")
	h.eventually("3 similar runs")
	return h, s
}

// TestEverywhere has a past of long runs: what is left is said in each place.
func TestEverywhere(t *testing.T) {
	t.Parallel()
	h, _ := experienced(t)
	h.within("pending", h.task("fourth"), 280, 320, 1)
	h.within("pending in the list", h.listed("fourth"), 280, 320, 1)
	shown := h.frames("fourth", "progress", func() {
		h.report("fourth", progress.Report{Step: progress.StepRef{Order: 1}, StepProgress: new(1.0)})
	})
	h.within("the snapshot", shown["snapshot"].Task.Left, 280, 320, 1)
	tick := shown["progress"]
	h.within("the tick", tick.Left, 200, 320, 1)
	if tick.ETA == nil || *tick.ETA != tick.Left.Likely {
		t.Errorf("eta_seconds does not go with eta: %s", tick.Raw)
	}
	h.within("running", h.task("fourth"), 200, 320, 1)
	h.within("in the list", h.listed("fourth"), 200, 320, 1)
	h.command("fourth", progress.VerbPause, 0)
	h.within("paused", h.task("fourth"), 200, 320, 2)
	h.command("fourth", progress.VerbResume, 0)
	h.done("fourth", 1)
	h.within("a step later", h.task("fourth"), 60, 140, 1)
	h.running("fourth", 2)
	h.within("asking", h.task("fourth"), 60, 140, 1)
	h.command("fourth", progress.VerbApprove, 2)
	h.within("approved", h.task("fourth"), 60, 140, 0)
	h.report("fourth", progress.Report{Metadata: map[string]json.RawMessage{progress.RemainingKey: json.RawMessage("7")}})
	if got := h.task("fourth"); got == nil || *got != (progress.ETA{Low: 7, Likely: 7, High: 7, Basis: progress.OwnBasis}) {
		t.Errorf("by its worker it takes %+v", got)
	}
	all := h.frames("fourth", "snapshot", nil)
	if got := all["snapshot"].Task.Left; got == nil || got.Likely != 7 {
		t.Errorf("by its worker it takes %+v in the snapshot", got)
	}
	h.report("fourth", progress.Report{Status: progress.Completed})
	if got := h.task("fourth"); got != nil {
		t.Errorf("an ended task still takes %+v", got)
	}
}

// TestPageSaysHowLong looks at the pages without a script.
func TestPageSaysHowLong(t *testing.T) {
	t.Parallel()
	h, s := experienced(t)
	for path, want := range map[string]string{
		"/": "takes about", "/tasks/fourth": `from 3 similar runs</small>`,
	} {
		if page := h.page(s.URL + path); !strings.Contains(page, want) || !strings.Contains(page, ", plus 1 approval") {
			t.Errorf("%s does not say %q:\n%s", path, want, page)
		}
	}
	h.running("fourth", 1)
	if page := h.page(s.URL + "/tasks/fourth"); !strings.Contains(page, "minutes left, plus 1 approval") {
		t.Errorf("the page does not say what is left:\n%s", page)
	}
}

func (h house) page(url string) string {
	h.Helper()
	r, err := http.NewRequestWithContext(h.Context(), http.MethodGet, url, nil)
	h.must(err)
	r.Header.Set("Authorization", "Bearer "+apitest.Admin)
	r.Header.Set("Accept", "text/html")
	resp, err := http.DefaultClient.Do(r)
	h.must(err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	h.must(err)
	return string(body)
}

// remember stores three past runs of five minutes.
func remember(t *testing.T, s *store.Store) {
	t.Helper()
	var past []store.Past
	for i := range 3 {
		id := progress.TaskID(fmt.Sprint("past", i))
		past = append(past, store.Past{
			Run: estimate.Run{ID: trace.ID(id, 1), Kind: "import", Outcome: estimate.Success, Elapsed: 300, Laps: []estimate.Lap{
				{Name: "Load", State: estimate.Done, Active: 200}, {Name: "Go live", State: estimate.Done, From: 200, Active: 60},
				{Name: "Say so", State: estimate.Done, From: 260, Active: 40},
			}},
			Task: id, Nth: 1, Ended: time.Now().Add(time.Duration(i-5) * time.Hour),
		})
	}
	if err := s.Commit(t.Context(), store.Need{}, func(store.Found) store.Batch { return store.Batch{Pasts: past} }); err != nil {
		t.Error(err)
	}
}
