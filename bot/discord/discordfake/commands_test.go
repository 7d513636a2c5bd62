package discordfake_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/bot/discord/discordfake"
)

// taskCommand is like the one that Herald has.
const taskCommand = `{"name":"task","description":"Tasks","options":[` +
	`{"type":1,"name":"list","description":"All"},` +
	`{"type":1,"name":"show","description":"One","options":[{"type":3,"name":"task","description":"Which","required":true,"autocomplete":true},{"type":3,"name":"how","description":"How"}]}]}`

const (
	global = "/applications/" + discordfake.App + "/commands"
	local  = "/applications/" + discordfake.App + "/guilds/" + discordfake.Guild + "/commands"
)

func TestCommands(t *testing.T) {
	bubble(t, discordfake.Options{Unlimited: true}, func(t *testing.T, d *discordfake.Discord) {
		equal(t, "none", done(t, d, "GET "+global, "").text, "[]")
		a := done(t, d, "POST "+global, taskCommand)
		equal(t, "made", a.status, 201)
		id := a.str("id")
		a = done(t, d, "POST "+global, taskCommand)
		equal(t, "there already", a.status, 200)
		equal(t, "the same", a.str("id"), id)
		equal(t, "what was left out is filled in", a.at("dm_permission"), any(true))
		version := a.str("version")
		a = done(t, d, "PUT "+global, `[`+taskCommand+`,{"name":"other","description":"x"}]`)
		equal(t, "kept", a.str("0.id")+a.str("0.version"), id+version)
		equal(t, "new", a.str("1.name"), "other")
		a = done(t, d, "PATCH "+global+"/"+id, `{"description":"Anew"}`)
		equal(t, "changed", a.str("description"), "Anew")
		if a.str("version") == version || a.at("options.1.name") != "show" {
			t.Errorf("a change is no other version of the same: %s", a.text)
		}
		equal(t, "one", done(t, d, "GET "+global+"/"+id, "").str("description"), "Anew")
		done(t, d, "DELETE "+global+"/"+id, "")
		refused(t, d, 404, 10063, "GET "+global+"/"+id, "")
		equal(t, "of the server", done(t, d, "PUT "+local, `[`+taskCommand+`]`).str("0.guild_id"), discordfake.Guild)
		equal(t, "apart", len(done(t, d, "GET "+global, "").body.([]any)), 1)
		refused(t, d, 403, 20012, "GET /applications/5/commands", "")
		refused(t, d, 403, 50001, "GET /applications/"+discordfake.App+"/guilds/5/commands", "")
	})
}

func TestWrongCommands(t *testing.T) {
	bubble(t, discordfake.Options{Unlimited: true}, func(t *testing.T, d *discordfake.Discord) {
		option := func(more string) string {
			return `{"name":"x","description":"y","options":[` + more + `]}`
		}
		repeat := func(n int, one string) string {
			var all []string
			for i := range n {
				all = append(all, strings.ReplaceAll(one, "N", fmt.Sprint(i)))
			}
			return strings.Join(all, ",")
		}
		for _, wrong := range []string{
			`{"name":"Task","description":"y"}`,
			`{"name":"a b","description":"y"}`,
			`{"name":"` + strings.Repeat("x", 33) + `","description":"y"}`,
			`{"name":"x"}`,
			`{"name":"x","description":"` + strings.Repeat("y", 101) + `"}`,
			`{"name":"x","description":"y","type":9}`,
			option(repeat(26, `{"type":3,"name":"oN","description":"z"}`)),
			option(`{"type":12,"name":"o","description":"z"}`),
			option(`{"type":3,"name":"o","description":"z"},{"type":3,"name":"o","description":"z"}`),
			option(`{"type":3,"name":"o","description":"z"},{"type":3,"name":"p","description":"z","required":true}`),
			option(`{"type":1,"name":"o","description":"z"},{"type":3,"name":"p","description":"z"}`),
			option(`{"type":3,"name":"o","description":"z","autocomplete":true,"choices":[{"name":"a","value":"a"}]}`),
			option(`{"type":3,"name":"o","description":"z","choices":[` + repeat(26, `{"name":"N","value":"N"}`) + `]}`),
			option(`{"type":3,"name":"o","description":"z","choices":[{"name":"","value":"a"}]}`),
			option(repeat(25, `{"type":1,"name":"oN","description":"z","options":[`+repeat(4, `{"type":3,"name":"pN","description":"`+strings.Repeat("z", 90)+`"}`)+`]}`)),
		} {
			refused(t, d, 400, 50035, "POST "+global, wrong)
		}
		a := refused(t, d, 400, 50035, "PUT "+global, `[{"name":"fine","description":"y"},`+option(`{"type":3,"name":"O","description":"z"}`)+`]`)
		if a.at("errors.1.options.0.name._errors") == nil {
			t.Errorf("the answer does not say where: %s", a.text)
		}
		refused(t, d, 400, 50035, "PUT "+global, `[{"name":"x","description":"y"},{"name":"x","description":"y"}]`)
		refused(t, d, 400, 50035, "PUT "+global, `{}`)
		refused(t, d, 400, 30032, "PUT "+global, `[`+repeat(101, `{"name":"xN","description":"y"}`)+`]`)
		done(t, d, "PUT "+global, `[`+repeat(100, `{"name":"xN","description":"y"}`)+`]`)
		refused(t, d, 400, 30032, "POST "+global, `{"name":"y","description":"y"}`)
	})
}

