package client

import (
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
)

// TestTokenEnds holds that a token that ends while the work goes on loses
// nothing: what waits is kept, and sent with another one.
func TestTokenEnds(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	id, folder := s.task("a", "b"), t.TempDir()
	made, err := s.client().Access().MakeToken(soon(t), NewToken{Name: "ends", Scopes: []string{"read", "report"}})
	if err != nil {
		t.Fatal(err)
	}
	var h hears
	r := s.client(func(o *Options) { o.Token = made.Secret }).Reporter(h.options(ReporterOptions{Task: id, Beat: time.Hour, Spool: folder}))
	r.Report(step("a", progress.StepRunning))
	if err := r.Flush(soon(t)); err != nil {
		t.Fatal(err)
	}
	if _, err := s.client().Access().RevokeToken(soon(t), made.ID); err != nil {
		t.Fatal(err)
	}
	r.Beat()
	eventually(t, "word of the token", func() bool { return len(h.troubles()) > 0 })
	r.Report(step("a", progress.StepCompleted))
	r.Report(progress.Report{Status: progress.Completed})
	r.Log(progress.LogLine{Line: "out"})
	if left, err := r.Close(brief(t)); left != 3 || err != nil {
		t.Error(left, err)
	}
	if told := h.troubles(); len(told) != 1 || !isAway(told[0]) || problemStatus(told[0]) != 401 {
		t.Error(told)
	}
	synced(t, s, folder)
	lines, _, err := s.client().Logs(soon(t), id, LogQuery{})
	if got := s.get(id); got.Status != progress.Completed || len(lines) != 1 || err != nil {
		t.Error(got.Status, lines, err)
	}
}

// TestTokenIsMasked holds that a command that writes the token into its output
// gives it to nobody.
func TestTokenIsMasked(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	id := s.task("a")
	r := s.client().Reporter(ReporterOptions{Task: id, Beat: time.Hour})
	said := "HERALD_TOKEN=" + adminToken
	r.Report(progress.Report{Message: &said})
	r.Log(progress.LogLine{Line: said})
	if _, err := r.Close(soon(t)); err != nil {
		t.Fatal(err)
	}
	lines, _, err := s.client().Logs(soon(t), id, LogQuery{})
	if err != nil || len(lines) != 1 || lines[0].Line != "HERALD_TOKEN=***" {
		t.Error(lines, err)
	}
	if got := s.get(id).Message; got != "HERALD_TOKEN=***" || strings.Contains(got, adminToken) {
		t.Error(got)
	}
}
