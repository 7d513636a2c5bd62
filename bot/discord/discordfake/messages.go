package discordfake

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"
)

// nonceLife is how long a nonce is remembered: Discord says a few minutes.
const nonceLife = 3 * time.Minute

// nonce is a message that was posted with one.
type nonce struct {
	room *room
	id   string
}

func (n nonce) old() bool { return time.Since(Time(n.id)) >= nonceLife }

// seen finds the channel of a call, if the app may see it.
func (c *call) seen() (*room, *refusal) {
	r := c.room(c.vars["channel"])
	switch {
	case r == nil:
		return nil, unknownChannel()
	case !c.may(Bot, r, ViewChannel):
		return nil, noAccess()
	}
	return r, nil
}

// wrote finds a message of a call.
func (c *call) wrote() (*room, *post, *refusal) {
	r, bad := c.seen()
	if bad != nil {
		return nil, nil, bad
	}
	p := r.find(c.vars["message"])
	if p == nil {
		return nil, nil, unknownMessage()
	}
	return r, p, nil
}

// writable tells whether the app may write in a channel.
func (c *call) writable(r *room) *refusal {
	may := int64(SendMessages)
	if r.parent != nil {
		may = SendInThreads
	}
	switch {
	case r.Kind == Category || r.Kind == Forum:
		return no(http.StatusBadRequest, 50008, "Cannot send messages in a non-text channel")
	case !c.may(Bot, r, may):
		return noPermission()
	case r.locked && !c.may(Bot, r, ManageThreads):
		return no(http.StatusForbidden, 160005, "Thread is locked")
	case r.with != "" && !c.reaches(r.with):
		return no(http.StatusForbidden, 50007, "Cannot send messages to this user")
	}
	return nil
}

func createMessage(c *call) (any, *refusal) {
	r, bad := c.seen()
	if bad != nil {
		return nil, bad
	}
	if bad := c.writable(r); bad != nil {
		return nil, bad
	}
	word, bad := c.nonce()
	if bad != nil {
		return nil, bad
	}
	if there, before := c.once(word); before != nil {
		return before.shape(c.world, there), nil
	}
	p := post{author: Bot, nonce: word, pings: freely()}
	if bad := c.refers(r, &p); bad != nil {
		return nil, bad
	}
	made, bad := c.compose(p, sendable)
	if bad != nil {
		return nil, bad
	}
	c.add(r, made)
	if word != "" {
		c.nonces[word] = nonce{r, made.id}
	}
	c.posted(r, made)
	return made.shape(c.world, r), nil
}

// refers reads what a message answers.
func (c *call) refers(r *room, p *post) *refusal {
	if !c.args.has("message_reference") {
		return nil
	}
	ref := struct {
		Message string `json:"message_id"`
		Channel string `json:"channel_id"`
		Fail    *bool  `json:"fail_if_not_exists"`
		Type    int
	}{}
	if bad := c.args.into("message_reference", &ref); bad != nil {
		return bad
	}
	switch {
	case ref.Type != 0:
		return badChoice("message_reference.type", "The fake knows replies alone.")
	case !snowflake(ref.Message):
		return wrong("message_reference.message_id", "NUMBER_TYPE_COERCE", "Value is not snowflake.")
	case !c.may(Bot, r, ReadHistory):
		return no(http.StatusForbidden, 160002, "Cannot reply without permission to read message history")
	case ref.Channel != "" && ref.Channel != r.ID || r.find(ref.Message) == nil:
		if ref.Fail == nil || *ref.Fail {
			return wrong("message_reference", "REPLIES_UNKNOWN_MESSAGE", "Unknown message")
		}
		return nil // a message of its own
	}
	p.ref, p.refRoom = ref.Message, r.ID
	return nil
}

// ancient is the age from which on a message takes few edits.
const ancient = time.Hour

func editMessage(c *call) (any, *refusal) {
	r, p, bad := c.wrote()
	if bad != nil {
		return nil, bad
	}
	switch {
	case p.kind != 0:
		return nil, no(http.StatusForbidden, 50021, "Cannot execute action on a system message")
	case p.author != Bot:
		return nil, no(http.StatusForbidden, 50005, "Cannot edit a message authored by another user")
	case r.closed():
		return nil, no(http.StatusBadRequest, 50083, "Thread is archived")
	}
	changed, bad := c.compose(*p, changeable)
	if bad != nil {
		return nil, bad
	}
	if bad := c.again(r, p); bad != nil {
		return nil, bad
	}
	c.change(r, p, changed)
	return p.shape(c.world, r), nil
}

