package discord

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

type answers func(*http.Request) (*http.Response, error)

func (a answers) RoundTrip(r *http.Request) (*http.Response, error) { return a(r) }

// TestForgotten holds that what was learnt of interactions, each of which has limits of its own,
// does not stay, even if they are many; and what is learnt of a route is not another's.
func TestForgotten(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := NewClient(ClientOptions{Token: "t", Transport: answers(func(r *http.Request) (*http.Response, error) {
			h := http.Header{}
			h.Set("X-RateLimit-Bucket", "of-"+r.Method)
			h.Set("X-RateLimit-Limit", "5")
			h.Set("X-RateLimit-Remaining", "4")
			h.Set("X-RateLimit-Reset-After", "2")
			return &http.Response{StatusCode: 200, Header: h, Body: io.NopCloser(strings.NewReader(`{"id":"1","channel_id":"2"}`))}, nil
		})})
		most := 0
		for n := range 2_000 {
			token := "h0ok" + strconv.Itoa(n)
			if err := c.Callback(t.Context(), strconv.Itoa(n), token, Response{Type: 5}); err != nil {
				t.Fatal(err)
			}
			if _, err := c.EditOriginal(t.Context(), "1", token, Draft{}); err != nil {
				t.Fatal(err)
			}
			most = max(most, len(c.limits.buckets))
			time.Sleep(50 * time.Millisecond)
		}
		if most > 2*mostBuckets {
			t.Errorf("%d buckets", most)
		}
		if err := c.StartThread(t.Context(), "2", "1", "x"); err != nil {
			t.Fatal(err)
		}
		for key := range c.limits.buckets {
			if !strings.HasPrefix(key, "of-") {
				t.Errorf("%q has no name", key)
			}
		}
	})
}
