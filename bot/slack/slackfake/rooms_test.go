package slackfake_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"github.com/taskherald/herald/bot/slack/slackfake"
)

func TestHistoryPages(t *testing.T) {
	bubble(t, slackfake.Options{Unlimited: true}, func(t *testing.T, s *slackfake.Slack) {
		api := inside(s)
		var want []string
		for i := range 250 {
			want = append([]string{post(t, s, slackfake.General, fmt.Sprint(i))}, want...)
		}
		var got []string
		params := slack.GetConversationHistoryParameters{ChannelID: slackfake.General, Limit: 100}
		for {
			page := must(api.GetConversationHistory(&params))
			for _, m := range page.Messages {
				got = append(got, m.Timestamp)
			}
			if len(got) == 100 {
				post(t, s, slackfake.General, "meanwhile") // moves nothing on the pages to come
			}
			if params.Cursor = page.ResponseMetaData.NextCursor; !page.HasMore {
				break
			}
		}
		equal(t, "all pages", strings.Join(got, " "), strings.Join(want, " "))
		page := must(api.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: slackfake.General, Oldest: want[10], Latest: want[5]}))
		equal(t, "between two", len(page.Messages), 4)
		page = must(api.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: slackfake.General, Oldest: want[10], Latest: want[5], Inclusive: true}))
		equal(t, "with the two", len(page.Messages), 6)
		equal(t, "without a limit", len(must(api.GetConversationHistory(&slack.GetConversationHistoryParameters{ChannelID: slackfake.General})).Messages), 100)
		refused(t, s, "invalid_limit", "conversations.history", "channel", slackfake.General, "limit", "1000")
		refused(t, s, "invalid_cursor", "conversations.history", "channel", slackfake.General, "cursor", "nonsense")
	})
}

func TestRepliesPages(t *testing.T) {
	bubble(t, slackfake.Options{Unlimited: true}, func(t *testing.T, s *slackfake.Slack) {
		root := post(t, s, slackfake.General, "root")
		for range 5 {
			post(t, s, slackfake.General, "reply", "thread_ts", root)
		}
		params := slack.GetConversationRepliesParameters{ChannelID: slackfake.General, Timestamp: root, Limit: 3}
		messages, more, cursor, err := inside(s).GetConversationReplies(&params)
		if err != nil || !more || len(messages) != 4 || messages[0].ReplyCount != 5 {
			t.Errorf("got %d, %v, %v", len(messages), more, err)
		}
		params.Cursor = cursor
		messages, more, _, err = inside(s).GetConversationReplies(&params)
		if err != nil || more || len(messages) != 3 || messages[0].Timestamp != root {
			t.Errorf("got %d, %v, %v", len(messages), more, err)
		}
	})
}

func TestHistoryRefusals(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		refused(t, s, "channel_not_found", "conversations.history", "channel", "C404")
		refused(t, s, "channel_not_found", "conversations.history", "channel", slackfake.Secret)
		refused(t, s, "not_in_channel", "conversations.history", "channel", slackfake.Random)
		refused(t, s, "thread_not_found", "conversations.replies", "channel", slackfake.General, "ts", "1.000001")
		refused(t, s, "", "conversations.history", "channel", slackfake.Old) // what is archived can be read
	})
}

// Distributed apps read histories slowly, this one does not.
func TestDistributedAppsReadSlowly(t *testing.T) {
	bubble(t, slackfake.Options{Distributed: true}, func(t *testing.T, s *slackfake.Slack) {
		refused(t, s, "", "conversations.history", "channel", slackfake.General, "limit", "15")
		refused(t, s, "ratelimited", "conversations.history", "channel", slackfake.General, "limit", "15")
		refused(t, s, "invalid_limit", "conversations.replies", "channel", slackfake.General, "ts", post(t, s, slackfake.General, "x"), "limit", "16")
	})
}

func TestListRooms(t *testing.T) {
	bubble(t, slackfake.Options{Unlimited: true}, func(t *testing.T, s *slackfake.Slack) {
		api := inside(s)
		names := func(p slack.GetConversationsParameters) (names []string) {
			for {
				page, next, err := api.GetConversations(&p)
				if err != nil {
					t.Fatal(err)
				}
				for _, c := range page {
					names = append(names, fmt.Sprintf("%s:%v", c.Name, c.IsMember))
				}
				if p.Cursor = next; next == "" {
					return names
				}
			}
		}
		equal(t, "public", strings.Join(names(slack.GetConversationsParameters{}), " "), "general:true deploys:true random:false old-room:true")
		equal(t, "alive, one a page", strings.Join(names(slack.GetConversationsParameters{ExcludeArchived: true, Limit: 1}), " "), "general:true deploys:true random:false")
		s.Channel("secret").Invite(slackfake.Bot)
		s.Channel("deploys").Rename("releases")
		equal(t, "with private", strings.Join(names(slack.GetConversationsParameters{Types: []string{"public_channel", "private_channel"}, ExcludeArchived: true}), " "),
			"general:true releases:true random:false secret:true")
		refused(t, s, "invalid_types", "conversations.list", "types", "all")
		refused(t, s, "invalid_limit", "conversations.list", "limit", "1000")
		// What is left out is left out after the page was cut: it may be empty with more to come.
		s.Channel("general").Archive(true)
		page, next, err := api.GetConversations(&slack.GetConversationsParameters{Limit: 1, ExcludeArchived: true})
		if err != nil || len(page) != 0 || next == "" {
			t.Error(page, next, err)
		}
	})
}

