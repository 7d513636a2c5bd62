package api

import (
	"context"
	"net/http"
	"time"

	"github.com/taskherald/herald/progress"
)

// alive is GET /healthz: the process answers.
func alive(c *call) error {
	c.reply(http.StatusOK, map[string]string{"status": "ok"})
	return nil
}

// patienceReady is how long the server may take to prove itself.
const patienceReady = 2 * time.Second

// ready is GET /readyz: the server can do its work.
func ready(c *call) error {
	ctx, cancel := context.WithTimeout(c.ctx(), patienceReady)
	defer cancel()
	if err := c.Ready(ctx); err != nil {
		return &progress.Error{Code: progress.Unavailable, Err: err, Say: "the database cannot be used right now"}
	}
	c.reply(http.StatusOK, map[string]string{"status": "ok"})
	return nil
}
