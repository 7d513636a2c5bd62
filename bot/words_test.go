package bot_test

import (
	"strings"
	"testing"

	"github.com/taskherald/herald/bot/bottest"
	"github.com/taskherald/herald/intents"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// TestHelpIsUnderstood holds that each example of the help, in each language, means what it
// is an example of.
func TestHelpIsUnderstood(t *testing.T) {
	t.Parallel()
	tasks := []intents.Task{
		{ID: bottest.ID("crm"), Title: "Cellphone Store CRM", Status: progress.Running},
		{ID: bottest.ID("erp"), Title: "Warehouse ERP", Status: progress.Running},
	}
	parser := intents.New()
	for _, lang := range templates.Langs() {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			acts, reads := examples(lang)
			for v, say := range acts {
				got := parser.Parse(intents.Input{Text: say, Tasks: tasks})
				if got.Verb != v || got.Task != tasks[0].ID || got.Step != stepOf(v) || got.Sure != intents.SureAct {
					t.Errorf("%q is %+v", say, got)
				}
			}
			for _, say := range reads {
				got := parser.Parse(intents.Input{Text: say, Tasks: tasks})
				if got.Verb != "" || got.Intent == intents.Unknown || got.Intent == intents.Clarify {
					t.Errorf("%q is %+v", say, got)
				}
			}
		})
	}
}

// examples are what the help of a language says: of each verb, and of what changes nothing.
func examples(lang string) (acts map[progress.Verb]string, reads []string) {
	book := templates.New(templates.Options{})
	acts = map[progress.Verb]string{}
	for _, r := range progress.Rules() {
		if !r.Wish {
			continue
		}
		reply := book.Reply(templates.Answer{
			About: templates.TopicHelp, Wishes: []templates.WishFor{{Verb: r.Verb, Title: "Cellphone Store CRM", Step: stepOf(r.Verb)}},
		}, templates.Reader{Lang: lang}, noon)
		acts[r.Verb], reads = reply.Items[0].Title, nil
		for _, item := range reply.Items[1:] {
			reads = append(reads, item.Title)
		}
	}
	return acts, reads
}

// stepOf is the step of an example.
func stepOf(v progress.Verb) int {
	switch v {
	case progress.VerbApprove, progress.VerbReject, progress.VerbSkip:
		return 2
	}
	return 0
}

// TestButtonsAreUnderstood holds that what a button says means what it is for, whatever the
// person has spoken of.
func TestButtonsAreUnderstood(t *testing.T) {
	t.Parallel()
	w := bottest.Open(t, nil)
	one, two := running(t, w, "one", "CRM for cellphones"), running(t, w, "two", "CRM for bicycles")
	n := 0
	for _, text := range []string{
		"how is the CRM task?", "show me the logs of the CRM task", "when will the CRM task be done?", "show the history of the CRM task",
	} {
		n += 3
		ask := turn(n, text)
		ask.Room = text
		reply, asked := hear(t, w.Bot, ask)
		if reply.About != templates.TopicChoose || len(reply.Buttons) != 2 {
			t.Fatalf("%q: %s: %s", text, reply.About, reply.Text)
		}
		for i, id := range []progress.TaskID{one, two} {
			if _, got := hear(t, w.Bot, turn(n+1+i, reply.Buttons[i].Say)); got.Task != id || got.Intent != asked.Intent {
				t.Errorf("%q is %+v, not %s", reply.Buttons[i].Say, got, asked.Intent)
			}
		}
	}
}

// TestRiskyButtons holds that the button for an approval of high risk names the step.
func TestRiskyButtons(t *testing.T) {
	t.Parallel()
	w := bottest.Open(t, nil)
	id := running(t, w, "crm", "Cellphone Store CRM")
	gate := progress.Gate{Risk: "high", Prompt: "Drop the table?"}
	if _, err := w.Do(id, builder, progress.Ask{Step: progress.StepRef{Order: 2}, Gate: gate}); err != nil {
		t.Fatal(err)
	}
	status, _ := hear(t, w.Bot, turn(1, "how is the CRM task?"))
	if len(status.Buttons) == 0 || status.Buttons[0].Press != "" || !strings.HasPrefix(status.Buttons[0].Say, "approve step 2 ") {
		t.Fatalf("%+v", status.Buttons)
	}
	reply, got := hear(t, w.Bot, turn(2, status.Buttons[0].Say))
	if reply.About != templates.TopicConfirm || got.Verb != progress.VerbApprove || got.Task != id || got.Step != 2 {
		t.Errorf("%s: %+v", reply.About, got)
	}
}

// TestLongAndOdd holds that no message is too odd to be answered.
func TestLongAndOdd(t *testing.T) {
	t.Parallel()
	w := bottest.Open(t, nil)
	running(t, w, "crm", "Cellphone Store CRM")
	for i, text := range []string{
		"", " ", "\x00", "\xff\xfe", strings.Repeat("cancel ", 280), strings.Repeat("#1 ", 600), strings.Repeat("é", 2000), "🚀🚀🚀", "1", "2.", "#", "...",
		"how is the " + strings.Repeat("very ", 300) + "Long task?",
	} {
		said := turn(i, text)
		said.Reader.Lang = "xx"
		if reply, _ := hear(t, w.Bot, said); reply.Text == "" {
			t.Errorf("%q: %+v", text, reply)
		}
	}
}
