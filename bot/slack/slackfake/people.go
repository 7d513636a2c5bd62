package slackfake

import (
	"cmp"
	"slices"
	"time"
)

// shape is a person as the Web API tells of them.
func (p *Person) shape(c *call) answer {
	zone := cmp.Or(p.TZ, "Europe/Lisbon")
	offset := 0
	if at, err := time.LoadLocation(zone); err == nil {
		_, offset = time.Now().In(at).Zone()
	}
	profile := answer{"real_name": p.Real, "display_name": p.Name, "real_name_normalized": p.Real, "display_name_normalized": p.Name, "team": c.team(p.ID)}
	if p.Email != "" && c.token.lacks([]string{"users:read.email"}) == "" {
		profile["email"] = p.Email
	}
	a := answer{
		"id": p.ID, "team_id": c.team(p.ID), "name": p.Name, "real_name": p.Real, "deleted": p.Deleted, "profile": profile, "is_bot": p.Bot, "is_app_user": false,
		"is_admin": false, "is_owner": false, "is_restricted": false, "is_stranger": p.Team != "", "tz": zone, "tz_label": zone, "tz_offset": offset, "updated": 1,
	}
	if c.args.flag("include_locale") {
		a["locale"] = cmp.Or(p.Locale, "en-US")
	}
	return a
}

func userInfo(c *call) (answer, *refusal) {
	p := c.people[c.args["user"]]
	if p == nil {
		return nil, no("user_not_found")
	}
	return answer{"user": p.shape(c)}, nil
}

func userByEmail(c *call) (answer, *refusal) {
	for _, p := range c.people {
		if p.Email == c.args["email"] && p.Email != "" && !p.Deleted {
			return answer{"user": p.shape(c)}, nil
		}
	}
	return nil, no("users_not_found")
}

func botInfo(c *call) (answer, *refusal) {
	if id := c.args["bot"]; id != BotID {
		return nil, no("bot_not_found")
	}
	return answer{"bot": answer{"id": BotID, "deleted": false, "name": "Herald", "updated": 1, "app_id": App, "user_id": Bot}}, nil
}

func (g *Group) shape(users bool) answer {
	a := answer{
		"id": g.ID, "team_id": Team, "is_usergroup": true, "name": g.Name, "handle": g.Handle, "description": "", "is_external": false, "date_create": 1, "date_update": 1,
		"date_delete": 0, "user_count": len(g.Members), "prefs": answer{"channels": []string{}, "groups": []string{}},
	}
	if g.Disabled {
		a["date_delete"] = 1
	}
	if users {
		a["users"] = slices.Clone(g.Members)
	}
	return a
}

// Join makes somebody a member of the workspace, and of no channel; or changes who they are.
func Join(s *Slack, p Person) *User {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.work.people[p.ID] = &p
	return &User{slack: s, id: p.ID}
}

// Regroup sets who is in a user group.
func Regroup(s *Slack, group string, members ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, g := range s.work.groups {
		if g.ID == group {
			s.work.groups[i].Members = slices.Clone(members)
		}
	}
}

func listGroups(c *call) (answer, *refusal) {
	found := []answer{}
	for _, g := range c.groups {
		if !g.Disabled || c.args.flag("include_disabled") {
			found = append(found, g.shape(c.args.flag("include_users")))
		}
	}
	return answer{"usergroups": found}, nil
}

func groupMembers(c *call) (answer, *refusal) {
	for _, g := range c.groups {
		if g.ID == c.args["usergroup"] && (!g.Disabled || c.args.flag("include_disabled")) {
			return answer{"users": append([]string{}, g.Members...)}, nil
		}
	}
	return nil, no("no_such_subteam")
}
