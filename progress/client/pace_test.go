package client

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskherald/herald/progress"
)

// readFull reads a request's body.
func readFull(r *http.Request, b []byte) (int, error) { return io.ReadFull(r.Body, b) }

// bodyOf is a body of that text.
func bodyOf(text string) io.ReadCloser { return io.NopCloser(strings.NewReader(text)) }

// far is a server that is a function.
type far struct {
	mu    sync.Mutex
	calls []call
	reply func(n int, r *http.Request) (*http.Response, error) // of the nth call, from 1
}

// call is a request and its time.
type call struct {
	path string
	at   time.Time
}

func (f *far) RoundTrip(r *http.Request) (*http.Response, error) {
	f.mu.Lock()
	f.calls = append(f.calls, call{r.URL.Path, time.Now()})
	n := len(f.calls)
	f.mu.Unlock()
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body)
	}
	return f.reply(n, r)
}

// gaps are the times between the calls.
func (f *far) gaps() (out []time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := 1; i < len(f.calls); i++ {
		out = append(out, f.calls[i].at.Sub(f.calls[i-1].at))
	}
	return out
}

// says is an answer.
func says(status int, kind, body string, headers ...string) *http.Response {
	h := http.Header{"Content-Type": {kind}}
	for i := 0; i+1 < len(headers); i += 2 {
		h.Set(headers[i], headers[i+1])
	}
	return &http.Response{StatusCode: status, Header: h, Body: bodyOf(body)}
}

// fine is a good answer to a report.
func fine() (*http.Response, error) {
	return says(200, "application/json", `{"task_id":"a","status":"running","version":1,"control":null,"run":1,"attempt":1}`), nil
}

func (f *far) reporter(t *testing.T, o ReporterOptions) *Reporter {
	t.Helper()
	c, err := New(Options{Transport: f})
	if err != nil {
		t.Fatal(err)
	}
	o.Task = "a"
	return c.Reporter(o)
}

func TestBackoff(t *testing.T) {
	t.Parallel()
	for range 200 {
		var b backoff
		bound := firstWait
		for range 40 {
			if d := b.next(0); d < leastWait || d > bound {
				t.Fatalf("%s, which is not up to %s", d, bound)
			}
			bound = min(2*bound, lastWait)
		}
		if d := b.next(time.Minute); d < time.Minute || d > time.Minute+lastWait {
			t.Fatal("the server asked for a minute", d)
		}
		b.reset()
		if d := b.next(0); d > firstWait {
			t.Fatal(d)
		}
	}
}

// TestPauses holds that a server that is away is not pressed, and that it is
// found soon when it is back.
func TestPauses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		back := time.Now().Add(10 * time.Minute)
		f := &far{reply: func(int, *http.Request) (*http.Response, error) {
			if time.Now().Before(back) {
				return nil, errors.New("connection refused")
			}
			return fine()
		}}
		var h hears
		r := f.reporter(t, h.options(ReporterOptions{Beat: time.Hour}))
		r.Report(progress.Report{Progress: new(1.0)})
		if err := r.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		if late := time.Since(back); late > lastWait {
			t.Error("it was found after", late)
		}
		for _, gap := range f.gaps() {
			if gap > lastWait {
				t.Error(gap)
			}
		}
		if n := len(f.calls); n > 2000 || n < 120 {
			t.Error("calls in ten minutes:", n)
		}
		if heard := h.troubles(); len(heard) != 2 || !isAway(heard[0]) || heard[1] != nil {
			t.Error(heard)
		}
		if left, err := r.Close(t.Context()); left != 0 || err != nil {
			t.Error(left, err)
		}
	})
}

func TestRetryAfterIsObeyed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &far{reply: func(n int, _ *http.Request) (*http.Response, error) {
			if n == 1 {
				return says(429, "application/problem+json", `{"code":"limited","detail":"slow down"}`, "Retry-After", "30"), nil
			}
			return fine()
		}}
		r := f.reporter(t, ReporterOptions{Beat: time.Hour})
		r.Report(progress.Report{Progress: new(1.0)})
		if err := r.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		if gap := f.gaps()[0]; gap < 30*time.Second || gap > 31*time.Second {
			t.Error(gap)
		}
		_, _ = r.Close(t.Context())
	})
}

// TestHeartbeats holds how often an idle worker is heard of.
func TestHeartbeats(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		o         ReporterOptions
		listening bool
		want      time.Duration
	}{
		"deaf": {want: beatDeaf}, "listening": {listening: true, want: beatListening}, "as it is told": {o: ReporterOptions{Beat: 7 * time.Second}, want: 7 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				f := &far{reply: func(int, *http.Request) (*http.Response, error) { return fine() }}
				r := f.reporter(t, c.o)
				r.Listening(c.listening)
				time.Sleep(10*c.want + time.Second)
				synctest.Wait()
				if len(f.calls) != 10 {
					t.Error(len(f.calls), f.gaps())
				}
				for _, gap := range f.gaps() {
					if gap != c.want {
						t.Error(gap)
					}
				}
				r.Report(progress.Report{Progress: new(1.0)}) // which is as good as a heartbeat
				time.Sleep(c.want - time.Millisecond)
				synctest.Wait()
				if last := f.calls[len(f.calls)-1]; len(f.calls) != 11 || !strings.HasSuffix(last.path, "/progress") {
					t.Error(f.calls)
				}
				_, _ = r.Close(t.Context())
			})
		})
	}
}

// TestDefects holds that a report which the server cannot take for a defect of
// its own is given up, and what comes after it is not.
func TestDefects(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &far{reply: func(n int, _ *http.Request) (*http.Response, error) {
			if n <= maxTries {
				return says(500, "application/problem+json", `{"code":"internal","detail":"oops"}`), nil
			}
			return fine()
		}}
		var h hears
		r := f.reporter(t, h.options(ReporterOptions{Beat: time.Hour}))
		r.Report(progress.Report{Progress: new(1.0)})
		if err := r.Flush(t.Context()); problemStatus(err) != 500 {
			t.Error(err)
		}
		r.Report(progress.Report{Progress: new(2.0)})
		if err := r.Flush(t.Context()); err != nil || len(f.calls) != maxTries+1 {
			t.Error(err, len(f.calls))
		}
		_, _ = r.Close(t.Context())
	})
}

// TestCloseEndsAll holds that no goroutine stays, whatever the server does.
func TestCloseEndsAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { // which fails if one is left
		f := &far{reply: func(_ int, r *http.Request) (*http.Response, error) {
			<-r.Context().Done() // a server that never answers
			return nil, r.Context().Err()
		}}
		r := f.reporter(t, ReporterOptions{Spool: t.TempDir()})
		r.Report(progress.Report{Progress: new(1.0)})
		r.Log(progress.LogLine{Line: "x"})
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		begun := time.Now()
		left, err := r.Close(ctx)
		if left != 2 || err != nil || time.Since(begun) != time.Minute {
			t.Error(left, err, time.Since(begun))
		}
	})
}

// TestFullBacklogIsTold holds that the owner hears when reports are dropped.
func TestFullBacklogIsTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := &far{reply: func(int, *http.Request) (*http.Response, error) { return nil, errors.New("connection refused") }}
		var h hears
		r := f.reporter(t, h.options(ReporterOptions{Spool: t.TempDir()}))
		for range maxReports + 10 {
			r.Report(step("a", progress.StepRunning))
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if left, err := r.Close(ctx); left != maxReports || !errors.Is(err, ErrFull) {
			t.Error(left, err)
		}
	})
}
