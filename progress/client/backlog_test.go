package client

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
)

// TestMergingTellsTheSame holds, for random reports and random moments at which
// some are sent, that a task which is told the merged ones ends up as one that is
// told each.
func TestMergingTellsTheSame(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		o := newOutbox()
		var all, sent []progress.Report
		for i := range 60 {
			p := randomReport(r, float64(i))
			all = append(all, p)
			o.report(&entry{report: p})
			if r.IntN(8) == 0 {
				sent = append(sent, drained(o)...)
			}
		}
		sent = append(sent, drained(o)...)
		one, merged := lived(t, all), lived(t, sent)
		if one != merged {
			t.Fatalf("seed %d: told each\n%s\ntold the merged\n%s", seed, one, merged)
		}
		if len(sent) > len(all) {
			t.Fatal("more was sent than given")
		}
	}
}

// randomReport says some of what a report may say; its percents rise with time.
func randomReport(r *rand.Rand, percent float64) (p progress.Report) {
	if n := r.IntN(5); n > 0 {
		p.Step.Name = fmt.Sprint("s", n)
	}
	if r.IntN(10) == 0 && p.Step.Name != "" {
		p.StepStatus = progress.StepRunning
		return p
	}
	if p.Step.Name != "" {
		p.StepProgress = new(percent)
	}
	if r.IntN(2) == 0 {
		p.Progress = new(percent)
	}
	if r.IntN(2) == 0 {
		p.Message = new(fmt.Sprint("m", r.IntN(1000)))
	}
	for range r.IntN(3) {
		if p.Metrics == nil {
			p.Metrics = map[string]json.RawMessage{}
		}
		p.Metrics[fmt.Sprint("k", r.IntN(4))] = json.RawMessage(fmt.Sprint(r.IntN(1000)))
	}
	return p
}

// drained takes all that waits.
func drained(o *outbox) (out []progress.Report) {
	for {
		batch := o.nextReports()
		if len(batch) == 0 {
			return out
		}
		done := map[*entry]bool{}
		for _, e := range batch {
			out = append(out, e.report)
			done[e] = true
		}
		o.change(func() { o.reports.settle(done, false) })
	}
}

