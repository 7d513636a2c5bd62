package discord

import (
	"cmp"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/taskherald/herald/bot/chat"
)

// The types of messages that people write. Others tell that somebody has joined, that a message
// was pinned, and so on.
const (
	messagePlain = 0
	messageReply = 19
)

// referenceReply is the type of a reference that is none to a message shown again elsewhere.
const referenceReply = 0

// said is a message that somebody has written.
type said struct {
	ID        string    `json:"id"`
	Channel   string    `json:"channel_id"`
	Guild     string    `json:"guild_id"` // "" in direct messages
	Type      int       `json:"type"`
	Author    Person    `json:"author"`
	Member    Member    `json:"member"` // of the author, without who it is
	Webhook   string    `json:"webhook_id"`
	Content   string    `json:"content"`
	Mentions  []tagged  `json:"mentions"`
	Everyone  bool      `json:"mention_everyone"`
	Reference reference `json:"message_reference"`
	Answers   struct {
		Author Person `json:"author"`
	} `json:"referenced_message"`
}

// tagged is somebody who is told of a message: for their tag in it, or as it replies to theirs.
type tagged struct {
	Person
	Member Member `json:"member"`
}

// reference is a message that another one is about.
type reference struct {
	Type    int    `json:"type"`
	Message string `json:"message_id"`
	Channel string `json:"channel_id"`
}

// readSaid reads a message; nil is one that no person has written. What we say ourselves and what
// other bots say is not answered: two of them would go on for ever.
func readSaid(text []byte) (*said, error) {
	var s said
	if chat.Lax(text, &s) != nil {
		return nil, errors.New("a message is no JSON")
	}
	if s.ID == "" || s.Channel == "" || s.Author.ID == "" || s.Author.Bot || s.Webhook != "" {
		return nil, nil
	}
	if s.Type != messagePlain && s.Type != messageReply {
		return nil, nil
	}
	return &s, nil
}

// direct reports whether nobody else reads there.
func (s *said) direct() bool { return s.Guild == "" }

// roles are the author's in the server; none elsewhere, where they may have some all the same.
func (s *said) roles() []string { return s.Member.Roles }

// far is what the message is called.
func (s *said) far() string { return s.Channel + "/" + s.ID }

// below is what the message is called that this one replies to, "" for none.
func (s *said) below() string {
	if s.Type != messageReply || s.Reference.Type != referenceReply || s.Reference.Message == "" {
		return ""
	}
	return cmp.Or(s.Reference.Channel, s.Channel) + "/" + s.Reference.Message
}

// tag is what is not shown as it is written. What stands in code is, so that is looked for first;
// then what a backslash takes its meaning from.
var tag = regexp.MustCompile("(?s)```.+?```|``.+?``|`[^`]+`" + `|\\[^0-9A-Za-z\s]|<(?:@[!&]?|#)[0-9]+>|<a?:\w+:[0-9]+>|</[^<>:\n]+:[0-9]+>|<https?://[^<>\s]+>`)

// plain is what somebody has said, as they see it: without our own name, with the names of others
// in place of their tags, and of channels where names knows them. Named reports whether they say
// it to us: our name is in it, or it replies to a message of ours, which tells us of it unless
// they wish otherwise. But who replies to us and calls others speaks to those.
func (s *said) plain(self string, names func(channel string) string) (text string, named bool) {
	others := s.Everyone
	text = tag.ReplaceAllStringFunc(s.Content, func(t string) string {
		id, kind := tagID(t)
		switch {
		case kind == '@' && self != "" && id == self:
			named = true
			return ""
		case kind == '@', kind == '&':
			others = true
		}
		return s.shown(t, id, kind, names)
	})
	if named {
		text = strings.TrimLeft(gap.Replace(text), ",;:–— \t\n") // "@Herald, how is it going?"
	}
	return strings.TrimSpace(text), named || !others && s.tells(self)
}

// tells reports whether somebody is told of the message.
func (s *said) tells(user string) bool {
	return user != "" && slices.ContainsFunc(s.Mentions, func(t tagged) bool { return t.ID == user })
}

// gap is what a name leaves that is taken out of a sentence.
var gap = strings.NewReplacer("  ", " ", " , ", ", ", " ?", "?")

// tagID is whose tag it is, and of which kind: @ a person's, & a role's, # a channel's; 0 and ""
// for what is none of those.
func tagID(t string) (id string, kind byte) {
	if len(t) < 4 || t[0] != '<' || t[1] != '@' && t[1] != '#' {
		return "", 0
	}
	id = strings.TrimLeft(t[2:len(t)-1], "!&")
	if t[2] == '&' {
		return id, '&'
	}
	return id, t[1]
}

// shown is how a tag is shown.
func (s *said) shown(t, id string, kind byte, names func(channel string) string) string {
	switch {
	case kind == '@':
		return "@" + cmp.Or(s.nameOf(id), id)
	case kind == '&':
		return "@role"
	case kind == '#':
		if names == nil {
			return "#" + id
		}
		return "#" + cmp.Or(names(id), id)
	case t[0] == '\\':
		return t[1:]
	case t[0] == '`':
		return t
	case strings.HasPrefix(t, "<http"):
		return t[1 : len(t)-1]
	case t[1] == '/':
		return t[1:strings.LastIndexByte(t, ':')]
	}
	return strings.TrimPrefix(t[1:strings.LastIndexByte(t, ':')], "a") + ":" // of an emoji
}

// nameOf is what somebody is called who is told of the message, in one line; "" if that is not
// known.
func (s *said) nameOf(user string) string {
	for _, t := range s.Mentions {
		if t.ID == user {
			return strings.Join(strings.Fields(cmp.Or(t.Member.Nick, t.called())), " ")
		}
	}
	return ""
}

// readEvent reads what kind of event it is of those that something comes of; both are nil for
// any other.
func readEvent(kind string, data json.RawMessage) (*interaction, *said, error) {
	switch kind {
	case eventInteraction:
		i, err := readInteraction(data)
		return i, nil, err
	case eventMessage:
		s, err := readSaid(data)
		return nil, s, err
	}
	return nil, nil, nil
}
