package main

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/apitest"
	"github.com/taskherald/herald/progress/client"
	"github.com/taskherald/herald/progress/client/clienttest"
)

// patience is how long a test waits for what has to come.
const patience = 30 * time.Second

// trial is a worker at work.
type trial struct {
	*apitest.Server
	*client.Client
	id    progress.TaskID
	paper *clienttest.Paper
	ended chan error
	kill  context.CancelFunc
}

// open has a worker do a task that was made with the draft.
func open(t *testing.T, d client.Draft, args ...string) *trial {
	t.Helper()
	s := &trial{Server: apitest.New(t)}
	var err error
	if s.Client, err = client.New(client.Options{URL: s.Server.URL, Token: apitest.Admin}); err != nil {
		t.Fatal(err)
	}
	d.Title, d.Kind = "Deploy", "deploy"
	task, err := s.Work().Create(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	s.id = task.ID
	s.work(t, args...)
	return s
}

// work starts a worker.
func (s *trial) work(t *testing.T, args ...string) {
	t.Helper()
	s.paper, s.ended = &clienttest.Paper{}, make(chan error, 1)
	ctx, kill := context.WithTimeout(t.Context(), patience)
	t.Cleanup(kill)
	s.kill = kill
	args = append([]string{"--once", "--unit", "1ms", "--spool", t.TempDir()}, args...)
	out, ended := s.paper, s.ended
	go func() { ended <- run(ctx, client.Options{URL: s.Server.URL, Token: apitest.Admin}, args, out) }()
}

// command commands, as somebody would who sees the task.
func (s *trial) command(t *testing.T, v progress.Verb, o client.CommandOptions) {
	t.Helper()
	if _, err := s.Command(t.Context(), s.id, v, o); err != nil {
		t.Fatal(err)
	}
}

// end waits for the worker's end, and returns the task as it is then.
func (s *trial) end(t *testing.T) client.Task {
	t.Helper()
	if err := <-s.ended; err != nil {
		t.Errorf("the worker ends with %v and said\n%s", err, s.paper)
	}
	task, err := s.Task(t.Context(), s.id)
	if err != nil {
		t.Fatal(err)
	}
	return task
}

// inputs are what a task has to be made with.
func inputs() client.Draft {
	return client.Draft{Inputs: []byte(`{"version": "1.4.0"}`)}
}

const waits = "Deploy waits for an approval"

// TestApproved approves after a restart of the server.
func TestApproved(t *testing.T) {
	t.Parallel()
	s := open(t, inputs())
	s.paper.Says(t, waits)
	asked, err := s.Task(t.Context(), s.id)
	if err != nil {
		t.Fatal(err)
	}
	a := asked.Approval
	if a == nil || a.Prompt != "Deploy version 1.4.0 to production?" || len(a.Effects) != 2 || a.Risk != "high" || a.ExpiresAt.IsZero() {
		t.Fatalf("it asks %+v", a)
	}
	s.Stop()
	s.Start()
	s.command(t, progress.VerbApprove, client.CommandOptions{Reason: "checked"})
	task := s.end(t)
	if task.Status != progress.Completed || string(task.Result) != `{"version":"1.4.0","deployed":true}` {
		t.Errorf("the task is %s with %s", task.Status, task.Result)
	}
	s.paper.Says(t, "Deploy is approved by admin: checked")
}

// TestNo rejects, in each of the ways in which a task may be made to take it.
func TestNo(t *testing.T) {
	t.Parallel()
	for on, want := range map[progress.OnReject]struct {
		status progress.Status
		said   string
	}{
		"":                     {progress.Failed, "told to fail"},
		progress.RejectSkips:   {progress.Completed, `done: {"version": "1.4.0", "deployed": false}`},
		progress.RejectCancels: {progress.Cancelled, "told to cancel"},
	} {
		t.Run(string(on), func(t *testing.T) {
			t.Parallel()
			d := inputs()
			if on != "" { // a question of the task's own comes before the worker's
				d.Steps = []client.DraftStep{{Name: prepare}, {Name: deploy, Approval: &progress.Gate{OnReject: on}}}
			}
			s := open(t, d)
			s.paper.Says(t, waits)
			s.command(t, progress.VerbReject, client.CommandOptions{})
			if task := s.end(t); task.Status != want.status {
				t.Errorf("the task is %s, want %s", task.Status, want.status)
			}
			s.paper.Says(t, want.said)
			if strings.Contains(s.paper.String(), "Deploy begins") {
				t.Errorf("it deploys all the same:\n%s", s.paper)
			}
		})
	}
}

// TestExpired has nobody answer.
func TestExpired(t *testing.T) {
	t.Parallel()
	s := open(t, inputs(), "--expires", "1s")
	if task := s.end(t); task.Status != progress.Failed || task.Steps[1].Approval.Status != progress.ApprovalExpired {
		t.Errorf("the task is %s, its approval %+v", task.Status, task.Steps[1].Approval)
	}
	s.paper.Says(t, "told to fail")
}

// TestAgain restarts the task while it waits, and retries it after a rejection.
func TestAgain(t *testing.T) {
	t.Parallel()
	s := open(t, inputs())
	s.paper.Says(t, waits)
	s.command(t, progress.VerbRestart, client.CommandOptions{})
	s.paper.Says(t, "told to restart")
	s.paper.Says(t, "run 2, attempt 1")
	for until := time.Now().Add(patience); strings.Count(s.paper.String(), waits) < 2; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatalf("it does not ask again but says\n%s", s.paper)
		}
	}
	s.command(t, progress.VerbReject, client.CommandOptions{})
	if task := s.end(t); task.Status != progress.Failed {
		t.Fatalf("the task is %s", task.Status)
	}
	s.command(t, progress.VerbRetry, client.CommandOptions{})
	s.work(t)
	s.paper.Says(t, waits)
	s.command(t, progress.VerbApprove, client.CommandOptions{})
	if task := s.end(t); task.Status != progress.Completed || task.Attempt != 2 {
		t.Errorf("the task is %s in attempt %d", task.Status, task.Attempt)
	}
	if said := s.paper.String(); strings.Contains(said, "Prepare begins") || !strings.Contains(said, "Deploy begins") {
		t.Errorf("it does what was done already, or not the rest:\n%s", said)
	}
}

