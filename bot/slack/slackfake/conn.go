package slackfake

import (
	"encoding/json"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// conn is one socket of the app. What is sent waits in line, so that nobody waits for
// a socket with the lock.
type conn struct {
	ws     *websocket.Conn
	frames *frames
	mu     sync.Mutex
	line   []frame
	wake   chan struct{}
	gone   chan struct{}
	frozen bool // nothing is sent or heard any more

	leaving bool // it was asked to go; the hub's lock guards it
	once    sync.Once
}

// frame is one thing to be sent.
type frame struct {
	kind int // of websocket
	body []byte
}

// push puts a text in line.
func (c *conn) push(text []byte) { c.put(frame{websocket.TextMessage, text}) }

func (c *conn) put(f frame) {
	c.mu.Lock()
	c.line = append(c.line, f)
	c.mu.Unlock()
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

func (c *conn) say(a answer) {
	text, err := json.Marshal(a)
	if err != nil {
		panic(err) // the fake's own
	}
	c.push(text)
}

func (c *conn) disconnect(reason string) {
	c.say(answer{"type": "disconnect", "reason": reason, "debug_info": answer{"host": "applink-fake"}})
}

// cut ends the connection without a word.
func (c *conn) cut() {
	c.once.Do(func() {
		close(c.gone)
		c.ws.Close()
	})
}

// write sends what is in line, and pings.
func (c *conn) write(every time.Duration) {
	pings := time.NewTicker(every)
	defer pings.Stop()
	defer c.cut()
	for {
		select {
		case <-c.gone:
			return
		case <-c.wake:
		case <-pings.C:
			c.ping()
		}
		for _, f := range c.take() {
			if c.ws.WriteMessage(f.kind, f.body) != nil || f.kind == websocket.CloseMessage {
				return
			}
		}
	}
}

func (c *conn) ping() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.frozen {
		c.line = append(c.line, frame{websocket.PingMessage, []byte("Ping from applink-fake")})
	}
}

func (c *conn) take() (line []frame) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.frozen {
		return nil
	}
	line, c.line = c.line, nil
	return line
}

func (c *conn) freeze() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.frozen = true
}

func (c *conn) isFrozen() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.frozen
}
