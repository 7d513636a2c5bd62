package discord

import (
	"strconv"

	"github.com/bwmarrin/discordgo"
)

// created is a draft as Discord reads it to post it.
func (d *Draft) created() map[string]any {
	body := d.body()
	if d.Silent {
		body["flags"] = discordgo.MessageFlagsIsComponentsV2 | discordgo.MessageFlagsSuppressNotifications
	}
	if d.Nonce != "" {
		body["nonce"], body["enforce_nonce"] = d.Nonce, true
	}
	if d.Reply != "" {
		body["message_reference"] = map[string]any{"message_id": d.Reply, "fail_if_not_exists": false}
	}
	return body
}

// changed is a draft as Discord reads it to put it in the place of another. The list of files
// is there even if there are none: without it those before would stay.
func (d *Draft) changed() map[string]any {
	body := d.body()
	if body["attachments"] == nil {
		body["attachments"] = []any{}
	}
	return body
}

// body is what both have.
func (d *Draft) body() map[string]any {
	body := map[string]any{
		"components": d.components(), "flags": discordgo.MessageFlagsIsComponentsV2,
		"allowed_mentions": map[string]any{"parse": []string{}, "replied_user": false},
	}
	if len(d.Files) > 0 {
		body["attachments"] = attachments(d.Files)
	}
	return body
}

// components are never nil, which would not be an empty list in JSON.
func (d *Draft) components() []discordgo.MessageComponent {
	if d.Components == nil {
		return []discordgo.MessageComponent{}
	}
	return d.Components
}

// attachments say of each file which part of the request it is.
func attachments(files []File) []map[string]string {
	list := make([]map[string]string, len(files))
	for i, f := range files {
		list[i] = map[string]string{"id": strconv.Itoa(i), "filename": f.Name}
		if f.Title != "" {
			list[i]["title"] = f.Title
		}
	}
	return list
}