// TestHeld pauses, resumes and cancels in the middle of the work.
func TestHeld(t *testing.T) {
	t.Parallel()
	s := open(t, inputs(), "--unit", "300ms")
	at := func(want func(client.Task) bool) client.Task {
		t.Helper()
		for until := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
			task, err := s.Task(t.Context(), s.id)
			if err == nil && want(task) {
				return task
			}
			if time.Now().After(until) {
				t.Fatalf("the task stays %s at %v", task.Status, task.Progress)
			}
		}
	}
	at(func(task client.Task) bool { return task.Progress > 0 })
	s.command(t, progress.VerbPause, client.CommandOptions{})
	beats := 0
	var last progress.Instant
	held := at(func(task client.Task) bool { // it has heard of it when a heartbeat came after the last unit
		if task.HeartbeatAt != last {
			beats, last = beats+1, task.HeartbeatAt
		}
		return beats == 4
	})
	before := at(func(task client.Task) bool { return task.HeartbeatAt != last })
	if before.Steps[0].Progress != held.Steps[0].Progress || before.Status != progress.Paused {
		t.Errorf("it goes on from %v to %v while it is %s", held.Progress, before.Progress, before.Status)
	}
	s.command(t, progress.VerbResume, client.CommandOptions{})
	at(func(task client.Task) bool { return task.Steps[0].Progress > before.Steps[0].Progress })
	s.command(t, progress.VerbCancel, client.CommandOptions{})
	if task := s.end(t); task.Status != progress.Cancelled {
		t.Errorf("the task is %s", task.Status)
	}
	s.paper.Says(t, "told to cancel")
}

// TestWrongInputs is about a task whose maker was mistaken.
func TestWrongInputs(t *testing.T) {
	t.Parallel()
	s := open(t, client.Draft{})
	if task := s.end(t); task.Status != progress.Failed || !strings.Contains(task.Error.Message, `{"version": "1.4.0"}`) {
		t.Errorf("the task is %s with %+v", task.Status, task.Error)
	}
}

// TestMake makes the task itself.
func TestMake(t *testing.T) {
	t.Parallel()
	s := open(t, client.Draft{}, "--kind", "shop", "--make")
	s.paper.Says(t, waits)
	page, err := s.Tasks(t.Context(), client.Query{Kind: "shop"})
	if err != nil || len(page.Tasks) != 1 {
		t.Fatalf("there are %d tasks, %v", len(page.Tasks), err)
	}
	s.id = page.Tasks[0].ID
	s.command(t, progress.VerbApprove, client.CommandOptions{})
	if task := s.end(t); task.Status != progress.Completed || len(task.Steps) != 2 {
		t.Errorf("the task is %s with the steps %v", task.Status, task.Steps)
	}
}

// TestAwayAtFirst breaks the worker's first connection, as a server does that is not
// there yet.
func TestAwayAtFirst(t *testing.T) {
	t.Parallel()
	s := &trial{Server: apitest.New(t)}
	broken := make(chan struct{})
	s.Gate(func(r *http.Request) bool {
		select {
		case <-broken:
			return true
		default:
			close(broken) // the first request comes alone
			return false
		}
	})
	s.work(t)
	<-broken
	var err error
	if s.Client, err = client.New(client.Options{URL: s.Server.URL, Token: apitest.Admin}); err != nil {
		t.Fatal(err)
	}
	d := inputs()
	d.Title, d.Kind = "Deploy", "deploy"
	task, err := s.Work().Create(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	s.id = task.ID
	s.paper.Says(t, waits)
	s.command(t, progress.VerbApprove, client.CommandOptions{})
	if task := s.end(t); task.Status != progress.Completed {
		t.Errorf("the task is %s", task.Status)
	}
}

// TestKilled stops a worker that waits: it leaves the task to the next.
func TestKilled(t *testing.T) {
	t.Parallel()
	s := open(t, inputs())
	s.paper.Says(t, waits)
	s.kill()
	if task := s.end(t); task.Status != progress.Waiting {
		t.Errorf("the task is %s", task.Status)
	}
}

func TestWrongUse(t *testing.T) {
	t.Parallel()
	if err := run(t.Context(), client.Options{}, []string{"--what"}, io.Discard); err == nil {
		t.Error("a flag that is none is taken")
	}
	if err := run(t.Context(), client.Options{URL: "ftp://"}, nil, io.Discard); err == nil {
		t.Error("an address that is none is taken")
	}
	s := apitest.New(t)
	if err := run(t.Context(), client.Options{URL: s.URL, Token: "wrong"}, []string{"--make"}, io.Discard); err == nil {
		t.Error("a token that is none makes a task")
	}
	if err := run(t.Context(), client.Options{URL: s.URL, Token: "wrong"}, nil, io.Discard); err == nil {
		t.Error("a token that is none claims")
	}
}
