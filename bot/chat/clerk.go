package chat

import (
	"context"
	"errors"
	"regexp"
	"strings"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// clerk links and unlinks accounts.
type clerk struct{ *Desk }

// answer answers what is about the account that somebody speaks with; ok is false for
// anything else. Aloud says that others read what was said.
func (c clerk) answer(ctx context.Context, at Spot, text string, aloud bool) (a templates.Answer, ok bool) {
	m := accountForm.FindStringSubmatch(bare(text))
	switch {
	case m == nil:
		return a, false
	case strings.EqualFold(m[1], "unlink") && m[2] == "":
		return c.unlink(ctx, at), true
	case strings.EqualFold(m[1], "unlink"):
		return a, false
	case m[2] == "":
		return c.linked(ctx, at), true
	}
	a = c.link(ctx, at, m[2])
	a.Aloud = aloud
	return a, true
}

// accountForm is what one says about the account, bare: "link", "link ABCD-EFGH", "unlink".
// People put a space into a code, say please, and write the command where none is needed. The
// letters of two halves are those of codes: "link this task" has no code in it.
var accountForm = regexp.MustCompile("(?i)^(?:" + polite + " )?(?:/?(?:herald|task) )?(link|unlink)(?: (?:me|my account|with|code))*" +
	"(?: (" + half + " ?[-–—]? ?" + half + `|\S+))??(?: ` + polite + ")?$")

const (
	polite = "(?:please|pls|bitte|por favor|s[’']il (?:te|vous) pla[iî]t)"
	half   = "[A-HJ-NP-Z2-9]{4}"
)

// bare is a text without what people put around a code.
func bare(text string) string { return strings.Join(strings.Fields(marks.Replace(text)), " ") }

var marks = strings.NewReplacer("`", " ", `"`, " ", "“", " ", "”", " ", "„", " ", "«", " ", "»", " ", "<", " ", ">", " ",
	"(", " ", ")", " ", "*", " ", "_", " ", "~", " ", ":", " ", ",", " ", ".", " ", "!", " ")

// linked is whose the account is, and how to link it if it is nobody's.
func (c clerk) linked(ctx context.Context, at Spot) templates.Answer {
	who, err := c.Who(ctx, at)
	switch {
	case err != nil:
		return c.failed(err)
	case who.Known:
		return templates.Answer{About: templates.TopicLinked, You: who.Actor.Person}
	}
	return c.stranger(nil)
}

// link makes the account the person's who has made a code.
func (c clerk) link(ctx context.Context, at Spot, code string) templates.Answer {
	account, err := c.side.Account(ctx, at)
	if err != nil {
		return c.failed(err)
	}
	name, err := c.side.Name(ctx, at)
	if err != nil {
		c.Log.Warn("it is not known what somebody is called who links their account", "platform", c.platform, "error", err)
		name = at.User
	}
	person, err := c.Accounts.Link(ctx, code, account, name)
	if why, ok := refusalOf(err); ok {
		return c.stranger(why)
	}
	if err != nil {
		return c.failed(err)
	}
	return templates.Answer{About: templates.TopicLinked, You: person}
}

func (c clerk) unlink(ctx context.Context, at Spot) templates.Answer {
	account, err := c.side.Account(ctx, at)
	if err != nil {
		return c.failed(err)
	}
	ok, err := c.Accounts.Unlink(ctx, account)
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
	c.Log.Error("an account could not be looked up or changed", "platform", c.platform, "error", err)
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
