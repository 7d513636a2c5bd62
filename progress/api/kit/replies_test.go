package kit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskherald/herald/progress"
)

// desk answers requests under keys, and counts what was done.
type desk struct {
	*Replies
	done int
	do   func(*Call) error // nil: counts on
}

func newDesk() *desk { return &desk{Replies: NewReplies(time.Now)} }

// asks makes a request under a key.
func (d *desk) asks(ctx context.Context, once Once, target, body string) (*httptest.ResponseRecorder, error) {
	w := httptest.NewRecorder()
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, target, strings.NewReader(body))
	return w, d.Answer(&Call{Writer: w, Request: r, Most: 100}, once, func(c *Call) error {
		d.done++
		if d.do != nil {
			return d.do(c)
		}
		got, err := io.ReadAll(c.Request.Body)
		c.Writer.Header().Set("Location", "/here")
		c.Reply(http.StatusCreated, fmt.Sprintf("%d %s", d.done, got))
		return err
	})
}

// wants holds what a request is answered, a status and the body or the error.
func (d *desk) wants(t *testing.T, once Once, target, body, want string) {
	t.Helper()
	w, err := d.asks(t.Context(), once, target, body)
	got := fmt.Sprintf("%d %s", Status(err), w.Body)
	if err == nil {
		got = fmt.Sprintf("%d %s %s", w.Code, w.Body, w.Header().Get("Location"))
	}
	if got != want {
		t.Errorf("%+v %s %q is answered %q, want %q", once, target, body, got, want)
	}
}

// TestReplies holds that the same request gets the same reply, and what makes two
// requests the same.
func TestReplies(t *testing.T) {
	t.Parallel()
	d, k := newDesk(), Once{"ann", "/a", "k"}
	for range 3 {
		d.wants(t, k, "/a", "x", `201 "1 x" /here`)
	}
	d.wants(t, k, "/a", "y", "409 ")
	d.wants(t, k, "/a?n=1", "x", "409 ")
	d.wants(t, k, "/a", strings.Repeat("x", 101), "413 ")
	d.wants(t, Once{"bob", "/a", "k"}, "/a", "x", `201 "2 x" /here`)
	d.wants(t, Once{"ann", "/b", "k"}, "/a", "x", `201 "3 x" /here`)
	d.wants(t, Once{"ann", "/a", "l"}, "/a", "x", `201 "4 x" /here`)
	d.wants(t, k, "/a", "x", `201 "1 x" /here`)
}

// TestRepliesThatLast holds which refusals are an answer for good, and which may be
// put right under the same key.
func TestRepliesThatLast(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err   error
		lasts bool
	}{
		{&progress.Error{Code: progress.Conflict, Say: "it is off"}, true}, {&progress.Error{Code: progress.Invalid}, false}, {&progress.Error{Code: progress.NotFound}, false},
		{&progress.Error{Code: progress.Unavailable}, false}, {errors.New("a defect"), false}, {context.Canceled, false},
	} {
		d, k := newDesk(), Once{}
		d.do = func(*Call) error { return c.err }
		d.wants(t, k, "/", "x", fmt.Sprintf("%d ", Status(c.err)))
		d.do = nil
		if d.wants(t, k, "/", "x", map[bool]string{true: "409 ", false: `201 "2 x" /here`}[c.lasts]); (d.done == 1) != c.lasts {
			t.Errorf("%v: done %d times", c.err, d.done)
		}
	}
	for status, again := range map[int]int{204: 1, 400: 2, 500: 2} {
		d := newDesk()
		d.do = func(c *Call) error { c.Writer.WriteHeader(status); return nil }
		d.wants(t, Once{}, "/", "", fmt.Sprintf("%d  ", status))
		if d.wants(t, Once{}, "/", "", fmt.Sprintf("%d  ", status)); d.done != again {
			t.Errorf("%d: done %d times", status, d.done)
		}
	}
}

