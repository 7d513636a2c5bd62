package setup

import (
	"context"
	"net/url"
	"slices"
)

// groups looks at the user groups that are mapped.
func (v *visit) groups(ctx context.Context) {
	if len(v.Groups) == 0 {
		return
	}
	var said struct {
		Groups []struct {
			ID      string `json:"id"`
			Handle  string `json:"handle"`
			Deleted int64  `json:"date_delete"`
		} `json:"usergroups"`
	}
	if _, t := v.call(ctx, v.BotToken, "usergroups.list", url.Values{"include_disabled": {"true"}}, &said); t != nil {
		v.failed("the user groups of slack.groups cannot be looked at", t, botToken)
		return
	}
	for _, id := range slices.Sorted(slices.Values(v.Groups)) {
		i := 0
		for i < len(said.Groups) && said.Groups[i].ID != id {
			i++
		}
		switch {
		case i == len(said.Groups):
			v.Broken("copy the id from the group's menu in Slack", "slack.groups: there is no user group %s in this workspace", id)
		case said.Groups[i].Deleted != 0:
			v.Odd("enable it in Slack, or take it out", "slack.groups: the user group @%s (%s) is disabled, so nobody is in it", said.Groups[i].Handle, id)
		default:
			v.Good("slack.groups: %s is @%s", id, said.Groups[i].Handle)
		}
	}
}
