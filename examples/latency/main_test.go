package main

import (
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/progress/api/apitest"
	"github.com/taskherald/herald/progress/client"
)

func options(s *apitest.Server) client.Options {
	return client.Options{URL: s.URL + "/", Token: apitest.Admin}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	args := []string{"--reports", "20", "--every", "10ms", "--poll", "50ms,20ms", "--json"}
	if err := run(t.Context(), options(apitest.New(t)), args, &out); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Reports int
		Rows    []row
	}
	if err := json.Unmarshal([]byte(out.String()), &got); err != nil || got.Reports != 20 {
		t.Fatalf("it prints %v:\n%s", err, &out)
	}
	var ways []string
	for _, r := range got.Rows {
		ways = append(ways, r.How)
		polls := strings.HasPrefix(r.How, "poll")
		if r.Median <= 0 || r.P99 < r.Median || r.Bytes < 1000 || polls != (r.Requests > 1) {
			t.Errorf("it measures %+v", r)
		}
	}
	if want := []string{"poll 50ms", "poll 20ms", "WebSocket", "server-sent events"}; !slices.Equal(ways, want) {
		t.Errorf("it measures %q, want %q", ways, want)
	}
}

func TestTable(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := run(t.Context(), options(apitest.New(t)), []string{"--reports", "5", "--every", "1ms", "--poll", "15ms"}, &out); err != nil {
		t.Fatal(err)
	}
	want := regexp.MustCompile(`^From 5 reports, one each 1ms, to their sight:

how +median +p99 +requests +bytes
poll 15ms +[0-9.]+ ms +[0-9.]+ ms +\d+ +\d+
WebSocket +[0-9.]+ ms +[0-9.]+ ms +1 +\d+
server-sent events +[0-9.]+ ms +[0-9.]+ ms +1 +\d+
$`)
	if !want.MatchString(out.String()) {
		t.Errorf("it prints\n%s", &out)
	}
}

// TestWaits joins reports with what a reader saw that missed some and saw one
// before its answer was there.
func TestWaits(t *testing.T) {
	t.Parallel()
	at := func(ms int) time.Time { return time.Unix(0, 0).Add(time.Duration(ms) * time.Millisecond) }
	sent := []sending{{at(0), 2}, {at(100), 3}, {at(200), 4}, {at(300), 9}}
	seen := []sight{{at(-5), 1}, {at(10), 2}, {at(250), 5}}
	got := waitsOf(sent, seen)
	if want := []float64{10, 50, 150}; !slices.Equal(got, want) {
		t.Errorf("they waited %v, want %v", got, want)
	}
	for share, want := range map[float64]float64{0.5: 50, 0.99: 150, 0.1: 10, 1: 150} {
		if q := quantile(got, share); q != want {
			t.Errorf("the quantile %v is %v, want %v", share, q, want)
		}
	}
	if q := quantile(nil, 0.5); q != 0 {
		t.Errorf("the median of nothing is %v", q)
	}
}

// TestRefused has each way refused in turn: the measurement ends with an error
// that names it.
func TestRefused(t *testing.T) {
	t.Parallel()
	for path, how := range map[string]string{"/progress": "poll 1h0m0s", "/events": "server-sent events", "/ws/": "WebSocket"} {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			s := apitest.New(t)
			s.Gate(func(r *http.Request) bool { return r.Method == http.MethodPost || !strings.Contains(r.URL.Path, path) })
			err := run(t.Context(), options(s), []string{"--poll", "1h"}, io.Discard)
			if err == nil || !strings.HasPrefix(err.Error(), how+": ") {
				t.Errorf("it ends with %v", err)
			}
		})
	}
}

func TestWrongUse(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"--what"}, {"--reports", "0"}, {"--poll", "often"}, {"--poll", "1s,-1s"}} {
		if err := run(t.Context(), client.Options{}, args, io.Discard); err == nil {
			t.Errorf("latency %q ends well", args)
		}
	}
	if err := run(t.Context(), client.Options{URL: "ftp://"}, nil, io.Discard); err == nil {
		t.Error("an address that is none is taken")
	}
	if err := run(t.Context(), client.Options{URL: apitest.New(t).URL, Token: "wrong"}, nil, io.Discard); err == nil {
		t.Error("a token that is none measures")
	}
}
