package intents

import (
	"fmt"
	"strings"
	"testing"

	"github.com/taskherald/herald/progress"
)

// commands ask for each act in several ways of English, {} for the task.
var commands = map[Intent][]string{
	Cancel:  {"cancel {}", "please stop {}", "can you kill {}", "abort {} now", "could you terminate {} please", "call {} off"},
	Restart: {"restart {}", "please rerun {}", "start {} over", "could you restart {} from scratch", "do {} over again"},
	Pause:   {"pause {}", "put {} on hold", "please hold {} for now", "could you suspend {}", "pause {} for ten minutes"},
	Resume:  {"resume {}", "please unpause {}", "carry on with {}", "can you continue {}"},
	Approve: {"approve {}", "please sign off on {}", "can you approve {}", "approve step 2 of {}"},
	Reject:  {"reject {}", "please decline {}", "could you turn down {}", "reject step 2 of {}"},
	Retry:   {"retry {}", "try {} again", "please retry step 2 of {}", "can you give {} another go"},
	Skip:    {"skip step 2 of {}", "please skip the failed step of {}", "could you skip step 3 on {}"},
}

// fitting is the status in which an act on a task makes sense.
func fitting(i Intent) progress.Status {
	switch i {
	case Resume:
		return progress.Paused
	case Approve, Reject:
		return progress.Waiting
	case Retry, Skip:
		return progress.Failed
	}
	return progress.Running
}

// eachCommand calls with every command on a task of a title, among others.
func eachCommand(title string, each func(i Intent, text string, in Input)) {
	for i, forms := range commands {
		for _, form := range forms {
			in := Input{Tasks: []Task{{"t1", "Holiday photos", progress.Running}, {"t2", title, fitting(i)}, {"t3", "Ledger sync", progress.Completed}}}
			in.Text = strings.ReplaceAll(form, "{}", title)
			each(i, in.Text, in)
		}
	}
}

// TestCommands holds that a plain command does what it says, at once, to the task that it
// names.
func TestCommands(t *testing.T) {
	t.Parallel()
	p := New()
	eachCommand("the Webshop", func(i Intent, text string, in Input) {
		if r := p.Parse(in); r.Intent != i || r.Task != "t2" || r.Sure != SureAct {
			t.Errorf("%q is %+v", text, r)
		}
	})
}

// TestNoCommand holds that what is added to a command, and forbids it, does so: no act is
// ever read then.
func TestNoCommand(t *testing.T) {
	t.Parallel()
	p := New()
	bars := []string{
		"don't %s", "do not %s", "please don't %s", "never %s", "we should not %s",
		"%s if it fails", "if nobody objects, %s", "%s unless somebody is at it", "%s once the upload is done", "%s when the backup is through",
		"how do I %s", "how can I %s?", "what happens if I %s?", "can one %s?", "is it possible to %s?", "how to %s",
		"should I %s?", "do you think we should %s?", "would it be wise to %s?", "what happens if we %s",
		"I wish we could %s", "we are going to %s", "I plan to %s", "maybe we should %s, what do you think?",
		"%s tonight", "%s tomorrow morning", "later today please %s", "%s next week", "Bob said he would %s", "%s in an hour",
	}
	eachCommand("the Webshop", func(i Intent, text string, in Input) {
		for _, bar := range bars {
			in.Text = fmt.Sprintf(bar, text)
			if r := p.Parse(in); changes(r.Intent) {
				t.Errorf("%q is %s of %q, surely %s", in.Text, r.Intent, r.Task, r.Sure)
			}
		}
	})
}

// TestTold holds that who asks whether something was done, or tells of it, has it done to
// nothing.
func TestTold(t *testing.T) {
	t.Parallel()
	p := New()
	for _, done := range []string{"cancelled", "stopped", "restarted", "paused", "resumed", "approved", "rejected", "retried", "skipped"} {
		for _, form := range []string{"was the Webshop %s?", "has somebody %s the Webshop?", "I %s the Webshop", "we %s it yesterday", "who %s the Webshop?", "when was it %s?", "why was the Webshop %s", "Ann has %s the Webshop already", "the Webshop was %s by mistake", "how often was the Webshop %s?"} {
			in := Input{Text: fmt.Sprintf(form, done), Tasks: []Task{{"t1", "Webshop", progress.Running}, {"t2", "Ledger", progress.Paused}}, About: "t1"}
			if r := p.Parse(in); changes(r.Intent) {
				t.Errorf("%q is %s of %q", in.Text, r.Intent, r.Task)
			}
		}
	}
}

