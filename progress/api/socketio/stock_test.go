package socketio

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client/clienttest"
)

// node runs a script with the stock client against a site.
func (s *site) node(script string, args ...string) {
	s.t.Helper()
	out := clienttest.Node(s.t, []string{"URL=" + s.url}, "testdata/"+script, args...)
	if !strings.HasSuffix(out, "done\n") {
		s.t.Errorf("%s did not get to its end: %q", script, out)
	}
}

func TestStockStream(t *testing.T) {
	t.Parallel()
	for _, transports := range []string{"websocket", "polling", "polling,websocket"} {
		t.Run(transports, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, Options{})
			s.late.Store(500)
			s.node("stream.mjs", transports)
			s.empty()
		})
	}
}

func TestStockSays(t *testing.T) {
	t.Parallel()
	for _, transports := range []string{"websocket", "polling", "polling,websocket"} {
		t.Run(transports, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, Options{MaxPayload: 1 << 20})
			s.node("says.mjs", transports)
			s.empty()
		})
	}
}

func TestStockCredentials(t *testing.T) {
	t.Parallel()
	s := newSite(t, Options{Connect: func(_ context.Context, r *http.Request, k *Socket, auth json.RawMessage) error {
		var a struct{ Token string }
		_ = json.Unmarshal(auth, &a)
		switch {
		case a.Token == "broken":
			return errors.New("the database at 10.0.0.7 is away")
		case a.Token != "right" && r.Header.Get("Authorization") != "Bearer right":
			return &progress.Error{Code: progress.Unauthorized, Say: "that token is not known", Err: errors.New("secret cause")}
		}
		k.Emit(event("early", r.Header.Get("Authorization"), a.Token))
		return nil
	}})
	s.node("credentials.mjs")
	s.empty()
}

func TestStockReconnects(t *testing.T) {
	t.Parallel()
	for _, transports := range []string{"websocket", "polling", "polling,websocket"} {
		t.Run(transports, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, Options{})
			done := make(chan struct{})
			go func() {
				defer close(done)
				<-s.came
				s.restart("restart")
				<-s.came
				s.restart("again")
			}()
			s.node("reconnect.mjs", transports)
			<-done
			s.empty()
		})
	}
}

// restart takes the server away for a moment, once a client has said so.
func (s *site) restart(word string) {
	eventually(s.t, "the client says "+word, func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		return len(s.heard) > 0 && s.heard[len(s.heard)-1] == word
	})
	s.stop()
	time.Sleep(50 * time.Millisecond) // in which connections are refused
	s.start(s.addr)
}

func TestStockIsDroppedWhenSilent(t *testing.T) {
	t.Parallel()
	s := newSite(t, Options{PingInterval: 100 * time.Millisecond, PingTimeout: 500 * time.Millisecond})
	s.node("pings.mjs")
	s.empty()
}
