package client

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofrs/flock"

	"github.com/taskherald/herald/progress"
)

// brief is a context for what cannot come.
func brief(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	t.Cleanup(cancel)
	return ctx
}

// leave tells a story while the server is away, and leaves it in a folder.
func leave(t *testing.T, s *testServer, o ReporterOptions, n, ticks int) *Reporter {
	t.Helper()
	r := s.client().Reporter(o)
	story(r, n, ticks)
	waits := r.link.box.left()
	if !r.link.exists() {
		waits++
	}
	left, err := r.Close(brief(t))
	if left != waits || err != nil {
		t.Fatalf("%d left of %d, %v", left, waits, err)
	}
	return r
}

func files(t *testing.T, folder string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(names, func(name string) bool { return filepath.Base(name) == ".lock" })
}

// synced sends all that is in a folder.
func synced(t *testing.T, s *testServer, folder string) {
	t.Helper()
	var err error
	for until := time.Now().Add(patience); time.Now().Before(until); {
		var left int
		if _, left, err = s.client().Sync(soon(t), folder); left == 0 && err == nil {
			if names := files(t, folder); len(names) > 0 {
				t.Fatal("this is left:", names)
			}
			return
		}
	}
	t.Fatal(err)
}

func TestSpool(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.Stop()
	folder := filepath.Join(t.TempDir(), "a", "spool")
	r := leave(t, s, ReporterOptions{Draft: &Draft{Title: "Story"}, Spool: folder, Lease: "the-lease"}, 4, 5)
	names := files(t, folder)
	if len(names) != 1 {
		t.Fatal(names)
	}
	b, err := os.ReadFile(names[0])
	if err != nil || holds(b, adminToken) || holds(b, "the-lease") || !holds(b, string(r.Task())) {
		t.Errorf("%s, %v", b, err)
	}
	for path, mode := range map[string]os.FileMode{names[0]: 0o600, folder: 0o700 | os.ModeDir} {
		if i, err := os.Stat(path); err != nil || i.Mode() != mode {
			t.Error(path, i.Mode(), err)
		}
	}
	if sent, left, err := s.client().Sync(soon(t), folder); sent != 0 || left == 0 || !isAway(err) {
		t.Error(sent, left, err)
	}
	s.Start()
	synced(t, s, folder)
	told(t, s, r.Task(), 4, 5)
	if sent, left, err := s.client().Sync(soon(t), filepath.Join(folder, "none")); sent != 0 || left != 0 || err != nil {
		t.Error(sent, left, err)
	}
}

// TestSpoolOfAnUnknownOutcome holds that what the server took without the
// reporter hearing of it counts once.
func TestSpoolOfAnUnknownOutcome(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	folder := t.TempDir()
	r := s.client().Reporter(ReporterOptions{Draft: &Draft{Title: "Story"}, Spool: folder, Beat: time.Hour})
	if err := r.Flush(soon(t)); err != nil {
		t.Fatal(err)
	}
	s.meet(posts(turns(cutAfter)))
	story(r, 3, 3)
	eventually(t, "reports and lines get there", func() bool {
		got := s.get(r.Task())
		lines, _, err := s.client().Logs(soon(t), r.Task(), LogQuery{})
		return got.Status != progress.Pending && err == nil && len(lines) > 0
	})
	if left, err := r.Close(brief(t)); left == 0 || err != nil {
		t.Fatal(left, err)
	}
	s.meet(nil)
	synced(t, s, folder)
	told(t, s, r.Task(), 3, 3)
}

