package setup_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/bwmarrin/discordgo"

	"github.com/taskherald/herald/bot/discord/setup"
)

// TestRegister holds that only what differs is registered, once, and nothing of others.
func TestRegister(t *testing.T) {
	t.Parallel()
	other := `{"id":"9","type":4,"name":"launch"},{"id":"8","type":3,"name":"task"}` // an entry point, and a command of messages of our name
	for _, c := range []struct {
		name, there, calls string
	}{
		{"new", `[` + other + `]`, "POST applications/10000000000000001/commands "},
		{"as it is", `[` + other + `,` + theirs(nil) + `]`, ""},
		{"without a kind", `[` + theirs(map[string]any{"type": nil}) + `]`, ""},
		{"another description", `[` + theirs(map[string]any{"description": "Other"}) + `,` + other + `]`, "PATCH applications/10000000000000001/commands/70 "},
		{"for few", `[` + theirs(map[string]any{"default_member_permissions": "8"}) + `]`, "PATCH "},
		{"in servers alone", `[` + theirs(map[string]any{"contexts": []int{0}}) + `]`, "PATCH "},
		{"anywhere", `[` + theirs(map[string]any{"contexts": nil}) + `]`, "PATCH "},
		{"for adults", `[` + theirs(map[string]any{"nsfw": true}) + `]`, "PATCH "},
		{"without options", `[` + theirs(map[string]any{"options": []any{}}) + `]`, "PATCH "},
		{"of a form that is not known", `[` + theirs(map[string]any{"options": "?"}) + `]`, "PATCH "},
	} {
		f := newFar(t)
		f.says[commandsPath] = c.there
		var want []string
		if c.calls != "" {
			want = []string{"/task"}
		}
		if changed, err := f.app().Register(t.Context(), true); err != nil || !slices.Equal(changed, want) || len(f.calls("")) != 2 {
			t.Errorf("%s, dry: %q, %v, asked %q", c.name, changed, err, f.asked)
		}
		changed, err := f.app().Register(t.Context(), false)
		if err != nil || !slices.Equal(changed, want) {
			t.Errorf("%s: %q, %v", c.name, changed, err)
		}
		if asked := f.calls("")[2:]; len(asked) != 2+len(want) || c.calls != "" && !strings.HasPrefix(asked[2], c.calls) {
			t.Errorf("%s: asked %q", c.name, asked)
		}
	}
}

// TestRegisterBody holds that a change says everything, so that nothing of before stays.
func TestRegisterBody(t *testing.T) {
	t.Parallel()
	f := newFar(t)
	f.says[commandsPath] = `[` + theirs(map[string]any{"nsfw": true}) + `]`
	if _, err := f.app().Register(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut(f.calls("PATCH ")[0], "70 ")
	var said map[string]any
	if err := json.Unmarshal([]byte(body), &said); err != nil {
		t.Fatal(err)
	}
	keys := []string{"contexts", "default_member_permissions", "description", "integration_types", "name", "nsfw", "options", "type"}
	if got := slices.Sorted(maps.Keys(said)); !slices.Equal(got, keys) || said["default_member_permissions"] != nil || said["nsfw"] != false {
		t.Errorf("it says %s", body)
	}
}

// TestRegisterTrouble holds that what goes wrong is said in words that help.
func TestRegisterTrouble(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ call, said, want string }{
		{"GET applications/@me", `401 {"code":0}`, "asking Discord failed: Discord does not know discord.token"},
		{"GET applications/@me", `{"id":"../sesame"}`, "does not say which application"},
		{commandsPath, `502 x`, "the commands cannot be registered: Discord has trouble of its own (status 502); look at https://discordstatus.com"},
		{"POST" + commandsPath[3:], `400 {"code":30034,"message":"sesame"}`, "/task cannot be registered: Discord has taken 200 new commands of this application within a day (30034); wait until tomorrow"},
		{"POST" + commandsPath[3:], `400 {"code":50035,"errors":{}}`, "does not take what Herald has written"},
	} {
		f := newFar(t)
		f.says[commandsPath] = `[]`
		f.says[c.call] = c.said
		if changed, err := f.app().Register(t.Context(), false); err == nil || len(changed) > 0 || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "sesame") {
			t.Errorf("%q, %v, want %q", changed, err, c.want)
		}
	}
}

// TestCommands holds the commands to Discord's limits, and to what the bot can do.
func TestCommands(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, c := range setup.Commands() {
		text, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		var theirs discordgo.ApplicationCommand
		if err := json.Unmarshal(text, &theirs); err != nil || theirs.Type != discordgo.ChatApplicationCommand || len(*theirs.Contexts) != 2 || len(*theirs.IntegrationTypes) != 1 || theirs.DefaultMemberPermissions != nil {
			t.Errorf("%s: %v", text, err)
		}
		size := described(t, theirs.Name, theirs.Description)
		for _, sub := range theirs.Options {
			size += described(t, sub.Name, sub.Description)
			if names[sub.Name] || sub.Type != discordgo.ApplicationCommandOptionSubCommand || len(sub.Options) > 1 {
				t.Errorf("%+v", sub)
			}
			names[sub.Name] = true
			for _, o := range sub.Options {
				size += described(t, o.Name, o.Description)
				if !o.Required || o.Autocomplete != (o.Name == "task") || o.Type != discordgo.ApplicationCommandOptionString {
					t.Errorf("%s: %+v", sub.Name, o)
				}
			}
		}
		if len(theirs.Options) > 25 || size > 8000 {
			t.Errorf("%d options of %d characters", len(theirs.Options), size)
		}
	}
	for _, want := range []string{"ask", "list", "show", "logs", "approve", "reject", "pause", "resume", "cancel", "retry", "restart", "skip", "link", "unlink", "help"} {
		if !names[want] {
			t.Errorf("there is no /task %s", want)
		}
	}
}

// described holds a name and a description to Discord's limits, and is how long they are.
func described(t *testing.T, name, description string) int {
	t.Helper()
	n := utf8.RuneCountInString(description)
	if name == "" || len(name) > 32 || strings.Trim(name, "abcdefghijklmnopqrstuvwxyz") != "" || n == 0 || n > 100 || strings.HasSuffix(description, ".") {
		t.Errorf("%s: %q", name, description)
	}
	return len(name) + n
}
