package api

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/gorilla/websocket"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/live"
)

// watchTask is WS /ws/tasks/{id}.
func watchTask(c *call) error {
	sub, err := oneTask(c, c.Query("since"))
	if err != nil {
		return err
	}
	return openSocket(c, sub)
}

// watchTasks is WS /ws/tasks.
func watchTasks(c *call) error {
	q := newQuery(c)
	f := q.filter()
	sub := live.Subscription{Filter: live.Filter{Kind: f.Kind, Owner: f.Owner, Labels: map[string]string{}}}
	for _, l := range f.Labels {
		if have, twice := sub.Filter.Labels[l.Name]; twice && have != l.Value {
			q.Wrong("label", "%s cannot be both %q and %q", l.Name, have, l.Value)
		}
		sub.Filter.Labels[l.Name] = l.Value
	}
	sub.Logs, sub.Notices = q.Flag("logs"), q.Flag("notices")
	if q.Err() != nil {
		return q.Err()
	}
	return openSocket(c, sub)
}

// streamTask is GET /api/tasks/{id}/events for those who accept an event stream.
func streamTask(c *call) error {
	since := c.Query("since")
	if last := c.GetHeader("Last-Event-ID"); last != "" {
		since = last
	}
	sub, err := oneTask(c, since)
	if err != nil {
		return err
	}
	leave, err := c.waits.Enter(c.who.Credential)
	if err != nil {
		return err
	}
	defer leave()
	c.long = true
	return c.Hub.ServeEvents(c.Writer, c.Request, still(c, sub))
}

// oneTask subscribes to the task that the path names.
func oneTask(c *call, since string) (sub live.Subscription, err error) {
	q := newQuery(c)
	sub = live.Subscription{Task: c.taskID(), Logs: q.Flag("logs"), Notices: q.Flag("notices"), Worker: c.Query("worker")}
	if since != "" {
		n, err := strconv.ParseInt(since, 10, 64)
		if err != nil || n < 0 {
			q.Wrong("since", "must be the seq of a frame: a whole number from 0 up")
		}
		sub.Since = &n
	}
	if q.Err() != nil {
		return sub, q.Err()
	}
	_, err = c.task()
	return sub, err
}

// still has the subscription's credential looked at again and again.
func still(c *call, sub live.Subscription) live.Subscription {
	who, keeper := c.who, c.Access // not c, which ends with the request
	sub.Actor = who.Actor
	sub.Still = func(ctx context.Context) (progress.Actor, error) {
		now, err := keeper.Still(ctx, who)
		if err == nil {
			err = may(now, progress.MayRead)
		}
		return now.Actor, err
	}
	return sub
}

// upgrader trusts the look at the origin that was taken before.
var upgrader = live.NewUpgrader(func(*http.Request) bool { return true })

// openSocket upgrades the request and leaves the socket to the hub: the handler's
// goroutine and buffers go.
func openSocket(c *call, sub live.Subscription) error {
	conn, err := upgrade(c)
	if conn != nil {
		c.Hub.ServeSocket(conn, still(c, sub))
	}
	return err
}

// upgrade makes a WebSocket of the request. It is nil without an error when the
// request has been answered already.
func upgrade(c *call) (*websocket.Conn, error) {
	if err := c.origins.checkSocket(c.Request); err != nil {
		return nil, err
	}
	if !strings.EqualFold(c.GetHeader("Upgrade"), "websocket") {
		c.Header("Upgrade", "websocket")
		return nil, &progress.Error{Code: progress.Invalid, Field: "Upgrade", Say: "this is a WebSocket; connect with ws:// or wss://"}
	}
	c.long = true
	c.Status(http.StatusSwitchingProtocols) // as the upgrader answers past gin; a refusal sets its own
	conn, err := upgrader.Upgrade(c.Writer, c.Request, c.Writer.Header())
	if err != nil {
		return nil, nil //nolint:nilerr,nilnil // the upgrader has answered
	}
	return conn, nil
}
