package discordfake_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"encoding/json"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"

	"github.com/taskherald/herald/bot/discord/discordfake"
)

// read reads what the fake said into a type of somebody else.
func read[T any](t testing.TB, said any) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(encoded(t, said)), &v); err != nil {
		t.Fatalf("%T: %v", v, err)
	}
	return v
}

// TestDiscordgoReads reads payloads with the types of a library that others wrote.
func TestDiscordgoReads(t *testing.T) {
	bubble(t, discordfake.Options{Commands: []string{taskCommand}, Unlimited: true}, func(t *testing.T, d *discordfake.Discord) {
		e, first := listen(t, d, intents)
		ready := read[discordgo.Ready](t, first.D)
		equal(t, "who", ready.User.ID+ready.SessionID, discordfake.Bot+first.str("session_id"))
		m := posted(t, d, discordfake.Deploys, "card")
		said := read[discordgo.MessageCreate](t, e.hear().D)
		box, _ := said.Components[0].(*discordgo.Container)
		equal(t, "a message", box.ID == 77 && len(box.Components) == 2 && said.GuildID == discordfake.Guild && said.Member != nil, true)

		must(d.User("ana").Press(m, "Approve"))
		press := read[discordgo.Interaction](t, e.hear().D)
		equal(t, "a press", press.MessageComponentData().CustomID+press.Member.User.ID+press.Message.ID, "approve"+discordfake.Ana+m.ID)
		i := must(d.User("ana").Type("deploys", "task", "show", map[string]string{"task": "T"}, "task"))
		typed := read[discordgo.Interaction](t, e.hear().D)
		equal(t, "a typed option", typed.ApplicationCommandData().Options[0].Options[0].Focused, true)
		equal(t, "its kind", int(typed.Type), int(i.Kind))

		i = must(d.User("ana").Command(discordfake.App, "task", "list", nil))
		direct := read[discordgo.Interaction](t, e.hear().D)
		equal(t, "a command", direct.ApplicationCommandData().Options[0].Name+direct.User.ID, "list"+discordfake.Ana)
		done(t, d, back(i), form)
		must(d.User("ana").Submit(map[string]string{"reason": "because"}))
		modal := read[discordgo.Interaction](t, e.hear().D).ModalSubmitData()
		label, _ := modal.Components[0].(*discordgo.Label)
		input, _ := label.Component.(*discordgo.TextInput)
		equal(t, "a modal", modal.CustomID+input.Value, "whybecause")

		id := post(t, d, discordfake.Deploys, "x")
		begun := read[discordgo.Channel](t, done(t, d, to("POST", discordfake.Deploys, id, "threads"), thread).body)
		equal(t, "a thread", begun.ParentID+begun.Name, discordfake.Deploys+"Deploy")
		all := read[[]*discordgo.ApplicationCommand](t, done(t, d, "GET "+global, "").body)
		equal(t, "commands", all[0].Options[1].Options[0].Autocomplete, true)
		equal(t, "a member", len(read[discordgo.Member](t, done(t, d, "GET /guilds/"+discordfake.Guild+"/members/"+discordfake.Ana, "").body).Roles), 2)
	})
}

func TestDiscordgoVerifies(t *testing.T) {
	t.Parallel()
	m := discordfake.Sign(map[string]any{"type": 1}, time.Now())
	key := must(hex.DecodeString(discordfake.PublicKey))
	r := httptest.NewRequest("POST", "/", bytes.NewReader(m.Body))
	r.Header = m.Header
	equal(t, "signed", discordgo.VerifyInteraction(r, ed25519.PublicKey(key)), true)
}
