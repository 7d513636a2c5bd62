package faketest_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"

	"github.com/taskherald/herald/bot/faketest"
)

// far answers with what it was sent, hangs up, or is stuck.
func far(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/gone":
		panic(http.ErrAbortHandler)
	case "/stuck":
		time.Sleep(time.Hour)
	}
	body, _ := io.ReadAll(r.Body)
	w.Header().Set("Host", r.Host)
	if faketest.Inside(r.Context()) {
		w.WriteHeader(http.StatusTeapot)
	}
	_, _ = w.Write(body)
}

func ask(ctx context.Context, client *http.Client, path string) (*http.Response, string, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://far.example"+path, strings.NewReader("hello"))
	if err != nil {
		return nil, "", err
	}
	a, err := client.Do(r)
	if err != nil {
		return nil, "", err
	}
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	return a, string(text), err
}

func TestTransport(t *testing.T) {
	t.Parallel()
	for name, client := range map[string]*http.Client{
		"transport": {Transport: faketest.Transport(http.HandlerFunc(far))},
		"client":    faketest.Client(http.HandlerFunc(far)),
	} {
		a, text, err := ask(t.Context(), client, "/")
		if err != nil || text != "hello" || a.StatusCode != http.StatusTeapot || a.Header.Get("Host") != "far.example" {
			t.Errorf("%s: it answers %v %q %v", name, a, text, err)
		}
		if _, _, err := ask(t.Context(), client, "/gone"); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("%s: who hangs up is %v", name, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, _, err := ask(ctx, client, "/"); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: who has given up is told %v", name, err)
		}
	}
}

func TestStuckHandlers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, _, err := ask(ctx, faketest.Client(http.HandlerFunc(far)), "/stuck"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("who waits for one that is stuck is told %v", err)
		}
		time.Sleep(time.Hour)
	})
}

func TestTimers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		timers, ran := faketest.NewTimers(&mu), ""
		mu.Lock()
		timers.After(time.Second, func() { ran += "a" })
		timers.Stop(timers.After(time.Second, func() { ran += "b" }))
		timers.After(3*time.Second, func() { ran += "c" })
		timers.Stop(nil)
		mu.Unlock()
		time.Sleep(2 * time.Second)
		mu.Lock()
		timers.Clear()
		mu.Unlock()
		time.Sleep(2 * time.Second)
		if ran != "a" {
			t.Errorf("it ran %q", ran)
		}
	})
}

// TestLine is a socket over a pipe.
func TestLine(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		lines := make(chan *faketest.Line, 1)
		up := websocket.Upgrader{}
		serve := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ws, err := up.Upgrade(w, r, nil)
			if err != nil {
				return
			}
			lines <- faketest.NewLine(ws, time.Minute)
			_, _, _ = ws.ReadMessage()
		})
		pipe := func(context.Context, string, string) (net.Conn, error) {
			there, here := net.Pipe()
			go faketest.Answer(there, serve)
			return here, nil
		}
		ws, a, err := (&websocket.Dialer{NetDialContext: pipe}).DialContext(t.Context(), "ws://far.example/", nil)
		if err != nil {
			t.Fatal(err)
		}
		a.Body.Close()
		defer ws.Close()
		pings := 0
		ws.SetPingHandler(func(string) error { pings++; return nil })
		line := <-lines
		line.Say([]int{1, 2})
		_, text, err := ws.ReadMessage()
		if err != nil || string(text) != "[1,2]" {
			t.Errorf("it says %q %v", text, err)
		}
		time.AfterFunc(90*time.Second, func() { line.End(4000, "enough") })
		if _, _, err := ws.ReadMessage(); !websocket.IsCloseError(err, 4000) || pings != 1 {
			t.Errorf("it ends with %v after %d pings", err, pings)
		}
		line.Freeze()
		line.Push([]byte("never"))
		if !line.Frozen() {
			t.Error("it is not frozen")
		}
	})
}

func TestPipesThatSayNothing(t *testing.T) {
	t.Parallel()
	there, here := net.Pipe()
	done := make(chan bool)
	go func() { faketest.Answer(there, http.HandlerFunc(far)); close(done) }()
	here.Close()
	<-done
	there, here = net.Pipe()
	go faketest.Answer(there, http.HandlerFunc(far))
	if _, err := io.WriteString(here, "GET / HTTP/1.1\r\nHost: far.example\r\nConnection: close\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(here)
	if err != nil || !strings.HasPrefix(string(text), "HTTP/1.1 418") {
		t.Errorf("it answers %q %v", text, err)
	}
}
