package discordfake

import (
	"net/http"
	"slices"
	"time"

	"github.com/taskherald/herald/templates/discordcard/componenttest"
)

// threadStarter is the kind of the message that stands first in a thread, and shows the one
// with which it began. People see only the latter.
const threadStarter = 21

func startThread(c *call) (any, *refusal) {
	r, p, bad := c.wrote()
	if bad != nil {
		return nil, bad
	}
	switch {
	case r.Kind != Text && r.Kind != Announcement:
		return nil, no(http.StatusBadRequest, 50024, "Cannot execute action on this channel type")
	case !c.may(Bot, r, PublicThreads):
		return nil, noPermission()
	case c.room(p.id) != nil:
		return nil, no(http.StatusBadRequest, 160004, "A thread has already been created for this message")
	}
	var name string
	lasts := 1440
	if bad := c.args.into("name", &name); bad != nil {
		return nil, bad
	}
	if bad := c.args.into("auto_archive_duration", &lasts); bad != nil {
		return nil, bad
	}
	if n := componenttest.Length(name); n < 1 || n > 100 {
		return nil, badLength("name", "Must be between 1 and 100 in length.")
	}
	if !slices.Contains([]int{60, 1440, 4320, 10080}, lasts) {
		return nil, badChoice("auto_archive_duration", "Value must be one of (60, 1440, 4320, 10080).")
	}
	t := &room{
		Room: Room{ID: p.id, Name: name, Kind: PublicThread}, parent: r, from: p.id, lasts: time.Duration(lasts) * time.Minute, active: time.Now(),
	}
	c.open(t)
	p.flags |= HasThread
	c.add(t, &post{author: Bot, kind: threadStarter, ref: p.id, refRoom: r.ID})
	c.code = http.StatusCreated
	c.tell(happening{event: "THREAD_CREATE", intent: guilds, body: t.shape(c.world)})
	return t.shape(c.world), nil
}

// editChannel opens, closes and names a thread. Of channels the fake changes nothing.
func editChannel(c *call) (any, *refusal) {
	r, bad := c.seen()
	if bad != nil {
		return nil, bad
	}
	if r.parent == nil {
		return nil, noPermission()
	}
	archived, locked, name := r.closed(), r.locked, r.Name
	for field, v := range map[string]any{"archived": &archived, "locked": &locked, "name": &name} {
		if bad := c.args.into(field, v); bad != nil {
			return nil, bad
		}
	}
	opens := r.closed() && !archived
	switch {
	case locked != r.locked || !opens:
		if !c.may(Bot, r, ManageThreads) {
			return nil, noPermission()
		}
	case r.locked && !c.may(Bot, r, ManageThreads):
		return nil, no(http.StatusForbidden, 160005, "Thread is locked")
	}
	if archived && r.closed() {
		return nil, no(http.StatusBadRequest, 50083, "Thread is archived")
	}
	r.archived, r.locked, r.Name = archived, locked, name
	if opens {
		r.active = time.Now()
	}
	return r.shape(c.world), nil
}
