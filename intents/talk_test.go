package intents

import (
	"testing"

	"github.com/taskherald/herald/progress"
)

// ofThread is a message in a thread about one of two tasks.
func ofThread(text string) Input {
	return Input{Text: text, About: "t1", Tasks: []Task{{"t1", "Cellphone Store CRM", progress.Running}, {"t2", "Deploy website", progress.Running}}}
}

// TestTalk holds what tells whether something is for us that people say to each other.
func TestTalk(t *testing.T) {
	t.Parallel()
	p := New()
	type heard struct {
		orders, people bool
		strange        int
	}
	for text, want := range map[string]heard{
		"cancel it":                          {orders: true},
		"ok, please pause it for 5 minutes":  {orders: true},
		"cancel the crm, the disk is full":   {orders: true, strange: 1},
		"annule-la":                          {orders: true},
		"cancélalo":                          {orders: true},
		"brich es ab":                        {orders: true},
		"is the build done?":                 {strange: 1},
		"continue":                           {},
		"stop it, you're killing me":         {people: true, strange: 1},
		"is it done yet?":                    {},
		"¿ya terminó?":                       {},
		"how long have you been there?":      {people: true},
		"läuft das bei Ihnen?":               {people: true},
		"wann sind sie fertig?":              {},
		"tu peux me dire où en est le CRM ?": {},
		"où en est-il, s'il te plaît ?":      {},
		"what's up?":                         {people: true},
		"¿qué tal?":                          {people: true},
		"je regarde ça demain":               {people: true},
	} {
		r := p.Parse(ofThread(text))
		if got := (heard{r.Orders, r.People, r.Strange}); got != want {
			t.Errorf("%q: %+v, want %+v (%+v)", text, got, want, r)
		}
	}
}

// TestPullRequests holds that a pull request is neither French nor a task.
func TestPullRequests(t *testing.T) {
	t.Parallel()
	p := New()
	for _, text := range []string{"approve PR 42", "approve pr 42", "approve the PR", "cancel PR 7 please", "reject pr"} {
		if r := p.Parse(ofThread(text)); r.Lang == "fr" || r.Task != "" || r.Sure == SureAct {
			t.Errorf("%q: %+v", text, r)
		}
	}
	for _, text := range []string{"mets le crm en pause pr 2h", "pause le crm pr 5 min", "arrête le crm pr l'instant"} {
		if r := p.Parse(ofThread(text)); r.Lang != "fr" || r.Verb != progress.VerbPause && r.Verb != progress.VerbCancel {
			t.Errorf("%q: %+v", text, r)
		}
	}
}
