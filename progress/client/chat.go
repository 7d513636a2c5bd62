package client

import (
	"context"
	"encoding/json"

	"github.com/taskherald/herald/progress"
)

// Chat is a conversation with the bot of a server. It may be used from any number of
// goroutines.
type Chat struct {
	http *caller
	at   ChatPlace
}

// ChatOf is the conversation of the caller that has no name.
func ChatOf(c *Client) Chat { return Chat{http: c.http} }

// ChatPlace is where and about what one talks. Each field may be left out.
type ChatPlace struct {
	Conversation string          // keeps two of them apart; at most 100 characters
	Thread       string          // within it, which remembers what it is about; at most 100 characters
	Task         progress.TaskID // that is meant where the words name none
	Via          progress.Via    // ViaCLI for a command line, "" for anything else
}

// At is the conversation at another place.
func (c Chat) At(p ChatPlace) Chat {
	c.at = p
	return c
}

// ChatAnswer is what the bot says, and how it read what was said.
type ChatAnswer struct {
	Reply      ChatReply    `json:"reply"`
	Text       string       `json:"text"`                 // all of the reply but its buttons as plain text
	Understood *ChatReading `json:"understood,omitempty"` // nil of a press
}

// ChatReading is how the bot read what was said.
type ChatReading struct {
	Intent string           `json:"intent"`
	Task   *progress.TaskID `json:"task"` // nil for none, and where several are meant as well
	Step   int              `json:"step,omitempty"`
	Reason string           `json:"reason,omitempty"`
	Sure   string           `json:"sure"`            // act, ask or answer
	Doubt  string           `json:"doubt,omitempty"` // why it was not done at once
}

// ChatReply is what the bot says, in words of one language.
type ChatReply struct {
	About   string          `json:"about"` // such as status, done, confirm or refused
	Lang    string          `json:"lang"`
	Text    string          `json:"text"`           // the sentence that it is about
	Card    json.RawMessage `json:"card,omitempty"` // how a task stands: a ChatCard of the description
	Details []string        `json:"details,omitempty"`
	Items   []ChatItem      `json:"items,omitempty"`  // tasks, runs, decisions or things to say
	More    int             `json:"more,omitempty"`   // items that are left out
	Plus    string          `json:"plus,omitempty"`   // the same in words
	Output  []string        `json:"output,omitempty"` // lines of a task's output
	After   []string        `json:"after,omitempty"`  // below Items and Output
	Hint    string          `json:"hint,omitempty"`   // what to say where there are no buttons
	Buttons []ChatButton    `json:"buttons,omitempty"`
	Link    string          `json:"link,omitempty"`
}

// ChatItem is a line of a list.
type ChatItem struct {
	Task   progress.TaskID `json:"task_id,omitempty"`
	Number int             `json:"number,omitempty"` // by which it can be meant: "the second one"
	Symbol string          `json:"symbol,omitempty"`
	Title  string          `json:"title"`
	Text   string          `json:"text,omitempty"`
	Link   string          `json:"link,omitempty"`
}

// ChatButton is what can be pressed in answer.
type ChatButton struct {
	Label string `json:"label"`
	Press string `json:"press,omitempty"` // a ticket, for Chat.Press
	Say   string `json:"say,omitempty"`   // else what is said, for Chat.Say
	Style string `json:"style,omitempty"` // primary, danger or ""
}

// chatMessage is the body of a message.
type chatMessage struct {
	Text         string          `json:"text,omitempty"`
	Press        string          `json:"press,omitempty"`
	Conversation string          `json:"conversation,omitempty"`
	Thread       string          `json:"thread,omitempty"`
	Task         progress.TaskID `json:"task,omitempty"`
	ID           string          `json:"id,omitempty"`
	Via          progress.Via    `json:"via,omitempty"`
}

// Say says something of at most 2,000 characters and gives the answer; what cannot be done
// is one as well. With an id, of at most 100 characters, it may be said again when the
// server was away: what it asks for is done once within 24 hours.
func (c Chat) Say(ctx context.Context, text, id string) (ChatAnswer, error) {
	return c.send(ctx, chatMessage{Text: text, ID: id})
}

// Press presses a button of a reply, by its ticket. It counts once.
func (c Chat) Press(ctx context.Context, ticket string) (ChatAnswer, error) {
	return c.send(ctx, chatMessage{Press: ticket})
}

func (c Chat) send(ctx context.Context, m chatMessage) (a ChatAnswer, err error) {
	m.Conversation, m.Thread, m.Task, m.Via = c.at.Conversation, c.at.Thread, c.at.Task, c.at.Via
	err = c.http.post(ctx, "/api/chat", "", m, &a)
	return a, err
}
