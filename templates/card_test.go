package templates

import (
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
)

// TestHash holds that a hash changes with what is shown, and with nothing else.
func TestHash(t *testing.T) {
	t.Parallel()
	b := book(t)
	for _, s := range Scenes() {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			card := b.Card(s.Subject, Reader{})
			before := b.Layout(JSON, card, Fit{})
			later := s.Subject
			later.Now = later.Now.Add(40 * 24 * time.Hour)
			newer := *later.Task
			newer.Version += 7
			later.Task = &newer
			if was, is := card.Hash(), b.Card(later, Reader{}).Hash(); was != is {
				t.Error("it changes with the time and the version")
			}
			if b.Layout(JSON, card, Fit{}) != before {
				t.Error("taking it changed the card")
			}
			newer.Spec = &progress.Spec{Title: "another", Kind: newer.Spec.Kind, Owner: newer.Spec.Owner}
			if was, is := card.Hash(), b.Card(later, Reader{}).Hash(); was == is {
				t.Error("it does not change with the title")
			}
			if was, is := card.Hash(), b.Card(s.Subject, Reader{Lang: "de"}).Hash(); was == is {
				t.Error("it does not change with the language")
			}
		})
	}
}

// TestHashSeesTimes holds that another deadline is another picture.
func TestHashSeesTimes(t *testing.T) {
	t.Parallel()
	b := book(t)
	card := b.Card(asked().Subject, Reader{})
	was := card.Hash()
	until := *card.Ask.Until
	until.At = until.At.Add(time.Minute)
	card.Ask.Until = &until
	if card.Hash() == was {
		t.Error("it is the same")
	}
}

// TestOffers are the verbs that the task admits, with the step they are about.
func TestOffers(t *testing.T) {
	t.Parallel()
	b := book(t)
	for name, want := range map[string]string{
		"approval":   "approve 3, reject 3, cancel, restart",
		"failed":     "restart, retry 2, skip 2",
		"running":    "pause, cancel, restart, skip 2",
		"paused":     "resume, cancel, restart, skip 1",
		"pending":    "cancel, restart, skip 1",
		"completed":  "restart",
		"many_steps": "pause, cancel, restart, skip 251",
	} {
		i := slices.IndexFunc(Scenes(), func(s Scene) bool { return s.Name == name })
		var got []string
		for _, o := range b.Card(Scenes()[i].Subject, Reader{}).Offers {
			said := string(o.Verb)
			if o.Step > 0 {
				said += " " + strconv.Itoa(o.Step)
			}
			got = append(got, said)
		}
		if said := strings.Join(got, ", "); said != want {
			t.Errorf("%s offers %s, want %s", name, said, want)
		}
	}
}

// TestCardsHaveNoSecrets holds that neither the lease nor the callback's address is
// on a card or a notice.
func TestCardsHaveNoSecrets(t *testing.T) {
	t.Parallel()
	b := book(t)
	s := running()
	spec := *s.Subject.Task.Spec
	spec.CallbackURL = "https://hooks.example.com/verysecret"
	s.Subject.Task.Spec, s.Subject.Task.Lease = &spec, "verysecret"
	text := b.Layout(JSON, b.Card(s.Subject, Reader{}), Fit{})
	for _, e := range s.Events {
		text += b.Layout(JSON, b.Notice(s.Subject, &e, Reader{}), Fit{})
	}
	if strings.Contains(text, "verysecret") {
		t.Error(text)
	}
}

// TestWindow is the part of a list that is shown.
func TestWindow(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ n, focus, from, to int }{
		{0, 0, 0, 0}, {3, 1, 0, 3}, {5, 4, 0, 5}, {9, 0, 0, 5}, {9, 4, 2, 7}, {9, 8, 4, 9}, {9, 2, 0, 5},
	} {
		if from, to := window(c.n, c.focus, 5); from != c.from || to != c.to {
			t.Errorf("%d of %d: %d to %d, want %d to %d", c.focus, c.n, from, to, c.from, c.to)
		}
	}
}

// TestResults holds what is shown of what a task gave.
func TestResults(t *testing.T) {
	t.Parallel()
	b := book(t)
	for result, want := range map[string][]string{
		`"done"`: {"Result: done"}, `7`: {"Result: 7"}, `true`: {"Result: true"}, `null`: nil, `""`: nil, `[1]`: nil, ` {"b": 1, "a": "x\ny", "c": {}, "d": null}`: {"a: x y", "b: 1"},
		`{"1":1,"2":2,"3":3,"4":4,"5":5,"6":6}`: {"1: 1", "2: 2", "3: 3", "4: 4", "5: 5"},
	} {
		task := progress.Task{Spec: &progress.Spec{Title: "T"}, Status: progress.Completed, End: &progress.End{Result: json.RawMessage(result)}}
		var got []string
		for _, f := range b.Card(Subject{Task: &task}, Reader{}).Result {
			got = append(got, f.Text)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %q, want %q", result, got, want)
		}
	}
}