// lived is how a task ends up that is told the reports.
func lived(t *testing.T, reports []progress.Report) string {
	t.Helper()
	at := time.Unix(1e9, 0)
	by := progress.Actor{Person: "w", Rights: progress.MayAdmin, All: true}
	task, _, err := progress.Act(progress.Task{}, progress.Command{Task: "t", By: by, Do: progress.Create{Spec: progress.Spec{Title: "T"}}}, at)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range reports {
		if task, _, err = progress.Act(task, progress.Command{Task: "t", By: by, Do: p}, at); err != nil {
			t.Fatal(err)
		}
	}
	w := task.Wire(progress.Whole, nil)
	w.Version = 0 // of what was seen in between
	out, err := json.Marshal(w)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestMergeKeepsTheNewest(t *testing.T) {
	t.Parallel()
	o := newOutbox()
	given := map[string]json.RawMessage{"x": json.RawMessage("1")}
	give := func(p progress.Report) { o.report(&entry{report: p}) }
	give(step("a", progress.StepRunning))
	give(progress.Report{Step: progress.StepRef{Name: "a"}, Progress: new(1.0), Message: new("old"), Metrics: given})
	give(step("b", progress.StepRunning))
	give(progress.Report{Step: progress.StepRef{Name: "a"}, StepProgress: new(5.0), Progress: new(2.0), Message: new("a"), Metrics: given})
	give(progress.Report{Step: progress.StepRef{Name: "b"}, StepProgress: new(6.0), Message: new("b")})
	give(progress.Report{Step: progress.StepRef{Name: "a"}, StepProgress: new(7.0), Metrics: map[string]json.RawMessage{"y": json.RawMessage("2")}})
	var said []string
	for _, p := range drained(o) {
		b, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		said = append(said, string(b[:strings.LastIndex(string(b), `,"seq"`)]))
	}
	if want := []string{
		`{"step":"a","step_status":"running"`, `{"progress":1,"step":"a","message":"old","metrics":{"x":1}`, `{"step":"b","step_status":"running"`,
		`{"step":"b","step_progress":6,"message":"b"`, `{"progress":2,"step":"a","step_progress":7,"metrics":{"x":1,"y":2}`,
	}; !slices.Equal(said, want) {
		t.Errorf("%s", strings.Join(said, "\n"))
	}
	if len(given) != 1 {
		t.Error("a caller's map was changed")
	}
}

func TestBacklogIsBounded(t *testing.T) {
	t.Parallel()
	o := newOutbox()
	for range maxReports {
		if !o.report(&entry{report: step("a", progress.StepRunning)}) {
			t.Fatal("no room")
		}
	}
	if o.report(&entry{report: step("a", progress.StepRunning)}) || !o.report(&entry{report: progress.Report{Status: progress.Failed}}) {
		t.Error("the end of the task has to fit, and nothing else")
	}
	if !o.report(&entry{report: percent("a", 1)}) || !o.report(&entry{report: percent("a", 2)}) || o.left() != maxReports+2 {
		t.Error("a percent has to fit, and its next with it", o.left())
	}
}

// TestOvertakenReports holds that a report which could not be taken, while later
// ones of the same request were, is not passed over as seen.
func TestOvertakenReports(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	id := s.task("a", "b", "c")
	s.Stop()
	r := s.client().Reporter(ReporterOptions{Task: id, Beat: time.Hour})
	r.Report(progress.Report{Metrics: map[string]json.RawMessage{"one": json.RawMessage("1")}})
	r.Report(step("a", progress.StepRunning))
	r.Report(step("b", progress.StepRunning))
	first := true
	s.meet(func(r *http.Request) fault {
		if r.URL.Path != "/api/reports" || !first {
			return nil
		}
		first = false
		return withoutFirst
	})
	s.Start()
	closed(t, r)
	got := s.get(id)
	if string(got.Metrics["one"]) != "1" || got.Steps[0].Status != progress.StepRunning || got.Steps[1].Status != progress.StepRunning {
		t.Error(got)
	}
}

// withoutFirst takes all lines but the first, which it could not.
func withoutFirst(w http.ResponseWriter, r *http.Request, next http.Handler) {
	body := make([]byte, r.ContentLength)
	if _, err := readFull(r, body); err != nil {
		panic(err)
	}
	_, rest, _ := strings.Cut(string(body), "\n")
	r = r.Clone(r.Context())
	r.Body, r.ContentLength = bodyOf(rest), int64(len(rest))
	w.Header().Set("Content-Type", "application/x-ndjson")
	_, _ = w.Write([]byte(`{"task_id":"x","code":503,"control":null,"detail":"busy"}` + "\n"))
	next.ServeHTTP(w, r)
}

func TestOutput(t *testing.T) {
	t.Parallel()
	var o output
	const all = maxLines + 5000
	for i := range all {
		o.add(progress.LogLine{N: int64(i + 1), Line: fmt.Sprint(i)})
	}
	if o.count() > maxLines+1 || o.omitted < 5000 {
		t.Fatal(o.count(), o.omitted)
	}
	omitted := o.omitted
	var got []string
	for p := o.take(); p != nil; p = o.take() {
		if again := o.take(); again != p || len(p.lines) > batchLines {
			t.Fatal("a parcel stays until it is settled")
		}
		for _, l := range p.lines {
			got = append(got, l.Line)
		}
		o.settle(p)
	}
	if len(got) != all-omitted+1 || got[0] != "0" || got[len(got)-1] != fmt.Sprint(all-1) {
		t.Error(len(got), omitted)
	}
	if i := slices.IndexFunc(got, func(s string) bool { return strings.Contains(s, fmt.Sprint(omitted, " lines are left out")) }); i != maxLines/2 {
		t.Error("the gap is not marked where it is:", i)
	}
	if o.count() != 0 || o.oldest() != 0 {
		t.Error(o.count(), o.oldest())
	}
}

func TestOutputIsBoundedInBytes(t *testing.T) {
	t.Parallel()
	var o output
	line := strings.Repeat("x", maxLine)
	for i := range 2 * maxLineBytes / maxLine {
		o.add(progress.LogLine{N: int64(i + 1), Line: line})
	}
	if o.head.bytes+o.tail.bytes > maxLineBytes || o.omitted == 0 {
		t.Error(o.head.bytes, o.tail.bytes, o.omitted)
	}
}

func TestPieces(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("ü", maxLine)
	for in, n := range map[string]int{"": 1, "x": 1, strings.Repeat("x", maxLine): 1, strings.Repeat("x", maxLine+1): 2, long: 2, strings.Repeat("\xffa", maxLine/2): 2, "a\x00b": 1} {
		got := pieces(in)
		if len(got) != n || strings.Contains(strings.Join(got, ""), "\x00") || slices.ContainsFunc(got, func(s string) bool { return len(s) > maxLine }) {
			t.Errorf("%.10q: %d pieces, want %d", in, len(got), n)
		}
	}
	if strings.Join(pieces(long), "") != long {
		t.Error("a long line is not whole any more")
	}
	if got := short(strings.Repeat("ü", 300)); got != strings.Repeat("ü", maxName) {
		t.Error(len(got))
	}
}

// TestBadLines holds that a server of lower limits loses no more than what it
// does not take.
func TestBadLines(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	id := s.task()
	s.meet(func(r *http.Request) fault {
		if !strings.HasSuffix(r.URL.Path, "/logs") || r.Method != http.MethodPost {
			return nil
		}
		return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			body := make([]byte, r.ContentLength)
			if _, err := readFull(r, body); err != nil {
				panic(err)
			}
			if holds(body, "BAD") {
				problem(413, progress.TooLarge, "")(w, r, next)
				return
			}
			r.Body = bodyOf(string(body))
			next.ServeHTTP(w, r)
		}
	})
	var h hears
	r := s.client().Reporter(h.options(ReporterOptions{Task: id, Beat: time.Hour}))
	for i := range 20 {
		text := fmt.Sprint("line ", i)
		if i == 7 {
			text = "BAD"
		}
		r.Log(progress.LogLine{Line: text})
	}
	if err := r.Flush(soon(t)); problemStatus(err) != 413 {
		t.Error(err)
	}
	closed(t, r)
	s.meet(nil)
	lines, _, err := s.client().Logs(soon(t), id, LogQuery{})
	if err != nil || len(lines) != 19 || lines[7].Line != "line 8" || len(h.troubles()) != 1 {
		t.Error(lines, err, h.troubles())
	}
}