// TestTitles holds that a title with verbs in it changes no answer: what is asked of a task
// by its title is the same, whatever it is called.
func TestTitles(t *testing.T) {
	t.Parallel()
	p := New()
	titles := []string{
		"Cancel flow redesign", "Retry queue fix", "Approve vendor list", "Stop-loss model", "Resume parser v2", "Skip logic for surveys",
		"Pause menu animation", "Restart policy docs", "Don't panic guide", "How to cancel", "Status page rework", "Log rotation", "List of suppliers",
		"If this then that", "Reject spam mails", "Is it done", "Rechnungslauf abbrechen", "Annuler les doublons", "Cancelar pedidos", "Who approved what", "Later tonight show",
	}
	for _, title := range titles {
		eachCommand(title, func(i Intent, text string, in Input) {
			if r := p.Parse(in); r.Intent != i || r.Task != "t2" {
				t.Errorf("%q is %s of %q (%s %s)", text, r.Intent, r.Task, r.Doubt, r.Verb)
			}
		})
		for text, want := range map[string]Intent{
			"how is %s doing?": Status, "eta for %s?": ETA, "show logs for %s": Logs, "history of %s": History, "let me know when %s is done": Subscribe,
			"don't cancel %s": Clarify, "%s?": Status,
		} {
			in := Input{Text: fmt.Sprintf(text, title), Tasks: []Task{{"t1", "Holiday photos", progress.Running}, {"t2", title, progress.Running}}}
			if r := p.Parse(in); r.Intent != want || r.Task != "t2" {
				t.Errorf("%q is %s of %q, not %s", in.Text, r.Intent, r.Task, want)
			}
		}
	}
}

// TestNothingIsGuessed holds that with several tasks and none named, no act is done to one
// of them.
func TestNothingIsGuessed(t *testing.T) {
	t.Parallel()
	p := New()
	all := []Task{{"a1", "Holiday photos", progress.Running}, {"a2", "Ledger sync", progress.Running}}
	for _, text := range []string{"cancel it", "stop", "cancel", "pause it", "restart the task", "please cancel", "kill the job", "cancel a9", "cancel the third one", "cancel the payroll job", "pause a7"} {
		if r := p.Parse(Input{Text: text, Tasks: all}); r.Task != "" || r.Sure == SureAct {
			t.Errorf("%q is done to %q: %+v", text, r.Task, r)
		}
	}
}

// FuzzParse holds that nothing makes the parser fail, that it always says the same, and that
// it never acts on a task that was not given.
func FuzzParse(f *testing.F) {
	for _, k := range Catalogue() {
		for _, e := range k.Examples {
			f.Add(e.Text, "CRM", "Cancel flow redesign", "t1")
		}
	}
	f.Add("cancel …", "", "\xff\xfe", "")
	f.Add("status not \"foo. bar\"", "foo", "bar", "t1")
	f.Add(strings.Repeat("cancel it and ", 300), "a b c", "it", "#1")
	f.Add("'''\"\"\"```<@U1><@", "\u202e\u202d", "👍👎", "-")
	p := New()
	f.Fuzz(func(t *testing.T, text, one, two, id string) {
		in := Input{Text: text, Tasks: []Task{{progress.TaskID(id), one, progress.Running}, {"t2", two, progress.Paused}}, About: progress.TaskID(id)}
		r := p.Parse(in)
		p.Parse(Input{Text: "cancela mi copia de seguridad, por favor", Tasks: in.Tasks}) // what is said between changes nothing
		again := p.Parse(in)
		if fmt.Sprint(r) != fmt.Sprint(again) {
			t.Fatalf("%q is %+v, then %+v", text, r, again)
		}
		if r.Task != "" && r.Task != "t2" && string(r.Task) != id {
			t.Fatalf("%q is about %q", text, r.Task)
		}
		if r.Sure == SureAct && (r.Task == "" || !changes(r.Intent) || r.Doubt != "") {
			t.Fatalf("%q acts: %+v", text, r)
		}
		if r.Wait < 0 || r.Lines < 0 || r.Step < 0 {
			t.Fatalf("%q lasts: %+v", text, r)
		}
		if r.Reason != "" && !strings.Contains(text, r.Reason) {
			t.Fatalf("%q has no %q", text, r.Reason)
		}
	})
}