func TestCommandsADay(t *testing.T) {
	bubble(t, discordfake.Options{Unlimited: true}, func(t *testing.T, d *discordfake.Discord) {
		one := `{"name":"x","description":"y"}`
		for range 200 {
			id := done(t, d, "POST "+global, one).str("id")
			done(t, d, "POST "+global, one) // no new one
			done(t, d, "DELETE "+global+"/"+id, "")
		}
		a := refused(t, d, 429, 30034, "POST "+global, one)
		equal(t, "when to come again", a.header.Get("Retry-After"), "86400")
		refused(t, d, 429, 30034, "PUT "+global, `[`+one+`]`)
		done(t, d, "PUT "+local, `[`+one+`]`)
		time.Sleep(24 * time.Hour)
		done(t, d, "POST "+global, one)
	})
}

func TestGivingCommands(t *testing.T) {
	bubble(t, discordfake.Options{Commands: []string{taskCommand}}, func(t *testing.T, d *discordfake.Discord) {
		e, _ := listen(t, d, intents)
		ana := d.User("ana")
		i := must(ana.Command("deploys", "task", "show", map[string]string{"task": "T1"}))
		p := e.hear()
		equal(t, "what the app hears", p.T, "INTERACTION_CREATE")
		equal(t, "of a command", p.str("data.options.0.options.0.value"), "T1")
		equal(t, "who", p.str("member.user.id")+p.str("member.roles.0"), discordfake.Ana+discordfake.Engineers)
		equal(t, "in what language", p.str("locale"), "pt-BR")
		equal(t, "the same", encoded(t, p.D) != "" && i.Kind == discordfake.Command, true)

		i = must(ana.Type("deploys", "task", "show", map[string]string{"task": "T"}, "task"))
		equal(t, "what is typed", in(e.hear().D, "data.options.0.options.0.focused"), any(true))
		for _, wrong := range []string{
			`{"type":5}`, `{"type":8}`, `{"type":8,"data":{}}`, `{"type":8,"data":{"choices":[{"name":"","value":"a"}]}}`,
			`{"type":8,"data":{"choices":[{"name":"a","value":"` + strings.Repeat("v", 101) + `"}]}}`,
			`{"type":8,"data":{"choices":[` + strings.Repeat(`{"name":"a","value":"v"},`, 25) + `{"name":"a","value":"v"}]}}`,
		} {
			refused(t, d, 400, 50035, back(i), wrong)
		}
		done(t, d, back(i), `{"type":8,"data":{"choices":[{"name":"Task one","value":"T1"}]}}`)
		equal(t, "choices", i.Choices()[0], discordfake.Choice{Name: "Task one", Value: "T1"})

		must(ana.Command(discordfake.App, "task", "list", nil))
		p = e.hear()
		equal(t, "in direct messages", p.str("user.id"), discordfake.Ana)
		equal(t, "without a member", in(p.D, "member"), nil)
		for what, give := range map[string]func() error{
			"no command":    func() error { _, err := ana.Command("deploys", "other", "", nil); return err },
			"none below it": func() error { _, err := ana.Command("deploys", "task", "stop", nil); return err },
			"alone":         func() error { _, err := ana.Command("deploys", "task", "", nil); return err },
			"no option": func() error {
				_, err := ana.Command("deploys", "task", "list", map[string]string{"x": "y"})
				return err
			},
			"without it":      func() error { _, err := ana.Command("deploys", "task", "show", nil); return err },
			"offers nothing":  func() error { _, err := ana.Type("deploys", "task", "show", nil, "how"); return err },
			"not in the room": func() error { _, err := d.User("dan").Command("deploys", "task", "list", nil); return err },
		} {
			if give() == nil {
				t.Errorf("%s: the command was given", what)
			}
		}
		_, err := ana.Command("deploys", "other", "", nil)
		equal(t, "an error that can be told", errors.Is(err, discordfake.ErrNoCommand), true)
	})
}
