package setup_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/bwmarrin/discordgo"

	"github.com/taskherald/herald/bot/checkup"
	"github.com/taskherald/herald/bot/discord/setup"
)

// all are the rights that Herald asks for, as Discord adds them up.
const all = "309237746688"

// overwrite is what a channel says of a role or of the bot.
func overwrite(id string, kind int, allow, deny int64) string {
	return `{"id":"` + id + `","type":` + strconv.Itoa(kind) + `,"allow":"` + strconv.FormatInt(allow, 10) + `","deny":"` + strconv.FormatInt(deny, 10) + `"}`
}

// The roles and the bot of [newFar].
const (
	ofAll  = "30000000000000001"
	ofBot  = "40000000000000002" // a role that the bot has
	ofBot2 = "40000000000000004" // another one
	ofNone = "40000000000000001" // one that it has not
	bot    = "20000000000000001"
)

// TestRights holds what a bot may in a channel, by Discord's rules: everybody's overwrite,
// then those of roles together, then its own.
func TestRights(t *testing.T) {
	t.Parallel()
	const view, send, history, files, threads = discordgo.PermissionViewChannel, discordgo.PermissionSendMessages, discordgo.PermissionReadMessageHistory,
		discordgo.PermissionAttachFiles, discordgo.PermissionCreatePublicThreads
	for _, c := range []struct {
		name, everyone, role string // what they may everywhere
		says                 []string
		state                checkup.State
		want                 string
	}{
		{"all", all, "0", nil, checkup.Good, "can do its work in discord:#deploys"},
		{"by a role", "0", all, nil, checkup.Good, "can do its work"},
		{"nothing", "0", "0", nil, checkup.Broken, "lacks View Channels, Send Messages, Read Message History: it sees no channel"},
		{"private", all, "0", []string{overwrite(ofAll, 0, 0, view)}, checkup.Broken, "lacks View Channels, Send Messages"},
		{"private, invited by its role", all, "0", []string{overwrite(ofAll, 0, 0, view), overwrite(ofBot, 0, view, 0)}, checkup.Good, "can do its work"},
		{"private, invited by itself", all, "0", []string{overwrite(bot, 1, view, 0), overwrite(ofAll, 0, 0, view)}, checkup.Good, "can do its work"},
		{"private, another invited", all, "0", []string{overwrite(ofAll, 0, 0, view), overwrite(ofNone, 0, view, 0)}, checkup.Broken, "lacks View Channels"},
		{"read only", all, "0", []string{overwrite(ofAll, 0, 0, send)}, checkup.Broken, "in discord:#deploys the bot lacks Send Messages: nothing can be said"},
		{"no history", all, "0", []string{overwrite(ofBot, 0, 0, history)}, checkup.Broken, "lacks Read Message History: it cannot reply"},
		{"roles allow before they deny", all, "0", []string{overwrite(ofBot, 0, 0, send), overwrite(ofBot2, 0, send, 0)}, checkup.Good, "can do its work"},
		{"itself before roles", all, "0", []string{overwrite(bot, 1, 0, send), overwrite(ofBot, 0, send, 0)}, checkup.Broken, "lacks Send Messages"},
		{"no files", all, "0", []string{overwrite(ofAll, 0, 0, files)}, checkup.Odd, "lacks Attach Files: long output does not come as a file"},
		{"no threads", all, "0", []string{overwrite(ofAll, 0, 0, threads|files)}, checkup.Odd, "lacks Create Public Threads, Attach Files: cards have no threads"},
		{"administrator", "0", "8", []string{overwrite(ofAll, 0, 0, view)}, checkup.Good, "can do its work in discord:#deploys"},
	} {
		f := newFar(t)
		f.says["GET guilds/30000000000000001"] = `{"id":"30000000000000001","name":"Acme","roles":[` + everyone(c.everyone) + `,{"id":"` + ofBot + `","name":"Herald","permissions":"` + c.role + `"}]}`
		f.says[member(bot)] = `{"roles":["` + ofBot + `","` + ofBot2 + `"]}`
		f.says[channelsPath] = `[` + text("60000000000000001", "deploys", strings.Join(c.says, ",")) + `]`
		a := f.app()
		a.Rooms = []string{"#deploys"}
		if found := check(t, a); !has(found, c.state, c.want) {
			t.Errorf("%s: does not say %q as %s: %+v", c.name, c.want, c.state, found)
		}
	}
}

// TestRightsInThreads holds that a thread is as its channel, but for what is said in it.
func TestRightsInThreads(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		deny  int64
		state checkup.State
		want  string
	}{
		{discordgo.PermissionSendMessages | discordgo.PermissionCreatePublicThreads, checkup.Good, "can do its work in discord:60000000000000009 (#talk)"},
		{discordgo.PermissionSendMessagesInThreads, checkup.Broken, "in discord:60000000000000009 (#talk) the bot lacks Send Messages in Threads"},
		{discordgo.PermissionViewChannel, checkup.Broken, "lacks View Channels"},
	} {
		f := newFar(t)
		f.says[channelsPath] = `[` + text("60000000000000001", "deploys", overwrite(ofAll, 0, 0, c.deny)) + `]`
		a := f.app()
		a.Rooms = []string{"60000000000000009"}
		if found := check(t, a); !has(found, c.state, c.want) {
			t.Errorf("does not say %q as %s: %+v", c.want, c.state, found)
		}
	}
}

// TestInvite holds what the link asks for, and that it is nothing that could do harm.
func TestInvite(t *testing.T) {
	t.Parallel()
	const plain = "https://discord.com/oauth2/authorize?client_id=12&scope=bot+applications.commands&permissions=" + all + "&integration_type=0"
	if got := setup.Invite("12", ""); got != plain {
		t.Errorf("the link is %s", got)
	}
	if got := setup.Invite("12", "34"); got != plain+"&guild_id=34&disable_guild_select=true" {
		t.Errorf("the link is %s", got)
	}
	for _, never := range []int64{
		discordgo.PermissionAdministrator, discordgo.PermissionManageMessages, discordgo.PermissionManageChannels, discordgo.PermissionManageRoles, discordgo.PermissionManageGuild,
		discordgo.PermissionMentionEveryone, discordgo.PermissionEmbedLinks, discordgo.PermissionManageThreads, discordgo.PermissionManageWebhooks, discordgo.PermissionKickMembers,
	} {
		if setup.Permissions()&never != 0 {
			t.Errorf("it asks for %d", never)
		}
	}
}
