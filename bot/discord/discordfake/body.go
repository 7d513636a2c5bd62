package discordfake

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/taskherald/herald/templates/discordcard/componenttest"
)

// The bounds of a message.
const (
	mostText  = 2000
	mostNonce = 25
)

// sendable are the flags that an app may give a message, changeable those that it may
// give it later.
const (
	sendable   = SuppressEmbeds | Silent | ComponentsV2
	changeable = SuppressEmbeds | ComponentsV2
)

// draft is a message as it would be after a call.
type draft struct {
	post
	args args
	c    *call
}

// compose reads the fields of a message into one that there is, or into a new one.
func (c *call) compose(p post, flags int) (*post, *refusal) {
	d := &draft{post: p, args: c.args, c: c}
	for _, step := range []func() *refusal{func() *refusal { return d.flagged(flags) }, d.texts, d.mentioned, d.attached, d.built, d.whole} {
		if bad := step(); bad != nil {
			return nil, bad
		}
	}
	return &d.post, nil
}

// flagged reads the flags. What was once of the second version stays that.
func (d *draft) flagged(may int) *refusal {
	var flags int
	if bad := d.args.into("flags", &flags); bad != nil {
		return bad
	}
	if d.args.has("flags") {
		keeps := d.flags &^ may
		d.flags = keeps | flags&may | d.flags&ComponentsV2
	}
	return nil
}

func (d *draft) texts() *refusal {
	if d.args.null("content") {
		d.content = ""
	}
	if bad := d.args.into("content", &d.content); bad != nil {
		return bad
	}
	if componenttest.Length(d.content) > mostText {
		return wrong("content", "BASE_TYPE_MAX_LENGTH", "Must be 2000 or fewer in length.")
	}
	if d.args.null("embeds") {
		d.embeds = nil
	}
	var embeds []json.RawMessage
	if bad := d.args.into("embeds", &embeds); bad != nil {
		return bad
	}
	if len(embeds) > 10 {
		return badLength("embeds", "Must be 10 or fewer in length.")
	}
	if d.args.has("embeds") {
		d.embeds = nil
		if len(embeds) > 0 {
			d.embeds = d.args["embeds"]
		}
	}
	return nil
}

// mentioned reads allowed_mentions. Parse as null is as none: everything pings. So does a text
// that is changed without it, whatever was said when it was posted.
func (d *draft) mentioned() *refusal {
	if !d.args.has("allowed_mentions") {
		switch changed := d.args.has("content") || d.args.has("components"); {
		case changed && d.act != nil:
			d.pings = people()
		case changed:
			d.pings = freely()
		}
		return nil
	}
	var said struct {
		Parse   []string
		Users   []string
		Roles   []string
		Replied bool `json:"replied_user"`
	}
	if bad := d.args.into("allowed_mentions", &said); bad != nil {
		return bad
	}
	for i, kind := range said.Parse {
		if !slices.Contains([]string{"everyone", "roles", "users"}, kind) {
			return badChoice("allowed_mentions.parse."+strconv.Itoa(i), "Value must be one of ('everyone', 'roles', 'users').")
		}
	}
	if slices.Contains(said.Parse, "users") && len(said.Users) > 0 || slices.Contains(said.Parse, "roles") && len(said.Roles) > 0 {
		return wrong("allowed_mentions", "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", "parse:[\"users\"] and users: [ids...] are mutually exclusive.")
	}
	if said.Parse != nil || said.Users != nil || said.Roles != nil {
		d.pings.parse, d.pings.users, d.pings.roles = said.Parse, said.Users, said.Roles
	}
	d.pings.replied = said.Replied
	return nil
}

// attachment is what a message says of one of its files.
type attachment struct {
	ID    any    // the n of files[n], or that of one that is there
	Name  string `json:"filename"`
	Title string
}

