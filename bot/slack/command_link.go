package slack

import (
	"context"
	"errors"
	"strings"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// clerk links and unlinks accounts.
type clerk struct {
	Options
	people *people
}

// answer answers what is about the account that somebody speaks with; ok is false for
// anything else.
func (c clerk) answer(ctx context.Context, at spot, text string) (a templates.Answer, ok bool) {
	words := strings.Fields(text)
	switch {
	case len(words) == 1 && strings.EqualFold(words[0], "link"):
		return c.linked(ctx, at), true
	case len(words) == 2 && strings.EqualFold(words[0], "link"):
		return c.link(ctx, at, words[1]), true
	case len(words) == 1 && strings.EqualFold(words[0], "unlink"):
		return c.unlink(ctx, at), true
	}
	return a, false
}

// linked is whose the account is, and how to link it if it is nobody's.
func (c clerk) linked(ctx context.Context, at spot) templates.Answer {
	who, err := c.people.of(ctx, at)
	switch {
	case err != nil:
		return c.failed(err)
	case who.known:
		return templates.Answer{About: templates.TopicLinked, You: who.actor.Person}
	}
	return c.stranger(nil)
}

// link makes the account the person's who has made a code.
func (c clerk) link(ctx context.Context, at spot, code string) templates.Answer {
	account := c.people.account(ctx, at)
	name, err := c.Client.UserName(ctx, at.user)
	if err != nil {
		c.Log.Warn("Slack does not tell what somebody is called who links their account", "error", err)
		name = at.user
	}
	person, err := c.Accounts.Link(ctx, code, account, name)
	if why, ok := refusalOf(err); ok {
		return c.stranger(why)
	}
	if err != nil {
		return c.failed(err)
	}
	if _, err = c.people.of(ctx, at); err != nil {
		c.Log.Warn("how somebody reads is not known yet who has just linked their account", "error", err)
	}
	return templates.Answer{About: templates.TopicLinked, You: person}
}

func (c clerk) unlink(ctx context.Context, at spot) templates.Answer {
	ok, err := c.Accounts.Unlink(ctx, c.people.account(ctx, at))
	if err != nil {
		return c.failed(err)
	}
	return templates.Answer{About: templates.TopicUnlinked, Stranger: !ok}
}

// stranger is what is said to somebody whose account is nobody's.
func (c clerk) stranger(why *progress.Error) templates.Answer {
	return templates.Answer{About: templates.TopicStranger, Stranger: true, Accounts: c.Page, Refusal: why}
}

func (c clerk) failed(err error) templates.Answer {
	c.Log.Error("an account of Slack could not be looked up or changed", "error", err)
	return templates.Answer{About: templates.TopicTrouble}
}

// refusalOf is why somebody may not have what they want; ok is false where it just does not
// work.
func refusalOf(err error) (*progress.Error, bool) {
	switch progress.CodeOf(err) {
	case progress.Invalid, progress.NotFound, progress.Conflict, progress.Limited, progress.Forbidden, progress.TooLarge:
		return errors.AsType[*progress.Error](err)
	}
	return nil, false
}
