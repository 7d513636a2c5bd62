package templates

import (
	"cmp"
	"slices"
	"strings"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates/words"
)

// helper gives examples of what the person can say.
type helper struct{ replier }

func (p helper) say(out *Reply) {
	out.Text = p.Say("help.reads")
	var done []progress.Verb
	for _, w := range p.a.Wishes {
		if wish(w.Verb) == "" || slices.Contains(done, w.Verb) {
			continue
		}
		out.Text, done = p.Say("help.text"), append(done, w.Verb)
		out.Items = append(out.Items, Item{Title: p.wish(w)})
	}
	for _, say := range p.reads() {
		out.Items = append(out.Items, Item{Title: say})
	}
}

// wish is a sentence that gives a verb to a task.
func (p helper) wish(w WishFor) string {
	title := arg("title", clean(w.Title, mostTitle))
	switch w.Verb {
	case progress.VerbApprove, progress.VerbReject, progress.VerbSkip:
		if w.Step > 0 {
			return p.Say("say."+string(w.Verb)+".step", title, order(w.Step))
		}
	}
	return p.Say("say."+string(w.Verb), title)
}

// reads are sentences that ask for something, about a task that there is.
func (p helper) reads() []string {
	out := []string{p.Say("say.list")}
	title := clean(p.example(), mostTitle)
	if title == "" {
		return out
	}
	keys := []string{"status", "eta", "logs", "history", "follow", "hush"}
	if p.a.Stranger {
		keys = keys[:2] // the rest is for people who are known
	}
	for _, key := range keys {
		out = append(out, p.Say("say."+key, arg("title", title)))
	}
	return out
}

// example is the title of a task that there is, "" for none.
func (p replier) example() string {
	switch {
	case p.a.Task != nil:
		return titleOf(p.a.Task.Task)
	case len(p.a.Wishes) > 0:
		return p.a.Wishes[0].Title
	case len(p.a.Tasks) > 0:
		return titleOf(p.a.Tasks[0].Task)
	}
	return ""
}

// mostHints is how many sentences a hint has.
const mostHints = 4

// hint is what can be said in the place of the buttons, by a key with {list}; "" for
// nothing.
func (p helper) hint(key string) string {
	var says []string
	for _, b := range p.a.Presses {
		if say := p.saying(b); say != "" && len(says) < mostHints {
			says = append(says, say)
		}
	}
	if len(says) == 0 {
		return ""
	}
	return p.Say(key, words.A("list", strings.Join(says, " · ")))
}

// saying is what somebody says in the place of a button, "" if there is nothing.
func (p helper) saying(b Press) string {
	title := clean(cmp.Or(b.Title, p.example()), mostTitle)
	switch {
	case b.No || title == "" && b.Verb != "":
		return ""
	case wish(b.Verb) != "":
		return p.wish(WishFor{Verb: b.Verb, Title: title, Step: b.Step})
	case b.About == TopicList:
		return p.Say("say.list")
	}
	switch b.About {
	case TopicStatus, TopicLogs, TopicETA, TopicHistory:
		if title != "" {
			return p.Say("say."+string(b.About), arg("title", title))
		}
	}
	return inside(clean(b.Say, mostName))
}