// TestSyncTogether holds that many may sync at once, over a bad line, and be cut
// off anywhere, and that all counts once.
func TestSyncTogether(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.Stop()
	folder := t.TempDir()
	var stories []*Reporter
	for i := range 4 {
		stories = append(stories, leave(t, s, ReporterOptions{Draft: &Draft{Title: fmt.Sprint("Story ", i)}, Spool: folder}, 3, 4))
	}
	s.Start()
	n := 0
	s.meet(posts(func(*http.Request) fault {
		if n++; n%3 == 0 {
			return cutAfter
		}
		return nil
	}))
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for len(spooledNames(t, folder)) > 0 {
				if _, _, err := s.client().Sync(soon(t), folder); err != nil && !isAway(err) {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	s.meet(nil)
	for _, r := range stories {
		told(t, s, r.Task(), 3, 4)
	}
}

func spooledNames(t *testing.T, folder string) []string {
	t.Helper()
	names, err := spooled(folder)
	if err != nil {
		t.Error(err)
	}
	return names
}

// TestSyncKilled holds that a sync that is killed after the server took
// everything, or some of it, is made good by the next.
func TestSyncKilled(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.Stop()
	folder := t.TempDir()
	r := leave(t, s, ReporterOptions{Draft: &Draft{Title: "Story"}, Spool: folder}, 3, 4)
	names := files(t, folder)
	was, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	for range 2 {
		synced(t, s, folder)
		if err := os.WriteFile(names[0], was, 0o600); err != nil { // as if nothing had been deleted
			t.Fatal(err)
		}
	}
	synced(t, s, folder)
	told(t, s, r.Task(), 3, 4)
}

// TestSyncWaits holds that it waits for another, as long as ctx allows.
func TestSyncWaits(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.Stop()
	folder := t.TempDir()
	leave(t, s, ReporterOptions{Draft: &Draft{Title: "Story"}, Spool: folder}, 1, 1)
	lock := flock.New(filepath.Join(folder, ".lock"))
	if err := lock.Lock(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.client().Sync(brief(t), folder); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	if err := lock.Unlock(); err != nil {
		t.Fatal(err)
	}
	s.Start()
	synced(t, s, folder)
}

// TestSyncRefused holds what becomes of reports that the server refuses later.
func TestSyncRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*Options)
		before func(s *testServer, id progress.TaskID)
		left   bool
		text   string
	}{
		"a wrong token": {change: func(o *Options) { o.Token = "wrong" }, left: true, text: "token"},
		"another server": {
			change: func(o *Options) { o.URL = strings.Replace(o.URL, "127.0.0.1", "localhost", 1) },
			before: func(s *testServer, _ progress.TaskID) { s.lose() }, left: true, text: "no task",
		},
		"a lost task":    {before: func(s *testServer, _ progress.TaskID) { s.lose() }, text: "no task"},
		"a task retaken": {before: func(s *testServer, id progress.TaskID) { s.retake(id) }, text: "another worker"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t)
			id := NewTaskID()
			if _, err := s.client().Work().Create(soon(t), Draft{ID: id, Title: "T", Kind: "k"}); err != nil {
				t.Fatal(err)
			}
			s.Stop()
			folder := t.TempDir()
			leave(t, s, ReporterOptions{Task: id, Spool: folder, Worker: "w1", Lease: "lapsed"}, 2, 1)
			s.Start()
			if c.before != nil {
				c.before(s, id)
			}
			var more []func(*Options)
			if c.change != nil {
				more = append(more, c.change)
			}
			sent, left, err := s.client(more...).Sync(soon(t), folder)
			if (left > 0) != c.left || (sent > 0) == c.left || err == nil || !strings.Contains(err.Error(), c.text) || isAway(err) {
				t.Error(sent, left, err)
			}
			if got := len(files(t, folder)) > 0; got != c.left {
				t.Error(files(t, folder))
			}
			if name == "a task retaken" && s.get(id).TotalSteps > 0 {
				t.Error("the reports of the old worker counted")
			}
		})
	}
}

// lose starts the server again on a new database.
func (s *testServer) lose() {
	s.Stop()
	s.Forget()
	s.Start()
}

// retake has another worker take the task.
func (s *testServer) retake(id progress.TaskID) {
	s.t.Helper()
	got, ok, err := s.client().Work().Claim(context.Background(), []string{"k"}, "w2", 0)
	if err != nil || !ok || got.ID != id {
		s.t.Fatal(got, ok, err)
	}
}

func TestDamagedSpool(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	folder := t.TempDir()
	for name, text := range map[string]string{"1.ndjson": "{", "2.ndjson": `{"spool":9,"task_id":"a"}`, "3.ndjson": "", "4.ndjson": `{"spool":1,"task_id":"a"}` + "\nx"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	s.Stop()
	r := leave(t, s, ReporterOptions{Draft: &Draft{Title: "Story"}, Spool: folder}, 2, 2)
	s.Start()
	sent, left, err := s.client().Sync(soon(t), folder)
	if sent == 0 || left != 0 || err == nil || strings.Count(err.Error(), "set aside") != 4 {
		t.Error(sent, left, err)
	}
	told(t, s, r.Task(), 2, 2)
	if names := files(t, folder); len(names) != 4 || !strings.HasSuffix(names[0], "1.ndjson.damaged") {
		t.Error(names)
	}
}
