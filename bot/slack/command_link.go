package slack

import (
	"context"
	"errors"
	"strings"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// account answers what is about the account that somebody speaks with; ok is false for
// anything else.
func (e *ear) account(ctx context.Context, at spot, text string) (a templates.Answer, ok bool) {
	words := strings.Fields(text)
	switch {
	case len(words) == 1 && strings.EqualFold(words[0], "link"):
		return e.linked(ctx, at), true
	case len(words) == 2 && strings.EqualFold(words[0], "link"):
		return e.link(ctx, at, words[1]), true
	case len(words) == 1 && strings.EqualFold(words[0], "unlink"):
		return e.unlink(ctx, at), true
	}
	return a, false
}

// linked is whose the account is, and how to link it if it is nobody's.
func (e *ear) linked(ctx context.Context, at spot) templates.Answer {
	who, err := e.people.of(ctx, at)
	switch {
	case err != nil:
		return e.failed(err)
	case who.known:
		return templates.Answer{About: templates.TopicLinked, You: who.actor.Person}
	}
	return e.stranger(nil)
}

// link makes the account the person's who has made a code.
func (e *ear) link(ctx context.Context, at spot, code string) templates.Answer {
	account := e.people.account(ctx, at)
	name, err := e.Client.UserName(ctx, at.user)
	if err != nil {
		e.Log.Warn("Slack does not tell what somebody is called who links their account", "error", err)
		name = at.user
	}
	person, err := e.Accounts.Link(ctx, code, account, name)
	refusal, ok := refusalOf(err)
	switch {
	case ok:
		return e.stranger(refusal)
	case err != nil:
		return e.failed(err)
	}
	return templates.Answer{About: templates.TopicLinked, You: person}
}

func (e *ear) unlink(ctx context.Context, at spot) templates.Answer {
	ok, err := e.Accounts.Unlink(ctx, e.people.account(ctx, at))
	if err != nil {
		return e.failed(err)
	}
	return templates.Answer{About: templates.TopicUnlinked, Stranger: !ok}
}

// stranger is what is said to somebody whose account is nobody's.
func (e *ear) stranger(why *progress.Error) templates.Answer {
	return templates.Answer{About: templates.TopicStranger, Stranger: true, Accounts: e.Page, Refusal: why}
}

func (e *ear) failed(err error) templates.Answer {
	e.Log.Error("an account of Slack could not be looked up or changed", "error", err)
	return templates.Answer{About: templates.TopicTrouble}
}

// refusalOf is why somebody may not have what they want; ok is false where it just does not
// work.
func refusalOf(err error) (*progress.Error, bool) {
	switch progress.CodeOf(err) {
	case progress.Invalid, progress.NotFound, progress.Conflict, progress.Limited, progress.Forbidden, progress.TooLarge:
		e, ok := errors.AsType[*progress.Error](err)
		return e, ok
	}
	return nil, false
}
