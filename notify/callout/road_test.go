package callout_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/taskherald/herald/notify/callout"
)

// road is a carrier that answers what it is made of.
type road func(*http.Request) (*http.Response, error)

func (r road) RoundTrip(q *http.Request) (*http.Response, error) { return r(q) }

func answers(status int, body io.Reader) road {
	return func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: status, Header: http.Header{"A": {"b"}}, Body: io.NopCloser(body)}, nil
	}
}

func carry(ctx context.Context, t *testing.T, by http.RoundTripper, address string) (callout.Answer, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	return callout.Road{Carrier: by, Patience: 10 * time.Second, Most: 10}.Carry(r)
}

// TestRoad holds that an answer of any status is one, and which are none.
func TestRoad(t *testing.T) {
	t.Parallel()
	const hush = "https://www.a.test/hush"
	for _, status := range []int{200, 302, 404, 500} {
		a, err := carry(t.Context(), t, answers(status, strings.NewReader("0123456789")), hush)
		if err != nil || a.Status != status || string(a.Body) != "0123456789" || a.Header.Get("A") != "b" {
			t.Errorf("%+v, %v", a, err)
		}
	}
	for want, by := range map[string]http.RoundTripper{
		"longer than any":      answers(200, strings.NewReader("0123456789x")),
		"a.test has hung up":   answers(200, io.MultiReader(strings.NewReader("01"), broken{})),
		"a.test has hung up w": road(func(*http.Request) (*http.Response, error) { return nil, errors.New("hush") }),
		"broken off by us":     road(func(*http.Request) (*http.Response, error) { return nil, &url.Error{URL: hush, Err: context.Canceled} }),
	} {
		_, err := carry(t.Context(), t, by, hush)
		s, ok := errors.AsType[*callout.Silence](err)
		if !ok || !s.Reached || !strings.Contains(s.Error(), want) || strings.Contains(s.Error(), "hush") {
			t.Errorf("%v, want %q", err, want)
		}
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errors.New("hush") }

// TestRoadReached holds when the far side cannot have read a request: nobody was there, or it
// was over before.
func TestRoadReached(t *testing.T) {
	t.Parallel()
	far := httptest.NewServer(http.NotFoundHandler())
	far.Close()
	over, cancel := context.WithCancel(t.Context())
	cancel()
	for name, ctx := range map[string]context.Context{"nobody is there": t.Context(), "it is over": over} {
		by := callout.NewCarrier(1)
		_, err := carry(ctx, t, by, far.URL)
		by.CloseIdleConnections()
		if s, ok := errors.AsType[*callout.Silence](err); !ok || s.Reached {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestRoadPatience holds that nobody waits for longer than they said.
func TestRoadPatience(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		_, err := carry(t.Context(), t, road(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		}), "https://a.test")
		if err == nil || time.Since(begun) != 10*time.Second || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v in %s", err, time.Since(begun))
		}
	})
}
