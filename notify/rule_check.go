package notify

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/taskherald/herald/progress"
)

// The bounds of rules.
const (
	MostRules  = 500                 // in all
	MostDepth  = 8                   // in each other, those of the outermost list being 1
	MostNames  = 100                 // in one list of a rule, such as Tell
	MostOver   = 30 * 24 * time.Hour // Over
	MostStages = progress.MaxStages  // of one escalation

	leastAfter = progress.MinAfter * time.Second // Stage.After
	mostAfter  = progress.MaxAfter * time.Second
)

// CheckRules says what is wrong with rules: the first problem, an Error with Invalid whose
// Field is the path such as rules[2].tell[0], in the words of the settings file; or nil.
// channels are those that this server has.
func CheckRules(rules []Rule, channels []string) error {
	c := ruleCheck{channels: channels}
	return c.list("rules", rules, 1, false)
}

// ruleCheck looks through rules.
type ruleCheck struct {
	channels []string
	seen     int // rules so far
}

// list looks through a list that stands so deep; told is whether a rule around it tells
// somebody.
func (c *ruleCheck) list(path string, rules []Rule, depth int, told bool) error {
	if len(rules) > 0 && depth > MostDepth {
		return wrong(path, "stand more than %d deep in each other", MostDepth)
	}
	if c.seen += len(rules); c.seen > MostRules {
		return wrong(path, "make more than %d rules in all", MostRules)
	}
	for i := range rules {
		r, here := &rules[i], fmt.Sprintf("%s[%d]", path, i)
		if err := c.rule(here, r, told); err != nil {
			return err
		}
		if err := c.list(here+".rules", r.Rules, depth+1, told || len(r.Tell) > 0); err != nil {
			return err
		}
	}
	return nil
}

func (c *ruleCheck) rule(path string, r *Rule, told bool) error {
	for _, err := range [...]error{
		checkText(path+".name", r.Name), checkMatcher(path+".match", &r.Match), c.names(path+".tell", r.Tell), c.ways(path+".by", r.By),
		each(path+".group", r.Group, checkGroup), c.stages(path+".escalate", r.Escalate),
	} {
		if err != nil {
			return err
		}
	}
	if err := r.Digest.check(); err != nil {
		return wrong(path+".digest", "%v", err)
	}
	if r.Over < 0 || r.Over > MostOver {
		return wrong(path+".longer_than", "must be 0 to 720h (30 days)")
	}
	if len(r.Escalate) > 0 && !told && !r.tells() {
		return wrong(path+".escalate", "is of nothing, as the rule tells nobody; say in tell who is asked first, such as %s", TellApprovers)
	}
	return nil
}

// tells reports whether it, or a rule inside it, tells somebody by itself.
func (r *Rule) tells() bool {
	return len(r.Tell) > 0 || slices.ContainsFunc(r.Rules, func(inner Rule) bool { return inner.tells() })
}

func checkMatcher(path string, m *Matcher) error {
	for _, err := range [...]error{
		each(path+".kind", m.Kinds, checkPattern), each(path+".owner", m.Owners, checkPattern),
		checkLabels(path+".label", m.Labels), each(path+".class", m.Classes, checkClass), each(path+".event", m.Events, checkEvent),
	} {
		if err != nil {
			return err
		}
	}
	return nil
}

// checkPattern refuses what fits nothing.
func checkPattern(field, text string) error {
	if err := checkName(field, text); err != nil {
		return err
	}
	return checkStar(field, text)
}

// checkStar refuses a star that would stand for itself, which nobody means.
func checkStar(field, text string) error {
	if strings.Contains(strings.TrimSuffix(text, "*"), "*") {
		return wrong(field, "%q has a star before its end; it stands for anything only there", text)
	}
	return checkText(field, text)
}

func checkEvent(field, pattern string) error {
	if !ValidPattern(pattern) {
		return wrong(field, "%q is no kind of event, such as task.failed, and no beginning of some, such as approval.*", pattern)
	}
	return nil
}

func checkGroup(field, word string) error {
	if label, ok := strings.CutPrefix(word, groupLabel); ok {
		return checkName(field, label)
	}
	if !slices.Contains([]string{"task", "kind", "owner"}, word) {
		return wrong(field, "%q must be task, kind, owner or label:NAME", word)
	}
	return nil
}

func (c *ruleCheck) stages(path string, stages []Stage) error {
	if len(stages) > MostStages {
		return wrong(path, "has %d stages; at most %d are taken", len(stages), MostStages)
	}
	for i, s := range stages {
		here := fmt.Sprintf("%s[%d]", path, i)
		if s.After < leastAfter || s.After > mostAfter {
			return wrong(here+".after", "must be 30s to 720h (30 days)")
		}
		if err := c.names(here+".tell", s.Tell); err != nil {
			return err
		}
		if err := c.ways(here+".by", s.By); err != nil {
			return err
		}
	}
	return nil
}

// ways looks through the channels that people are told by.
func (c *ruleCheck) ways(path string, channels []string) error {
	return each(path, channels, c.channel)
}

func (c *ruleCheck) channel(field, name string) error {
	if slices.Contains(c.channels, name) {
		return nil
	}
	return wrong(field, "%q is no channel of this server; there are %s", name, joined(c.channels))
}

// names looks through those who are told. People may be added later.
func (c *ruleCheck) names(path string, names []string) error { return each(path, names, c.name) }

func (c *ruleCheck) name(field, name string) error {
	if err := checkName(field, name); err != nil {
		return err
	}
	if group, ok := strings.CutPrefix(name, groupPrefix); ok {
		return checkName(field, group)
	}
	if a, ok := addressIn(name); ok {
		return c.address(field, a)
	}
	return nil
}

// address looks at one that the operator vouches for. Only those of mailboxes and rooms say
// all that it takes to send something there.
func (c *ruleCheck) address(field string, a Address) error {
	if a.Channel == Webhook {
		return wrong(field, "webhooks are not told by rules; whoever wants one subscribes it")
	}
	if err := c.channel(field, a.Channel); err != nil {
		return err
	}
	switch a.Channel {
	case Email:
		if !Mailbox(a.To) {
			return wrong(field, "%q is no mail address; write one such as email:ops@example.com", a.To)
		}
	case Slack:
		if !SlackRoom(a.To) {
			return wrong(field, "%q is no channel of Slack; write its name in small letters, such as slack:#deploys, or its id, such as slack:C0123ABCD", a.To)
		}
	case Discord:
		if !DiscordRoom(a.To) {
			return wrong(field, "%q is no channel of Discord; write its name in small letters, such as discord:#deploys, or its id, such as discord:123456789012345678", a.To)
		}
	default:
		return wrong(field, "%s takes no addresses here; name the person, who is told where they have subscribed", a.Channel)
	}
	return nil
}

// each looks through a list.
func each[T any](path string, list []T, check func(field string, item T) error) error {
	if len(list) > MostNames {
		return wrong(path, "has %d entries; at most %d are taken", len(list), MostNames)
	}
	for i, item := range list {
		if err := check(fmt.Sprintf("%s[%d]", path, i), item); err != nil {
			return err
		}
	}
	return nil
}
