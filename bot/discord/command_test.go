package discord_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/taskherald/herald/bot/discord"
	"github.com/taskherald/herald/bot/discord/discordfake"
	"github.com/taskherald/herald/bot/discord/setup"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// TestCommand holds that each subcommand is a sentence, of which only who gives it sees the
// answer, and that all that are registered are known.
func TestCommand(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, discordfake.Options{}, nil)
		says := map[string]string{
			"ask": "how's the <crm>?", "list": "list", "show": "status t1", "logs": "logs t1", "approve": "approve t1", "reject": "reject t1", "pause": "pause t1",
			"resume": "resume t1", "cancel": "cancel t1", "retry": "retry t1", "restart": "restart t1", "skip": "skip t1", "help": "help",
		}
		n := 0
		for _, o := range setup.Commands()[0].Options {
			want, ok := says[o.Name]
			if !ok {
				continue // of accounts
			}
			given := map[string]string{}
			for _, arg := range o.Options {
				given[arg.Name] = map[string]string{"task": " t1 ", "what": "how's the <crm>?"}[arg.Name]
			}
			n++
			i := s.orders(discordfake.Ana, discordfake.General, o.Name, given)
			s.first(i, firstLater)
			s.told(i, discordfake.Ana, "heard ")
			turn := s.newest(n)
			if turn.Text != want || turn.Room != here || turn.Thread != "" || turn.ID != i.ID || turn.Via != progress.ViaChat || turn.Who.Person != "ana" {
				t.Errorf("%s is %+v", o.Name, turn)
			}
		}
		if n != len(says) || len(setup.Commands()[0].Options) != n+2 {
			t.Errorf("%d of %d subcommands were given", n, len(setup.Commands()[0].Options))
		}
		if all := s.User(discordfake.Ben).Sees(discordfake.General); len(all) != 0 {
			t.Errorf("others see %+v", all)
		}
		s.told(s.orders(discordfake.Cleo, discordfake.General, "list", nil), discordfake.Cleo, "heard list")
		if !s.newest(n + 1).Stranger {
			t.Errorf("it is %+v", s.newest(n+1))
		}
		i := s.orders(discordfake.Ana, discordfake.App, "list", nil)
		s.told(i, "", "heard list")
		thread := s.threaded(s.pinned(discordfake.General, "t1", keys()))
		s.orders(discordfake.Ana, thread, "ask", map[string]string{"what": "how is it?"})
		if turn := s.newest(n + 3); turn.Thread != thread || turn.About != "t1" {
			t.Errorf("it is %+v", turn)
		}
	})
}

// TestOddCommands holds that what no version of ours knows is answered with help.
func TestOddCommands(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, discordfake.Options{}, nil)
		for n, data := range []map[string]any{
			{"name": "task", "options": []any{map[string]any{"name": "explode", "type": 1, "options": []any{map[string]any{"name": "task", "type": 3, "value": "t1"}}}}},
			{"name": "task"}, {"name": "other"}, {}, {"name": 7, "options": "none"},
			{"name": "task", "options": []any{map[string]any{"name": "list", "type": 2, "options": []any{map[string]any{"name": "all", "type": 1}}}}},
		} {
			s.Feed().Send("INTERACTION_CREATE", map[string]any{
				"id": discordfake.ID(time.Now()), "type": 2, "token": "t", "application_id": discordfake.App, "user": map[string]any{"id": discordfake.Ana}, "data": data,
			})
			settle()
			if turn := s.newest(n + 1); turn.Text != "help" {
				t.Errorf("it is %+v", turn)
			}
		}
		for _, kind := range []int{0, 1, 6, 99} {
			s.Feed().Send("INTERACTION_CREATE", map[string]any{"id": discordfake.ID(time.Now()), "type": kind, "token": "t", "user": map[string]any{"id": discordfake.Ana}})
		}
		s.Feed().Send("INTERACTION_CREATE", map[string]any{"id": "1", "type": 2})
		settle()
		if n := len(s.bot.Heard()); n != 6 {
			t.Errorf("it heard %d turns", n)
		}
	})
}