// TestRepliesAreWaitedFor holds that those who come while the first is under way
// are given its reply; that one who does not wait goes; and that the first is done
// though its caller goes.
func TestRepliesAreWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := newDesk()
		d.do = func(c *Call) error {
			time.Sleep(time.Second)
			c.Reply(http.StatusOK, d.done)
			return c.Ctx().Err()
		}
		gone, leave := context.WithCancel(t.Context())
		go func() { _, _ = d.asks(gone, Once{}, "/", "") }()
		synctest.Wait()
		leave()
		if _, err := d.asks(gone, Once{}, "/", ""); !errors.Is(err, context.Canceled) {
			t.Errorf("one who has gone waits: %v", err)
		}
		for range 9 {
			go d.wants(t, Once{}, "/", "", "200 1 ")
		}
		d.wants(t, Once{}, "/", "", "200 1 ")
		d.wants(t, Once{}, "/", "other", "409 ")
	})
}

// TestRepliesAfterAFall holds that those who wait go on when the first falls, or
// takes for ever.
func TestRepliesAfterAFall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := newDesk()
		d.do = func(c *Call) error {
			switch d.done {
			case 1:
				<-c.Ctx().Done()
				return c.Ctx().Err()
			case 2:
				time.Sleep(time.Second)
				panic("it falls")
			}
			c.Reply(http.StatusOK, d.done)
			return nil
		}
		start := time.Now()
		go d.wants(t, Once{}, "/", "", "503 ")
		synctest.Wait()
		go func() {
			defer func() { _ = recover() }()
			d.wants(t, Once{}, "/", "", "never")
		}()
		synctest.Wait()
		time.Sleep(patience)
		synctest.Wait()
		d.wants(t, Once{}, "/", "", "200 3 ")
		if took := time.Since(start); took != patience+time.Second {
			t.Errorf("took %s", took)
		}
	})
}

// TestLimitsPage holds docs/limits.md to what is remembered.
func TestLimitsPage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../../docs/limits.md")
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf("that a server remembers; in MiB; hours | %d; %d; %d,", keptReplies, keptBytes>>20, int(keptFor.Hours()))
	if !strings.Contains(strings.ReplaceAll(string(page), "10,000", "10000"), want) {
		t.Errorf("docs/limits.md does not say %q", want)
	}
}

// TestRepliesAreForgotten after a day, and when there are too many or they are too
// large, the oldest first.
func TestRepliesAreForgotten(t *testing.T) {
	t.Parallel()
	now := time.Unix(0, 0)
	d := newDesk()
	d.now = func() time.Time { return now }
	d.do = func(c *Call) error { c.Reply(http.StatusOK, d.done); return nil }
	at := func(i int) Once { return Once{Key: fmt.Sprint(i)} }
	d.wants(t, at(0), "/", "", "200 1 ")
	now = now.Add(keptFor - 1)
	d.wants(t, at(0), "/", "", "200 1 ")
	now = now.Add(1)
	d.wants(t, at(0), "/", "", "200 2 ")
	for i := range keptReplies + 1 {
		d.wants(t, at(i), "/", "", fmt.Sprintf("200 %d ", i+2))
	}
	d.wants(t, at(1), "/", "", "200 3 ")
	d.wants(t, at(0), "/", "", fmt.Sprintf("200 %d ", keptReplies+3))
	d.wants(t, at(1), "/", "", fmt.Sprintf("200 %d ", keptReplies+4))
	large := strings.Repeat("x", keptBytes/2)
	d.do = func(c *Call) error { c.Reply(http.StatusOK, large); return nil }
	_, _ = d.asks(t.Context(), at(-1), "/", "")
	_, _ = d.asks(t.Context(), at(-2), "/", "")
	if len(d.under) != 1 || len(d.kept) != 1 || d.bytes > keptBytes || d.under[at(-2)] == nil {
		t.Errorf("keeps %d replies in %d bytes", len(d.under), d.bytes)
	}
}
