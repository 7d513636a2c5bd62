package main

import (
	"context"
	"io"
	"os"
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

// show is a bar that is shown of a job that reports.
type show struct {
	*client.Reporter
	*apitest.Server
	client *client.Client
	paper  *clienttest.Paper
	ended  chan error
}

// open shows the bar of a new task on out, or on paper if that is nil.
func open(t *testing.T, out io.Writer) *show {
	t.Helper()
	s := &show{Server: apitest.New(t), paper: &clienttest.Paper{}, ended: make(chan error, 1)}
	if out == nil {
		out = s.paper
	}
	o := client.Options{URL: s.URL, Token: apitest.Admin}
	var err error
	if s.client, err = client.New(o); err != nil {
		t.Fatal(err)
	}
	s.Reporter = s.client.Reporter(client.ReporterOptions{Draft: &client.Draft{
		ID: "nightly", Title: "Nightly\x1b[2J backup", Steps: []client.DraftStep{{Name: "Copy"}, {Name: "Check", Approval: &progress.Gate{}}},
	}})
	t.Cleanup(func() { _, _ = s.Close(context.Background()) })
	s.flush(t)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	go func() { s.ended <- run(ctx, o, []string{"nightly"}, out) }()
	return s
}

func (s *show) flush(t *testing.T) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := s.Flush(ctx); err != nil {
		t.Fatal(err)
	}
}

// copied reports a percent of the first step.
func (s *show) copied(t *testing.T, percent float64) {
	t.Helper()
	s.Report(progress.Report{Step: progress.StepRef{Name: "Copy"}, StepProgress: &percent})
	s.flush(t)
}

// TestAcrossRestart shows a task over a restart of the server in its middle.
func TestAcrossRestart(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	s.paper.Says(t, "Nightly[2J backup is pending")
	s.copied(t, 40)
	s.paper.Says(t, " 20 %  Nightly[2J backup: Copy\n")
	s.Stop()
	s.paper.Says(t, "the server is away")
	s.Start()
	s.copied(t, 80)
	s.paper.Says(t, " 40 %  Nightly[2J backup: Copy\n")
	s.Report(progress.Report{Step: progress.StepRef{Name: "Check"}, StepStatus: progress.StepRunning})
	s.paper.Says(t, "Check needs an approval")
	if _, err := s.client.Command(t.Context(), "nightly", progress.VerbApprove, client.CommandOptions{}); err != nil {
		t.Fatal(err)
	}
	s.Report(progress.Report{Status: progress.Completed})
	if err := <-s.ended; err != nil {
		t.Errorf("the bar of a task that completed ends with %v", err)
	}
	if out := s.paper.String(); !strings.HasSuffix(out, "100 %  Nightly[2J backup is completed\n") || strings.Contains(out, "\x1b") {
		t.Errorf("it printed %q", out)
	}
}

func TestPausedAndFailed(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	s.copied(t, 50)
	if _, err := s.client.Command(t.Context(), "nightly", progress.VerbPause, client.CommandOptions{}); err != nil {
		t.Fatal(err)
	}
	s.paper.Says(t, "is paused")
	if _, err := s.client.Command(t.Context(), "nightly", progress.VerbResume, client.CommandOptions{}); err != nil {
		t.Fatal(err)
	}
	s.paper.Says(t, "is paused\n 25 %  Nightly[2J backup: Copy\n")
	s.Report(progress.Report{Status: progress.Failed, Error: &progress.Fault{Message: "the disk is full"}})
	if err := <-s.ended; err == nil || err.Error() != "Nightly[2J backup: it failed: the disk is full" {
		t.Errorf("the bar of a task that failed ends with %v", err)
	}
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	s := open(t, nil)
	s.copied(t, 50)
	if _, err := s.client.Command(t.Context(), "nightly", progress.VerbCancel, client.CommandOptions{Reason: "not today"}); err != nil {
		t.Fatal(err)
	}
	if err := <-s.ended; err == nil || !strings.Contains(err.Error(), "admin cancelled it: not today") {
		t.Errorf("the bar of a task that was cancelled ends with %v", err)
	}
}

// TestTerminal shows the bar in a terminal that is narrower than the text.
func TestTerminal(t *testing.T) {
	t.Parallel()
	far, near, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = far.Close(); _ = near.Close() })
	if err := pty.Setsize(near, &pty.Winsize{Rows: 24, Cols: 50}); err != nil {
		t.Fatal(err)
	}
	seen := &clienttest.Paper{}
	go func() { _, _ = io.Copy(seen, far) }()
	s := open(t, near)
	s.copied(t, 100)
	seen.Says(t, "\r\x1b[2K[###############---------------]  50 %  Nightly[2")
	s.Report(progress.Report{Status: progress.Failed})
	if err := <-s.ended; err == nil {
		t.Error("a task that failed ends well")
	}
	seen.Says(t, " 50 %  Nightly[2\r\n") // the shell's next line begins below
}

func TestWrongUse(t *testing.T) {
	t.Parallel()
	s := apitest.New(t)
	for _, args := range [][]string{nil, {"a", "b"}, {"nobody"}} {
		if err := run(t.Context(), client.Options{URL: s.URL, Token: apitest.Admin}, args, os.Stdout); err == nil {
			t.Errorf("bar %q ends well", args)
		}
	}
	if err := run(t.Context(), client.Options{URL: "ftp://"}, []string{"a"}, os.Stdout); err == nil {
		t.Error("an address that is none is taken")
	}
}
