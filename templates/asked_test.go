package templates

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates/words"
)

// needed is the event with which a life asked for an approval.
func needed(t *testing.T, l *life) *progress.Event {
	t.Helper()
	for i := range l.told {
		if l.told[i].Kind == progress.ApprovalNeeded {
			return &l.told[i]
		}
	}
	t.Fatalf("it asked for nothing: %v", l.told)
	return nil
}

// TestAsked holds what an approval's own message says as things go on, of the event that asked.
func TestAsked(t *testing.T) {
	t.Parallel()
	b := book(t)
	ann, bob := person("ann"), person("bob", "ops")
	yes := func(l *life) {
		l.does(bob, progress.ViaButton, time.Minute, progress.Approve{Step: 3, Option: "tonight"})
	}
	for name, c := range map[string]struct {
		then           func(l *life)
		again          int
		open           bool
		symbol, head   string
		since, votes   string
		reason, absent string
	}{
		"asked":    {open: true, symbol: "⚠", head: "Approval required for Step 3: Go live", votes: "0 of 2"},
		"reminded": {again: 1, open: true, symbol: "⚠", head: "⚠️ Still waiting: approval required for Step 3", since: "Asked 1 minute ago", votes: "0 of 2"},
		"voted":    {then: yes, again: 1, open: true, symbol: "⚠", head: "⚠️ Still waiting: approval required for Step 3", since: "Asked 2 minutes ago", votes: "1 of 2"},
		"approved": {
			then: func(l *life) {
				yes(l)
				l.does(ann, progress.ViaMail, time.Minute, progress.Approve{Step: 3, Option: "tonight", Reason: "checked"})
			},
			again: 2, symbol: "✓", head: "Step 3 was approved by ann (by e-mail, today 12:10 UTC).", reason: "Chosen: tonight · Reason: checked", votes: "2 of 2",
		},
		"rejected": {
			then:   func(l *life) { l.does(ann, progress.ViaPush, time.Minute, progress.Reject{Step: 3, Reason: "no"}) },
			symbol: "✕", head: "Step 3 was rejected by ann (from a push message, today 12:09 UTC).", reason: "Reason: no", votes: "0 of 2",
		},
		"expired": {
			then:   func(l *life) { l.does(progress.Timer(), progress.ViaTimer, time.Hour, progress.Expire{Step: 3}) },
			symbol: "✕", head: "Step 3 was not approved: nobody decided in time (today 13:08 UTC).", votes: "0 of 2",
		},
		"cancelled": {
			then:   func(l *life) { l.does(ann, progress.ViaChat, time.Minute, progress.Cancel{Reason: "wrong branch"}) },
			symbol: "–", head: "Cancelled by ann (in chat, today 12:09 UTC).", reason: "Reason: wrong branch", votes: "0 of 2",
		},
		"restarted": {
			then: func(l *life) {
				l.does(ann, progress.ViaChat, time.Minute, progress.Cancel{}).does(ann, progress.ViaCLI, time.Minute, progress.Restart{})
			},
			symbol: "–", head: "Step 3 needs no approval any more.", votes: "0 of 2",
		},
	} {
		l := inquiry()
		e := needed(t, l)
		if c.then != nil {
			c.then(l)
		}
		s := l.scene(name, time.Minute).Subject
		s.Again = c.again
		got := b.Asked(s, e, Reader{})
		if got.Open != c.open || got.Symbol != c.symbol || got.Head != c.head || got.Since != c.since || got.Reason != c.reason {
			t.Errorf("%s is %+v", name, got)
		}
		if (got.Outcome == nil) != c.open || got.Title != "Import customers" || got.Link != s.Link || got.Task != s.Task.ID || got.Step != 3 {
			t.Errorf("%s is %+v", name, got)
		}
		if a := got.Ask; a == nil || a.Votes != "Approvals so far: "+c.votes || len(a.Effects) != 2 || !strings.HasPrefix(a.Prompt, "Switch production over") {
			t.Errorf("%s asks %+v", name, got.Ask)
		}
	}
}

// TestAskedOfWhatIsNone holds that every event has something to say, in every language, and
// never a decision that does not count.
func TestAskedOfWhatIsNone(t *testing.T) {
	t.Parallel()
	b := book(t)
	bare := progress.Task{ID: "t", Spec: &progress.Spec{Title: "CRM"}}
	for _, lang := range words.Langs() {
		for _, s := range Scenes() {
			for _, e := range s.Events {
				got := b.Asked(s.Subject, &e, Reader{Lang: lang})
				if text, _ := json.Marshal(got); got.Head == "" || got.Symbol == "" || strings.ContainsAny(got.Head, "{}") {
					t.Errorf("%s, %s in %s: %s", s.Name, e.Kind, lang, text)
				}
				if waits := b.Ask(s.Subject, e.Step, Reader{}); got.Open && (waits == nil || waits.ID != got.Ask.ID) {
					t.Errorf("%s, %s in %s is open", s.Name, e.Kind, lang)
				}
				if got := b.Asked(Subject{Task: &bare}, &e, Reader{Lang: lang}); got.Head == "" || got.Open {
					t.Errorf("of a bare task %s says %+v", e.Kind, got)
				}
			}
		}
	}
}

// TestAskedOfADecision holds that the event of a decision says it too, when the task has long
// gone on.
func TestAskedOfADecision(t *testing.T) {
	t.Parallel()
	b := book(t)
	s := rejected()
	decided := s.Events[0]
	if decided.Kind != progress.ApprovalDecided {
		t.Fatal(decided.Kind)
	}
	l := &life{task: *s.Subject.Task, at: s.Subject.Now}
	l.does(person("ann"), progress.ViaCLI, time.Hour, progress.Restart{})
	got := b.Asked(l.scene("restarted", 0).Subject, &decided, Reader{})
	if got.Open || got.Symbol != "✕" || !strings.HasPrefix(got.Head, "Step 3 was rejected by") {
		t.Errorf("%+v", got)
	}
}
