package app

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/taskherald/herald/config"
	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/email"
	"github.com/taskherald/herald/notify/webhook"
	"github.com/taskherald/herald/notify/webpush"
	"github.com/taskherald/herald/progress"
)

// Channels are the names of those that a server of this configuration has.
func Channels(c config.Config) []string {
	out := []string{webhook.Name, webpush.Name}
	if c.Email.Server != "" {
		out = append(out, email.Name)
	}
	if c.Slack.BotToken.Reveal() != "" {
		out = append(out, notify.Slack)
	}
	if c.Discord.Token.Reveal() != "" {
		out = append(out, notify.Discord)
	}
	slices.Sort(out)
	return out
}

// Rules are those of a configuration as the road out takes them. The error is
// [config.Problems]: each with the place of a rule and the path of what is wrong in it.
func Rules(c config.Config, channels []string) ([]notify.Rule, error) {
	s := surveyor{channels: channels, places: map[string]string{top: c.Place(top)}}
	rules := s.rules(c.Rules, top)
	if len(s.problems) == 0 {
		s.blame(top, top, notify.CheckRules(rules, channels))
	}
	if len(s.problems) > 0 {
		return nil, s.problems
	}
	return notify.Named(rules), nil
}

// top is the path of all rules.
const top = "rules"

// A surveyor turns rules of a configuration into those of the road out, and finds what is
// wrong with each.
type surveyor struct {
	channels []string
	places   map[string]string // by path
	problems config.Problems
}

func (s *surveyor) rules(from []config.Rule, path string) []notify.Rule {
	var out []notify.Rule
	for i, r := range from {
		path := fmt.Sprintf("%s[%d]", path, i)
		s.places[path] = r.Place
		to := s.rule(&r, path)
		to.Rules = s.rules(r.Rules, path+".rules")
		out = append(out, to)
	}
	return out
}

// rule is a rule without those inside it. Its parts are checked by themselves, each inside
// one that tells somebody, so that what is wrong with one hides nothing of another.
func (s *surveyor) rule(r *config.Rule, path string) notify.Rule {
	to := notify.Rule{
		Name: r.Name, Match: matcher(r), Tell: r.Tell, By: r.By, Group: r.Group, Over: r.Longer, Continue: r.Continue,
	}
	for _, e := range r.Escalate {
		to.Escalate = append(to.Escalate, notify.Stage(e))
	}
	if r.Digest != "" {
		var err error
		to.Digest, err = notify.ParseCadence(r.Digest)
		s.blame(path+".digest", "", err)
	}
	for _, part := range []notify.Rule{
		{Name: to.Name}, {Match: to.Match}, {Tell: to.Tell}, {By: to.By}, {Digest: to.Digest}, {Group: to.Group}, {Over: to.Over}, {Escalate: to.Escalate},
	} {
		around := notify.Rule{Tell: []string{notify.TellOwner}, Rules: []notify.Rule{part}}
		s.blame(path, top+"[0].rules[0]", notify.CheckRules([]notify.Rule{around}, s.channels))
	}
	return to
}

func matcher(r *config.Rule) notify.Matcher {
	m := notify.Matcher{Kinds: r.Kinds, Owners: r.Owners, Labels: r.Labels, Events: r.Events}
	for _, c := range r.Classes {
		m.Classes = append(m.Classes, notify.Class(c))
	}
	return m
}

// blame notes an error, if it is one, at the rule that it is about. Its field is a path
// from base, which is the one at path.
func (s *surveyor) blame(path, base string, err error) {
	if err == nil {
		return
	}
	say := err.Error()
	if e, ok := errors.AsType[*progress.Error](err); ok {
		say = e.Say
		if rest, within := strings.CutPrefix(e.Field, base); within && base != "" {
			path += rest
		}
	}
	s.problems = append(s.problems, config.Problem{Place: s.place(path), Say: path + ": " + say})
}

// place is that of the innermost rule around a path.
func (s *surveyor) place(path string) string {
	for s.places[path] == "" && path != top {
		path = path[:max(strings.LastIndexAny(path, ".["), len(top))]
	}
	return s.places[path]
}
