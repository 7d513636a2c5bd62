package callout_test

import (
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/callout"
)

// TestRefuses holds which answers no other try would change.
func TestRefuses(t *testing.T) {
	t.Parallel()
	var got []int
	for status := range 600 {
		if callout.Refuses(status) {
			got = append(got, status)
		}
	}
	if want := []int{400, 405, 411, 413, 415, 422}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestHear holds that of a body no more is read than its beginning.
func TestHear(t *testing.T) {
	t.Parallel()
	body := strings.NewReader(strings.Repeat("x", 1<<20))
	said := callout.Hear(body, func() { t.Error("hung up") })
	if len(said) != 4<<10 || body.Len() != 1<<20-4<<10 {
		t.Errorf("heard %d bytes, left %d", len(said), body.Len())
	}
}

// TestHearNoEnd holds that nobody waits for a body that does not end, and that what
// was there of it counts.
func TestHearNoEnd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		body, far := io.Pipe()
		ctx, hangUp := context.WithCancel(t.Context())
		context.AfterFunc(ctx, func() { body.CloseWithError(ctx.Err()) })
		go func() { _, _ = far.Write([]byte("so far")) }()
		begun := time.Now()
		if said := callout.Hear(body, hangUp); string(said) != "so far" || time.Since(begun) != time.Second {
			t.Errorf("heard %q in %s", said, time.Since(begun))
		}
	})
}

func TestAnswered(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		status     int
		more, want string
	}{
		{410, "", "gone: a.test answered 410 Gone"},
		{599, "", "gone: a.test answered 599"},
		{404, "it is over", "gone: a.test answered 404 Not Found: it is over"},
	} {
		if got := callout.Answered(notify.Gone, "a.test", c.status, c.more).Error(); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

// TestUntil holds what is read of a date in Retry-After, and whose clock counts.
func TestUntil(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	theirs := noon.Add(-3 * time.Hour)
	date := func(at time.Time) string { return at.Format(http.TimeFormat) }
	for _, c := range []struct {
		after, date string
		want        time.Duration
		ok          bool
	}{
		{"", "", 0, false},
		{"7", "", 0, false},
		{"soon", date(theirs), 0, false},
		{date(noon.Add(90 * time.Second)), "", 90 * time.Second, true},
		{date(noon.Add(90 * time.Second)), "now", 90 * time.Second, true},
		{date(theirs.Add(90 * time.Second)), date(theirs), 90 * time.Second, true},
		{date(noon.Add(-time.Hour)), "", 0, true},
		{date(noon.Add(48 * time.Hour)), "", 24 * time.Hour, true},
	} {
		got, ok := callout.Until(http.Header{"Retry-After": {c.after}, "Date": {c.date}}, noon)
		if got != c.want || ok != c.ok {
			t.Errorf("%q at %q: %s, %t, want %s, %t", c.after, c.date, got, ok, c.want, c.ok)
		}
	}
}
