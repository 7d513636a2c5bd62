package main

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/apitest"
	"github.com/taskherald/herald/progress/client"
	"github.com/taskherald/herald/progress/client/clienttest"
)

// patience is how long a test waits for what has to come.
const patience = 30 * time.Second

// show is a board that is shown.
type show struct {
	*apitest.Server
	*client.Client
	ended chan error
	stop  context.CancelFunc
}

// open shows a board of the tasks on out.
func open(t *testing.T, out io.Writer, tasks []string, args ...string) *show {
	t.Helper()
	s := &show{Server: apitest.New(t), ended: make(chan error, 1)}
	o := client.Options{URL: s.Server.URL, Token: apitest.Admin}
	var err error
	if s.Client, err = client.New(o); err != nil {
		t.Fatal(err)
	}
	for _, id := range tasks {
		d := client.Draft{ID: progress.TaskID(id), Title: strings.ToUpper(id) + "\x1b[2J", Kind: "kind-of-" + id, Steps: []client.DraftStep{{Name: "Work"}}}
		if _, err := s.Work().Create(t.Context(), d); err != nil {
			t.Fatal(err)
		}
	}
	ctx, stop := context.WithTimeout(t.Context(), patience)
	t.Cleanup(stop)
	s.stop = stop
	go func() { s.ended <- run(ctx, o, args, out) }()
	return s
}

// report reports on a task.
func (s *show) report(t *testing.T, id string, r progress.Report) {
	t.Helper()
	if _, err := s.Work().Report(t.Context(), progress.TaskID(id), progress.Fence{}, r); err != nil {
		t.Fatal(err)
	}
}

// worked is a report of so many percent of the only step.
func worked(percent float64) progress.Report {
	return progress.Report{Step: progress.StepRef{Name: "Work"}, StepProgress: &percent}
}

// TestNamed shows some tasks until all have ended, over a restart of the server.
func TestNamed(t *testing.T) {
	t.Parallel()
	out := &clienttest.Paper{}
	s := open(t, out, []string{"a", "b", "c"}, "a", "b")
	out.Says(t, "pending     0 %  A[2J: Work\n")
	out.Says(t, "pending     0 %  B[2J: Work\n")
	s.report(t, "a", worked(30))
	out.Says(t, "running    30 %  A[2J: Work\n")
	s.Stop()
	out.Says(t, "the server is away")
	s.Start()
	s.report(t, "a", worked(60))
	out.Says(t, "running    60 %  A[2J: Work\n")
	s.report(t, "a", progress.Report{Status: progress.Completed})
	s.report(t, "b", progress.Report{Status: progress.Failed})
	if err := <-s.ended; err != nil {
		t.Error(err)
	}
	text := out.String()
	for _, want := range []string{"completed 100 %  A[2J\n", "failed      0 %  B[2J\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("it does not say %q but\n%s", want, text)
		}
	}
	if strings.Contains(text, "C[2J") || strings.Contains(text, "\x1b") {
		t.Errorf("it shows a task that nobody asked for, or moves the cursor:\n%s", text)
	}
}

// TestAll shows all tasks of a kind. One of them ends while the server cannot be
// heard.
func TestAll(t *testing.T) {
	t.Parallel()
	out := &clienttest.Paper{}
	s := open(t, out, []string{"a", "b"}, "--kind", "kind-of-a")
	out.Says(t, "A[2J")
	s.report(t, "a", worked(10))
	out.Says(t, "running    10 %  A[2J: Work\n")
	if _, err := s.Command(t.Context(), "a", progress.VerbPause, client.CommandOptions{}); err != nil {
		t.Fatal(err)
	}
	out.Says(t, "paused     10 %  A[2J: Work\n")
	s.deafen(t, out, func() { s.report(t, "a", progress.Report{Status: progress.Completed}) })
	d := client.Draft{Title: "later", Kind: "kind-of-a", Steps: []client.DraftStep{{Name: "Sign", Approval: &progress.Gate{}}}}
	later, err := s.Work().Create(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	out.Says(t, "pending     0 %  later: Sign\n")
	out.Says(t, "completed 100 %  A[2J\n")
	s.report(t, string(later.ID), progress.Report{Step: progress.StepRef{Order: 1}, StepStatus: progress.StepRunning})
	out.Says(t, "approval    0 %  later: Sign\n")
	s.stop()
	if err := <-s.ended; err != nil {
		t.Error(err)
	}
	if strings.Contains(out.String(), "B[2J") {
		t.Errorf("it shows a task of another kind:\n%s", out)
	}
}

// deafen does something while no socket can be opened.
func (s *show) deafen(t *testing.T, out *clienttest.Paper, do func()) {
	t.Helper()
	s.Stop()
	s.Gate(func(r *http.Request) bool { return r.URL.Path != "/ws/tasks" })
	s.Start()
	out.Says(t, "the server is away")
	do()
	s.Gate(nil)
}

// TestTerminal shows more tasks than there are lines, in colour and without.
func TestTerminal(t *testing.T) {
	for _, c := range []struct{ noColour, want string }{
		{"", "\x1b[36mrunning  \x1b[0m [##########----------]  50 %  B[2J: Work"},
		{"1", "\nrunning   [##########----------]  50 %  B[2J: Work"},
	} {
		t.Setenv("NO_COLOR", c.noColour)
		far, near, err := pty.Open()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = far.Close(); _ = near.Close() })
		if err := pty.Setsize(near, &pty.Winsize{Rows: 4, Cols: 80}); err != nil {
			t.Fatal(err)
		}
		seen := &clienttest.Paper{}
		go func() { _, _ = io.Copy(seen, far) }()
		s := open(t, near, []string{"a", "b", "c"}, "a", "b", "c")
		s.report(t, "b", worked(50))
		seen.Says(t, c.want)
		seen.Says(t, "and 1 more")
		s.report(t, "a", progress.Report{Status: progress.Completed})
		seen.Says(t, "\x1b[3A") // drawn again in place
		s.stop()
		if err := <-s.ended; err != nil {
			t.Error(err)
		}
	}
}

func TestFitting(t *testing.T) {
	t.Parallel()
	rows := []*row{{id: "a", status: progress.Running}, {id: "b", status: progress.Failed}, {id: "c", status: progress.Completed}, {id: "d"}}
	for room, want := range map[int]string{0: "a", 1: "a", 2: "ad", 3: "acd", 4: "abcd", 9: "abcd"} {
		got := ""
		for _, r := range fitting(rows, room) {
			got += string(r.id)
		}
		if got != want {
			t.Errorf("%d rows have room for %q, want %q", room, got, want)
		}
	}
}

func TestWrongUse(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	o := client.Options{URL: s.URL, Token: apitest.Admin}
	for _, args := range [][]string{{"--what"}, {"nobody"}} {
		if err := run(t.Context(), o, args, io.Discard); err == nil {
			t.Errorf("board %q ends well", args)
		}
	}
	if err := run(t.Context(), client.Options{URL: "ftp://"}, nil, io.Discard); err == nil {
		t.Error("an address that is none is taken")
	}
}