// TestLink holds how an account is linked and unlinked, wherever somebody is, and that nobody
// else reads what is said of it.
func TestLink(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, discordfake.Options{}, nil)
		code := func(text string) map[string]string { return map[string]string{"code": text} }
		for _, c := range []struct{ sub, code, says string }{
			{"unlink", "", "not linked"},
			{"link", "WRONG", "code"},
			{"link", "MUCH", "try"},
			{"link", "DOWN", "does not work just now"},
			{"link", "`GOOD`.", "cleo"},
			{"link", " fghj - kmnp", "cleo"},
			{"unlink", "", "not linked"},
			{"link", "GOOD", "cleo"},
		} {
			given := code(c.code)
			if c.code == "" {
				given = nil
			}
			i := s.orders(discordfake.Cleo, discordfake.General, c.sub, given)
			all := i.Answers()
			if len(all) != 1 || all[0].Only != discordfake.Cleo || !strings.Contains(strings.ToLower(all[0].Shows), c.says) {
				t.Errorf("%s %q says %+v", c.sub, c.code, all)
			}
		}
		s.says(discordfake.Cleo, discordfake.General, mention+"unlink")
		s.shows(s.last(discordfake.Cleo, discordfake.App), "", "linked")
		s.says(discordfake.Cleo, discordfake.App, "link GOOD")
		s.shows(s.last(discordfake.Cleo, discordfake.App), "", "leo")
		s.Fail(discordfake.GetUser, discordfake.Broken(500))
		s.orders(discordfake.Cleo, discordfake.General, "link", code("GOOD"))
		if p := s.accounts.Of(discordfake.Cleo); p != discordfake.Cleo {
			t.Errorf("it is %q", p)
		}
		s.accounts.Fail(errors.New("the disk is on fire"))
		s.told(s.orders(discordfake.Cleo, discordfake.General, "unlink", nil), discordfake.Cleo, trouble())
		s.accounts.Fail(nil)
		if n := len(s.bot.Heard()); n != 0 {
			t.Errorf("the bot heard of it %d times", n)
		}
		if log := s.log.String(); strings.Contains(log, "GOOD") || strings.Contains(log, "KMNP") {
			t.Error("a code is in the log")
		}
		if all := s.User(discordfake.Ben).Sees(discordfake.General); len(all) != 1 {
			t.Errorf("others see %+v", all)
		}
	})
}

// TestLinkAloud holds that a code that is said in a room is used up, that nobody else reads what
// is said of it, and that who has said it is told to say it elsewhere.
func TestLinkAloud(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := raise(t, discordfake.Options{}, nil)
		const advice = "Others can read"
		for n, text := range []string{mention + "link FGHJ KMNP", mention + "/task link code: fghj-kmnp", "please " + mention + "link: `GOOD`"} {
			s.accounts.Links(discordfake.Cleo, "")
			s.says(discordfake.Cleo, discordfake.General, text)
			if s.accounts.Of(discordfake.Cleo) == "" {
				t.Errorf("%q links nothing", text)
			}
			if all := s.direct(discordfake.Cleo); len(all) != n+1 {
				t.Fatalf("there are %+v", all)
			}
			s.shows(s.last(discordfake.Cleo, discordfake.App), "", advice)
		}
		if m := s.orders(discordfake.Cleo, discordfake.General, "link", map[string]string{"code": "GOOD"}).Answers()[0]; strings.Contains(m.Shows, advice) {
			t.Errorf("what nobody else has read is said to be read: %s", m.Shows)
		}
		s.says(discordfake.Cleo, discordfake.App, "link GOOD")
		if m := s.last(discordfake.Cleo, discordfake.App); strings.Contains(m.Shows, advice) {
			t.Errorf("what nobody else has read is said to be read: %s", m.Shows)
		}
		if all := s.bot.Heard(); len(all) != 0 {
			t.Errorf("it heard %+v", all)
		}
	})
}