// attached reads which files the message has: new ones, and of the old those that are
// named if any are.
func (d *draft) attached() *refusal {
	var named []attachment
	if bad := d.args.into("attachments", &named); bad != nil {
		return bad
	}
	if d.args.has("attachments") {
		d.files = slices.DeleteFunc(slices.Clone(d.files), func(f File) bool {
			return !slices.ContainsFunc(named, func(n attachment) bool { return n.Name == f.Name })
		})
	}
	d.files = slices.Clone(d.files)
	for _, n := range sortedKeys(d.c.files) {
		f := d.c.files[n]
		for _, said := range named {
			if id, ok := said.ID.(string); ok && id == n || said.ID == number(n) {
				f.Title = said.Title
				if said.Name != "" {
					f.Name = said.Name
				}
			}
		}
		d.files = append(d.files, f)
	}
	return nil
}

func number(text string) any {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil
	}
	return n
}

func sortedKeys(files map[string]File) []string {
	var names []string
	for n := range files {
		names = append(names, n)
	}
	slices.SortFunc(names, order)
	return names
}

// built reads the components.
func (d *draft) built() *refusal {
	if d.args.null("components") {
		d.components = nil
	}
	if d.args.has("components") {
		var list []any
		if bad := d.args.into("components", &list); bad != nil {
			return bad
		}
		if bad := checked(d.args["components"], d.flags&ComponentsV2 != 0); bad != nil {
			return bad
		}
		d.components = numbered(list)
	}
	return d.shown()
}

// shown sees that each file that a component shows is there.
func (d *draft) shown() *refusal {
	urls := shownBy(d.components)
	for i, f := range d.files {
		d.files[i].Shown = d.flags&ComponentsV2 == 0 || slices.Contains(urls, "attachment://"+f.Name)
	}
	for _, url := range urls {
		name, isOurs := strings.CutPrefix(url, "attachment://")
		if isOurs && !slices.ContainsFunc(d.files, func(f File) bool { return f.Name == name }) {
			return wrong("components", "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND", "The referenced attachment '"+name+"' was not found.")
		}
	}
	return nil
}

// whole sees that the fields go together.
func (d *draft) whole() *refusal {
	if d.flags&ComponentsV2 != 0 {
		for _, f := range []struct {
			name string
			used bool
		}{{"content", d.content != ""}, {"embeds", d.embeds != nil}, {"poll", d.args.has("poll")}, {"sticker_ids", d.args.has("sticker_ids")}} {
			if f.used {
				return wrong(f.name, "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2",
					"The '"+f.name+"' field cannot be used when using MessageFlags.IS_COMPONENTS_V2")
			}
		}
	}
	if d.content == "" && d.embeds == nil && d.components == nil && (len(d.files) == 0 || d.flags&ComponentsV2 != 0) {
		return empty()
	}
	if !d.c.may(Bot, d.c.place(), AttachFiles) && len(d.c.files) > 0 {
		return noPermission()
	}
	return nil
}

// place is the channel that the call is about.
func (c *call) place() *room {
	if r := c.room(c.vars["channel"]); r != nil {
		return r
	}
	if i := c.acts[c.vars["token"]]; i != nil {
		return i.room
	}
	return &room{with: Bot}
}

// once finds the message that was posted with the same nonce a few minutes ago, in
// whatever channel.
func (c *call) once(nonce string) (*room, *post) {
	var enforce bool
	if c.args.into("enforce_nonce", &enforce) != nil || !enforce || nonce == "" {
		return nil, nil
	}
	before, ok := c.nonces[nonce]
	if !ok || before.old() {
		return nil, nil
	}
	return before.room, before.room.find(before.id)
}

// nonce reads the field of that name: a text or a number.
func (c *call) nonce() (string, *refusal) {
	if !c.args.has("nonce") {
		return "", nil
	}
	var text string
	if json.Unmarshal(c.args["nonce"], &text) != nil {
		var n int64
		if json.Unmarshal(c.args["nonce"], &n) != nil {
			return "", wrong("nonce", "BASE_TYPE_INVALID", "This field has another type.")
		}
		text = strconv.FormatInt(n, 10)
	}
	if componenttest.Length(text) > mostNonce {
		return "", wrong("nonce", "NONCE_TYPE_TOO_LONG", "Nonce must be 25 or fewer in length.")
	}
	return text, nil
}
