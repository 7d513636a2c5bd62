package slackfake

import (
	"slices"
	"time"
)

// happening is something that the app may want to hear of.
type happening struct {
	event string // what it has to have subscribed to, "message.channels"
	scope string // and may see by
	body  answer
}

// posted tells of a message that was written.
func (w *workspace) posted(r *room, p *post) {
	body := p.shape(w, r, true)
	w.addressed(r, p, body)
	body["channel_type"] = r.kind()
	w.message(r, body)
	if r.im == "" && r.Bot && slices.Contains(p.reading().Pings, "<@"+Bot+">") {
		mention := p.shape(w, r, true)
		w.addressed(r, p, mention)
		mention["type"] = "app_mention"
		w.tell(happening{event: "app_mention", scope: "app_mentions:read", body: mention})
	}
}

// addressed says where a message was written, and from where if that is elsewhere.
func (w *workspace) addressed(r *room, p *post, body answer) {
	body["channel"], body["event_ts"] = r.ID, p.ts
	if team := w.team(p.user); team != Team {
		body["user_team"], body["source_team"] = team, team
	}
}

// changed tells of a message that was changed.
func (w *workspace) changed(r *room, p *post, before answer) {
	now := w.ts()
	w.message(r, answer{
		"type": "message", "subtype": "message_changed", "hidden": true, "channel": r.ID, "channel_type": r.kind(), "ts": now, "event_ts": now,
		"message": p.shape(w, r, true), "previous_message": before,
	})
}

// message tells of what happens to the messages of a conversation, if the app is in it.
func (w *workspace) message(r *room, body answer) {
	if !r.Bot {
		return
	}
	w.tell(happening{event: "message." + plural(r.kind()), scope: scopeOf(r.kind(), "history"), body: body})
}

// envelope is what is sent of a happening.
func envelope(w *workspace, h happening) answer {
	var grid any
	if w.opts.Enterprise != "" {
		grid = w.opts.Enterprise
	}
	return answer{
		"token": "fake-verification-token", "team_id": Team, "context_team_id": Team, "context_enterprise_id": grid, "enterprise_id": grid, "api_app_id": App,
		"event": h.body, "type": "event_callback", "event_id": w.id("Ev"), "event_time": time.Now().Unix(), "event_context": w.id("4-"),
		"authorizations":        []answer{{"enterprise_id": grid, "team_id": Team, "user_id": Bot, "is_bot": true, "is_enterprise_install": false}},
		"is_ext_shared_channel": false,
	}
}