// tasks are those that may be meant: so many that run, and some that have ended.
func tasks(running int) (run, all []templates.Subject) {
	for n := range running {
		title := fmt.Sprintf("Build number %d", n)
		if n%2 == 1 {
			title = "Прогон «" + strings.Repeat("ж", 200) + "» " + fmt.Sprint(n)
		}
		run = append(run, templates.Subject{Task: &progress.Task{ID: progress.TaskID(fmt.Sprintf("run-%02d", n)), Spec: &progress.Spec{Title: title}, Status: progress.Running}})
	}
	for n := range 40 {
		all = append(all, templates.Subject{Task: &progress.Task{ID: progress.TaskID(fmt.Sprintf("old-%02d", n)), Spec: &progress.Spec{Title: fmt.Sprintf("Old build %d", n)}, Status: progress.Completed}})
	}
	return run, all
}

// typist is a stand with tasks to choose from.
func typist(t *testing.T, running int) *stand {
	run, old := tasks(running)
	return raise(t, discordfake.Options{}, func(o *discord.Options) {
		o.Running = func(context.Context, progress.Actor) ([]templates.Subject, int, error) {
			return slices.Clone(run), 0, nil
		}
		o.Find = func(_ context.Context, _ progress.Actor, text string, most int) (out []templates.Subject, err error) {
			for _, s := range append(slices.Clone(run[:min(len(run), 2)]), old...) {
				if strings.Contains(strings.ToLower(s.Task.Spec.Title), strings.ToLower(text)) && len(out) < most {
					out = append(out, s)
				}
			}
			return out, nil
		}
	})
}

// types has somebody type a task, and gives what is offered.
func (s *stand) types(who, text string) []discordfake.Choice {
	s.t.Helper()
	i, err := s.User(who).Type(discordfake.General, setup.CommandName, "show", map[string]string{"task": text}, "task")
	if err != nil {
		s.t.Fatal(err)
	}
	if err := i.Wait(context.Background()); err != nil {
		s.t.Errorf("%q: %v", text, err)
	}
	return i.Choices()
}

// TestTyping holds what is offered to somebody who types a task: those that run first, what has
// the words that were typed or begins with them, each once, and no more than Discord takes.
func TestTyping(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := typist(t, 6)
		ids := func(all []discordfake.Choice) string {
			var out []string
			for _, c := range all {
				if out = append(out, fmt.Sprint(c.Value)); utf8.RuneCountInString(c.Name) > 100 || !strings.Contains(c.Name, "·") {
					t.Errorf("it is offered as %q", c.Name)
				}
			}
			return strings.Join(out, " ")
		}
		all := s.types(discordfake.Ana, "")
		if got := ids(all); len(all) != 25 || !strings.HasPrefix(got, "run-00 run-01 run-02 run-03 run-04 run-05 old-00 old-01") {
			t.Errorf("there are %d: %s", len(all), got)
		}
		if got := ids(s.types(discordfake.Ana, "BUILD number")); got != "run-00 run-02 run-04" {
			t.Error("there are", got)
		}
		if got := ids(s.types(discordfake.Ana, " run-03")); got != "run-03" {
			t.Error("there are", got)
		}
		if got := ids(s.types(discordfake.Ana, "nothing like that")); got != "" {
			t.Error("there are", got)
		}
		if got := ids(s.types(discordfake.Cleo, "")); got != "" {
			t.Error("a stranger is offered", got)
		}
		s.accounts.Fail(errors.New("the disk is on fire"))
		if got := ids(s.types(discordfake.Ana, "")); got != "" {
			t.Error("there are", got)
		}
		s.accounts.Fail(nil)
		s.accounts.Stall(func() time.Duration { return 10 * time.Second })
		i, err := s.User(discordfake.Ana).Type(discordfake.General, setup.CommandName, "show", nil, "task")
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		if err = i.Wait(t.Context()); err != nil || len(i.Choices()) > 0 {
			t.Errorf("after %s there are %v, %v", time.Since(began), i.Choices(), err)
		}
		time.Sleep(time.Minute)
		if len(s.bot.Heard())+len(s.direct(discordfake.Ana)) > 0 || strings.Contains(s.log.String(), "level=ERROR") {
			t.Error("something is said of it")
		}
	})
}
