package api

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/intents"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
	"github.com/taskherald/herald/templates"
)

// The bounds of a message.
const (
	mostText  = 2000 // characters of what is said
	mostPress = 4096 // bytes of a ticket
	mostName  = 100  // characters of the names of a conversation and a thread, and of a message's id
)

// chatMessage is the body of a message: something said, or a button that was pressed.
type chatMessage struct {
	Text         string          `json:"text"`
	Press        string          `json:"press"`
	Conversation string          `json:"conversation"`
	Thread       string          `json:"thread"`
	Task         progress.TaskID `json:"task"`
	ID           string          `json:"id"`
	Via          progress.Via    `json:"via"`
}

// chatAnswer is what is answered to one.
type chatAnswer struct {
	Reply      templates.Reply `json:"reply"`
	Text       string          `json:"text"`
	Understood *understood     `json:"understood,omitempty"`
}

// understood is how words were read.
type understood struct {
	Intent intents.Intent   `json:"intent"`
	Task   *progress.TaskID `json:"task"`
	Step   int              `json:"step,omitempty"`
	Reason string           `json:"reason,omitempty"`
	Sure   intents.Sure     `json:"sure"`
	Doubt  intents.Doubt    `json:"doubt,omitempty"`
}

// understoodOf shows a reading; the zero one, of a press, is none.
func understoodOf(r intents.Reading) *understood {
	if r.Intent == "" {
		return nil
	}
	u := &understood{Intent: r.Intent, Step: r.Step, Reason: r.Reason, Sure: r.Sure, Doubt: r.Doubt}
	if r.Task != "" {
		u.Task = &r.Task
	}
	return u
}

// chat is POST /api/chat.
func (s *server) chat(c *kit.Call) error {
	var m chatMessage
	if err := c.Bind(&m); err != nil {
		return err
	}
	if err := m.check(); err != nil {
		return err
	}
	if err := s.pace.Allow(string(c.Who.Person), s.Now()); err != nil {
		return err
	}
	reader, err := s.Reader(c.Ctx(), c.Who.Person)
	if err != nil {
		return progress.Trouble(err)
	}
	reply, reading, err := s.Bot.Hear(c.Ctx(), m.turn(c.Who, reader))
	if err != nil {
		return progress.Trouble(err)
	}
	c.Reply(http.StatusOK, chatAnswer{reply, s.Text(reply), understoodOf(reading)})
	return nil
}

// check says what is wrong with a message.
func (m *chatMessage) check() error {
	switch {
	case m.Press != "" && m.Text != "":
		return kit.Invalid("press", "cannot be sent together with text")
	case m.Press == "" && strings.TrimSpace(m.Text) == "":
		return kit.Invalid("text", "must say something, or press must be the ticket of a button")
	case len(m.Press) > mostPress:
		return kit.Over("press", "must have at most %d bytes", mostPress)
	case m.Task != "" && !m.Task.Valid():
		return kit.Invalid("task", "is no id of a task")
	case m.Via != "" && m.Via != progress.ViaCLI && m.Via != progress.ViaChat:
		return kit.Invalid("via", "must be chat or cli")
	}
	for _, err := range [...]error{
		kit.Short("text", m.Text, mostText), kit.Short("conversation", m.Conversation, mostName), kit.Short("thread", m.Thread, mostName), kit.Short("id", m.ID, mostName),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}

// turn is the message as the bot hears it.
func (m *chatMessage) turn(who progress.Actor, reader templates.Reader) bot.Turn {
	t := bot.Turn{
		ID: m.ID, Room: room(who.Person, m.Conversation), Thread: m.Thread, About: m.Task, Who: who, Via: progress.ViaChat,
		Reader: reader, Text: m.Text, Press: m.Press,
	}
	switch {
	case m.Via == progress.ViaCLI:
		t.Via = progress.ViaCLI
	case m.Press != "":
		t.Via = progress.ViaButton
	}
	return t
}

// room is where somebody talks by themselves. Nobody else ever comes into it, whatever they
// call their conversations.
func room(who progress.Person, conversation string) string {
	return "web:" + url.PathEscape(string(who)) + "/" + conversation
}
