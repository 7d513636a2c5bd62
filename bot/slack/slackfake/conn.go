package slackfake

import (
	"github.com/gorilla/websocket"

	"github.com/taskherald/herald/bot/faketest"
)

// conn is one socket of the app.
type conn struct {
	*faketest.Line
	ws     *websocket.Conn
	frames *frames

	leaving bool // it was asked to go; the hub's lock guards it
}

func (c *conn) disconnect(reason string) {
	c.Say(answer{"type": "disconnect", "reason": reason, "debug_info": answer{"host": "applink-fake"}})
}