// again counts an edit of a message that is older than an hour.
func (c *call) again(r *room, p *post) *refusal {
	now := time.Now()
	if now.Sub(Time(p.id)) < ancient {
		return nil
	}
	done := slices.DeleteFunc(c.olds[r.ID], func(at time.Time) bool { return now.Sub(at) >= ancient })
	if len(done) >= max(c.opts.OldEdits, 0) {
		bad := no(http.StatusTooManyRequests, 30046, "Maximum number of edits to messages older than 1 hour reached. Try again later.")
		rest := ancient
		if len(done) > 0 {
			rest = done[0].Add(ancient).Sub(now)
		}
		bad.more = object{"retry_after": rest.Seconds(), "global": false}
		return bad
	}
	c.olds[r.ID] = append(done, now)
	return nil
}

// change puts a message in the place of what it was.
func (w *world) change(r *room, p, changed *post) {
	edits := p.edits + 1
	*p = *changed
	p.edits, p.edited = edits, time.Now()
	p.flags &^= Loading
	w.told("MESSAGE_UPDATE", r, p)
}

func deleteMessage(c *call) (any, *refusal) {
	r, p, bad := c.wrote()
	if bad != nil {
		return nil, bad
	}
	if p.author != Bot && !c.may(Bot, r, ManageMessages) {
		return nil, noPermission()
	}
	c.remove(r, p)
	return nil, nil
}

// remove takes a message away. A thread that began with it stays.
func (w *world) remove(r *room, p *post) {
	r.posts = slices.DeleteFunc(r.posts, func(other *post) bool { return other == p })
	if p.only == "" {
		body := object{"id": p.id, "channel_id": r.ID}
		if id := r.server(); id != "" {
			body["guild_id"] = id
		}
		w.tell(happening{event: "MESSAGE_DELETE", intent: intentOf(r), body: body})
	}
}

func getMessage(c *call) (any, *refusal) {
	r, p, bad := c.wrote()
	if bad != nil {
		return nil, bad
	}
	if !c.may(Bot, r, ReadHistory) {
		return nil, noPermission()
	}
	return p.shape(c.world, r), nil
}

func listMessages(c *call) (any, *refusal) {
	r, bad := c.seen()
	if bad != nil {
		return nil, bad
	}
	limit := 50
	if text := c.query.Get("limit"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > 100 {
			return nil, wrong("limit", "NUMBER_TYPE_MAX", "int value should be between 1 and 100.")
		}
		limit = n
	}
	found := []object{}
	if !c.may(Bot, r, ReadHistory) {
		return found, nil
	}
	all := slices.DeleteFunc(slices.Clone(r.posts), func(p *post) bool { return p.only != "" })
	if all, bad = within(all, c.query, limit); bad != nil {
		return nil, bad
	}
	for _, p := range slices.Backward(all) {
		found = append(found, p.shape(c.world, r))
	}
	return found, nil
}

// within is the part of a history that is asked for: what came before one message, after
// it, or around it; the newest if none is named.
func within(all []*post, query url.Values, limit int) ([]*post, *refusal) {
	asked := 0
	for _, name := range []string{"before", "after", "around"} {
		id := query.Get(name)
		if id == "" {
			continue
		}
		if !snowflake(id) {
			return nil, wrong(name, "NUMBER_TYPE_COERCE", "Value \""+id+"\" is not snowflake.")
		}
		if asked++; asked > 1 {
			return nil, wrong(name, "MUTUALLY_EXCLUSIVE", "before, after and around exclude each other.")
		}
		at := slices.IndexFunc(all, func(p *post) bool { return order(p.id, id) >= 0 })
		if at < 0 {
			at = len(all)
		}
		switch name {
		case "before":
			all = all[:at]
		case "after":
			if at < len(all) && all[at].id == id {
				at++
			}
			return all[at:min(at+limit, len(all))], nil
		case "around":
			from := max(0, at-limit/2)
			return all[from:min(from+limit, len(all))], nil
		}
	}
	return all[max(0, len(all)-limit):], nil
}