func TestRoomInfo(t *testing.T) {
	bubble(t, slackfake.Options{}, func(t *testing.T, s *slackfake.Slack) {
		api := inside(s)
		c := must(api.GetConversationInfo(&slack.GetConversationInfoInput{ChannelID: slackfake.Old}))
		if c.Name != "old-room" || !c.IsArchived || !c.IsMember || c.IsPrivate {
			t.Errorf("got %+v", c)
		}
		refused(t, s, "channel_not_found", "conversations.info", "channel", slackfake.Secret)
		members, _, err := api.GetUsersInConversation(&slack.GetUsersInConversationParameters{ChannelID: slackfake.General})
		if err != nil || !slices.Equal(members, []string{slackfake.Ana, slackfake.Ben, slackfake.Cleo, slackfake.Bot}) {
			t.Error(members, err)
		}
	})
}

func TestOpenRoom(t *testing.T) {
	bubble(t, slackfake.Options{People: []slackfake.Person{{ID: slackfake.Ana, Name: "ana"}, {ID: slackfake.Ben, Name: "ben", Deleted: true}}}, func(t *testing.T, s *slackfake.Slack) {
		api := inside(s)
		c, _, was, err := api.OpenConversation(&slack.OpenConversationParameters{Users: []string{slackfake.Ana}})
		if err != nil || was || !strings.HasPrefix(c.ID, "D") {
			t.Error(c, was, err)
		}
		again, _, was, err := api.OpenConversation(&slack.OpenConversationParameters{Users: []string{slackfake.Ana}, ReturnIM: true})
		if err != nil || !was || again.ID != c.ID || again.User != slackfake.Ana {
			t.Error(again, was, err)
		}
		refused(t, s, "", "conversations.open", "channel", c.ID)
		for want, args := range map[string][]string{
			"user_not_found": {"users", "U404"}, "user_disabled": {"users", slackfake.Ben}, "cannot_dm_bot": {"users", slackfake.Bot},
			"users_list_not_supplied": {}, "channel_not_found": {"channel", slackfake.General},
		} {
			refused(t, s, want, "conversations.open", args...)
		}
	})
}

func TestPeople(t *testing.T) {
	bubble(t, slackfake.Options{Scopes: []string{"users:read", "users:read.email"}}, func(t *testing.T, s *slackfake.Slack) {
		api := inside(s)
		u := must(api.GetUserInfo(slackfake.Ben))
		if u.Name != "ben" || u.RealName != "Ben Weber" || u.TZ != "Europe/Berlin" || u.TZOffset != 3600 || u.Locale != "de-DE" || u.Profile.Email != "ben@example.com" || u.IsBot {
			t.Errorf("got %+v", u)
		}
		equal(t, "by mail", must(api.GetUserByEmail("ana@example.com")).ID, slackfake.Ana)
		equal(t, "the bot", must(api.GetBotInfo(slack.GetBotInfoParameters{Bot: slackfake.BotID})).AppID, slackfake.App)
		s.Token(slackfake.BotToken).Grant("users:read")
		equal(t, "the address without its scope", must(api.GetUserInfo(slackfake.Ben)).Profile.Email, "")
		refused(t, s, "user_not_found", "users.info", "user", "U404")
		refused(t, s, "bot_not_found", "bots.info", "bot", "B404")
		refused(t, s, "missing_scope", "users.lookupByEmail", "email", "ana@example.com")
	})
}

func TestGroups(t *testing.T) {
	groups := []slackfake.Group{{ID: slackfake.Engineers, Handle: "engineers", Members: []string{slackfake.Ana}}, {ID: "S0OLD", Handle: "old", Disabled: true}}
	bubble(t, slackfake.Options{Groups: groups}, func(t *testing.T, s *slackfake.Slack) {
		api := inside(s)
		equal(t, "groups", len(must(api.GetUserGroups())), 1)
		all := must(api.GetUserGroups(slack.GetUserGroupsOptionIncludeDisabled(true), slack.GetUserGroupsOptionIncludeUsers(true)))
		if len(all) != 2 || all[0].DateDelete != 0 || all[1].DateDelete == 0 || !slices.Equal(all[0].Users, []string{slackfake.Ana}) {
			t.Errorf("got %+v", all)
		}
		equal(t, "members", strings.Join(must(api.GetUserGroupMembersContext(context.Background(), slackfake.Engineers)), " "), slackfake.Ana)
		slackfake.Regroup(s, slackfake.Engineers, slackfake.Ben, slackfake.Cleo)
		equal(t, "members then", strings.Join(must(api.GetUserGroupMembersContext(context.Background(), slackfake.Engineers)), " "), slackfake.Ben+" "+slackfake.Cleo)
		refused(t, s, "no_such_subteam", "usergroups.users.list", "usergroup", "S404")
		refused(t, s, "no_such_subteam", "usergroups.users.list", "usergroup", "S0OLD")
	})
}
