package pushcard

import (
	"bytes"
	"encoding/json"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// Action is how a notification decides an approval.
type Action struct {
	URL    string // of a page that decides
	Ticket string // for who decides without a page, "" where there has to be one
}

// Input is what a payload is made of.
type Input struct {
	Notice          *templates.Notice
	Subject         *templates.Subject // nil for a note
	Reader          templates.Reader
	Tag             string // a newer notification takes the place of an older one with the same
	Open            string // URL of the page that it leads to
	Step            int    // that Approve and Reject decide; unless it waits for that they are left out
	Approve, Reject *Action
	Urgent          bool // it stays until somebody reacts
}

// payload is a declarative push message.
type payload struct {
	WebPush      int          `json:"web_push"`
	Notification notification `json:"notification"`
}

type notification struct {
	Title    string   `json:"title"`
	Lang     string   `json:"lang"`
	Dir      string   `json:"dir"`
	Body     string   `json:"body"`
	Navigate string   `json:"navigate"`
	Tag      string   `json:"tag"`
	Silent   bool     `json:"silent"`
	Stays    bool     `json:"requireInteraction,omitempty"`
	Actions  []button `json:"actions,omitempty"`
	Data     data     `json:"data"`
}

type button struct {
	Action   string `json:"action"`
	Title    string `json:"title"`
	Navigate string `json:"navigate"`
}

// data is what the service worker gets besides.
type data struct {
	Tag      string          `json:"tag"`
	Open     string          `json:"open"`
	Renotify bool            `json:"renotify"`
	Task     progress.TaskID `json:"task_id"`
	Approve  string          `json:"approve,omitempty"`
	Reject   string          `json:"reject,omitempty"`
}

// declarative says that a message is one.
const declarative = 8030

// encoded is the payload as it is sent.
func (p *payload) encoded() []byte {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	_ = e.Encode(p) // of plain values: cannot fail
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}
