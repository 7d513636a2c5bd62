package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
)

// sight is a version of the task that a reader has come to know.
type sight struct {
	at      time.Time
	version int64
}

// reader watches the task in one way.
type reader struct {
	how   string
	task  progress.TaskID
	read  func(context.Context) error // until the task has ended
	meter *meter
	ready chan struct{} // closed with the first sight
	first sync.Once

	sights []sight // in order; only read writes it
}

// see notes what the reader knows now.
func (r *reader) see(version int64) {
	r.sights = append(r.sights, sight{time.Now(), version})
	r.first.Do(func() { close(r.ready) })
}

// readersOf are all ways to watch a task, each with connections of its own.
func readersOf(o client.Options, id progress.TaskID, polls []time.Duration) []*reader {
	var all []*reader
	add := func(how string, read func(*reader, client.Options) func(context.Context) error) {
		r := &reader{how: how, task: id, meter: &meter{}, ready: make(chan struct{})}
		own := o
		own.Transport = r.meter.transport()
		r.read = read(r, own)
		all = append(all, r)
	}
	for _, every := range polls {
		add("poll "+every.String(), func(r *reader, o client.Options) func(context.Context) error { return r.poll(o, every) })
	}
	add("WebSocket", (*reader).watch)
	add("server-sent events", (*reader).events)
	return all
}

// poll asks again and again.
func (r *reader) poll(o client.Options, every time.Duration) func(context.Context) error {
	return func(ctx context.Context) error {
		ticks := time.NewTicker(every)
		defer ticks.Stop()
		for {
			var now progress.Wire
			if err := r.get(ctx, o, "/progress", "application/json", func(res *http.Response) error {
				return json.NewDecoder(res.Body).Decode(&now)
			}); err != nil {
				return err
			}
			r.see(now.Version)
			if now.Status.Ended() {
				return nil
			}
			select {
			case <-ticks.C:
			case <-ctx.Done():
				return nil
			}
		}
	}
}

// watch is what a Go program does.
func (r *reader) watch(o client.Options) func(context.Context) error {
	return func(ctx context.Context) error {
		c, err := client.New(o)
		if err != nil {
			return err
		}
		for f, err := range c.Watch(ctx, client.Watch{Task: r.task}) {
			if err != nil {
				return err
			}
			r.see(f.Version)
		}
		return nil
	}
}

// events reads server-sent events, each of which is a line that begins with "data:"
// here, between others.
func (r *reader) events(o client.Options) func(context.Context) error {
	return func(ctx context.Context) error {
		return r.get(ctx, o, "/events", "text/event-stream", func(res *http.Response) error {
			lines := bufio.NewScanner(res.Body)
			lines.Buffer(nil, 16<<20)
			for lines.Scan() {
				data, ok := strings.CutPrefix(lines.Text(), "data:")
				if !ok {
					continue
				}
				var f client.Frame
				if err := json.Unmarshal([]byte(data), &f); err != nil {
					return err
				}
				r.see(f.Version)
			}
			return lines.Err() // nil at the end, which comes after the task's
		})
	}
}

// get makes a request about the task, with what HTTP alone offers.
func (r *reader) get(ctx context.Context, o client.Options, what, accept string, take func(*http.Response) error) error {
	base := o.URL
	if base == "" {
		base = client.DefaultURL
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(base, "/")+"/api/tasks/"+url.PathEscape(string(r.task))+what, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", accept)
	if o.Token != "" {
		req.Header.Set("Authorization", "Bearer "+o.Token)
	}
	r.meter.requests.Add(1)
	res, err := (&http.Client{Transport: o.Transport}).Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("the server answers %s", res.Status)
	}
	err = take(res)
	if errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}
