package discord

import (
	"cmp"
	"encoding/json"
	"errors"
	"strconv"

	"github.com/taskherald/herald/bot/chat"
)

// What Discord sends, as much of it as is looked at. These are structs of our own, as those of
// discordgo refuse a whole press for one component in its message of a kind that they do not
// know.

// The events that something comes of.
const (
	eventInteraction = "INTERACTION_CREATE"
	eventMessage     = "MESSAGE_CREATE"
)

// The types of interactions.
const (
	typePing    = 1
	typeCommand = 2
	typePress   = 3 // of a button, or what was picked of a menu
	typeTyping  = 4 // of an option of a command, which is to be completed
	typeForm    = 5 // what somebody has written in a modal
)

// Where others read too, though it is in no server.
const (
	channelGroup  = 3 // the type of a channel: direct messages of several people
	contextOthers = 2 // the context of an interaction: direct messages that are none with us
)

// flagEphemeral is of a message that one person alone sees.
const flagEphemeral = 1 << 6

// interaction is what somebody has pressed, commanded or filled in.
type interaction struct {
	ID      string  `json:"id"`
	Type    int     `json:"type"`
	App     string  `json:"application_id"`
	Token   string  `json:"token"` // with which it is answered: a secret
	Guild   string  `json:"guild_id"`
	In      string  `json:"channel_id"`
	Room    room    `json:"channel"`
	Context int     `json:"context"`
	Member  Member  `json:"member"` // in a server
	User    Person  `json:"user"`   // anywhere else
	Message pressed `json:"message"`
	Data    struct {
		Name     string   `json:"name"`
		Options  []option `json:"options"`
		CustomID string   `json:"custom_id"`
		Fields   []field  `json:"components"`
	} `json:"data"`
}

// room is a channel or a thread.
type room struct {
	ID     string `json:"id"`
	Type   int    `json:"type"`
	Name   string `json:"name"`
	Parent string `json:"parent_id"` // of a thread: the channel that it is in
}

// pressed is the message that something is pressed in.
type pressed struct {
	ID         string          `json:"id"`
	Channel    string          `json:"channel_id"`
	Flags      int             `json:"flags"`
	Author     Person          `json:"author"`
	Components json.RawMessage `json:"components"`
}

// readInteraction reads an interaction. The error is that nothing can be done about it, and has
// nothing of it.
func readInteraction(text []byte) (*interaction, error) {
	var i interaction
	if chat.Lax(text, &i) != nil {
		return nil, errors.New("an interaction is no JSON")
	}
	if i.Type == typePing {
		return &i, nil
	}
	if i.ID == "" || i.Token == "" || i.user().ID == "" {
		return nil, errors.New("an interaction of type " + strconv.Itoa(i.Type) + " does not say which one, or whose")
	}
	return &i, nil
}

// user is who it is.
func (i *interaction) user() Person {
	if i.Member.User.ID != "" {
		return i.Member.User
	}
	return i.User
}

// roles are theirs in the server; none elsewhere, where they may have some all the same.
func (i *interaction) roles() []string { return i.Member.Roles }

// channel is where it is.
func (i *interaction) channel() string { return cmp.Or(i.In, i.Room.ID, i.Message.Channel) }

// direct reports whether nobody else reads there.
func (i *interaction) direct() bool {
	return i.Guild == "" && i.Room.Type != channelGroup && i.Context != contextOthers
}

// far is what the message is called that something is pressed in, "" if there is none.
func (i *interaction) far() string {
	if i.Message.ID == "" {
		return ""
	}
	return cmp.Or(i.Message.Channel, i.channel()) + "/" + i.Message.ID
}

// private reports whether who pressed sees the message alone.
func (i *interaction) private() bool { return i.Message.Flags&flagEphemeral != 0 }
