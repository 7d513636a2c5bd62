package bench

import (
	"fmt"
	"io"
	"net/http"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/gorilla/websocket"

	"github.com/taskherald/herald/progress"
)

// newBare is what Herald is measured against: a gin handler that only decodes a
// report, and a broadcaster that passes a body on to every socket, through a
// channel and a goroutine each.
func newBare() http.Handler {
	gin.SetMode(gin.ReleaseMode)
	r, b := gin.New(), &broadcaster{rooms: map[string]map[chan *websocket.PreparedMessage]bool{}}
	r.POST("/bare/tasks/:id/progress", func(c *gin.Context) {
		var rep progress.Report
		if err := c.ShouldBindJSON(&rep); err != nil {
			c.Status(http.StatusBadRequest)
			return
		}
		c.JSON(http.StatusOK, gin.H{"status": "running", "version": 1, "control": nil})
	})
	r.POST("/bare/cast/tasks/:id/progress", b.cast)
	r.GET("/bare/cast/ws/tasks/:id", b.join)
	r.GET("/bare/memory", func(c *gin.Context) {
		debug.FreeOSMemory()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		c.String(http.StatusOK, "%d", m.HeapInuse+m.StackInuse)
	})
	return r
}

// bareFrame is as long as a progress frame of Herald's.
const bareFrame = `{"type":"progress","task_id":"%s","seq":4,"version":1000,"at":"2026-01-31T12:00:00.000Z","percent":12.3,` +
	`"step":{"order":3,"name":"step 3","status":"running","progress":%v},"step_percent":%v,"eta_seconds":null,"message":%q}`

type broadcaster struct {
	mu    sync.RWMutex
	rooms map[string]map[chan *websocket.PreparedMessage]bool
}

func (b *broadcaster) cast(c *gin.Context) {
	var rep progress.Report
	body, err := io.ReadAll(c.Request.Body)
	if err == nil {
		err = progressOf(body, &rep)
	}
	if err != nil {
		c.Status(http.StatusBadRequest)
		return
	}
	m, err := websocket.NewPreparedMessage(websocket.TextMessage, fmt.Appendf(nil, bareFrame, c.Param("id"), *rep.StepProgress, *rep.StepProgress, *rep.Message))
	if err != nil {
		c.Status(http.StatusInternalServerError)
		return
	}
	b.mu.RLock()
	for out := range b.rooms[c.Param("id")] {
		out <- m
	}
	b.mu.RUnlock()
	c.JSON(http.StatusOK, gin.H{"status": "running", "version": 1, "control": nil})
}

func (b *broadcaster) join(c *gin.Context) {
	conn, err := (&websocket.Upgrader{}).Upgrade(c.Writer, c.Request, nil)
	if err != nil {
		return
	}
	id, out := c.Param("id"), make(chan *websocket.PreparedMessage, 64)
	b.mu.Lock()
	if b.rooms[id] == nil {
		b.rooms[id] = map[chan *websocket.PreparedMessage]bool{}
	}
	b.rooms[id][out] = true
	b.mu.Unlock()
	gone := make(chan struct{})
	go func() {
		for {
			if _, _, err := conn.NextReader(); err != nil {
				close(gone)
				return
			}
		}
	}()
	defer func() {
		b.mu.Lock()
		delete(b.rooms[id], out)
		b.mu.Unlock()
		_ = conn.Close()
	}()
	for {
		select {
		case m := <-out:
			_ = conn.SetWriteDeadline(time.Now().Add(10 * time.Second))
			if err := conn.WritePreparedMessage(m); err != nil {
				return
			}
		case <-gone:
			return
		}
	}
}
