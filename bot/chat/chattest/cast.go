package chattest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/bot/bottest"
	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// Cast are the people and the places of a conversation of [bottest], as a platform knows them: it
// is the bot, the accounts and the rooms that a desk asks.
type Cast struct {
	world *bottest.World
	id    func(n int) string
	said  chan templates.Reply // by the bot

	mu    sync.Mutex
	crew  []string                   // the people, as the conversation calls them
	rooms []string                   // as it calls them
	roots map[string]string          // what the platform calls the messages where threads begin
	pages map[string]progress.TaskID // by what the platform calls the messages that are about them
	sight []progress.TaskID          // what the room was shown
}

// NewCast makes the cast of a world, whose nth person has an account with the id that id gives.
func NewCast(w *bottest.World, id func(n int) string) *Cast {
	return &Cast{world: w, id: id, said: make(chan templates.Reply, 10), roots: map[string]string{}, pages: map[string]progress.TaskID{}}
}

// Enter has somebody come to say something, and gives their account and the number of the room.
func (c *Cast) Enter(s bottest.Said) (account string, room int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sight = s.Who.Sight
	return c.id(place(&c.crew, s.Who.Name)), place(&c.rooms, s.Room)
}

// place is where something is in a list, to which it is added.
func place(all *[]string, one string) int {
	n := slices.Index(*all, one)
	if n < 0 {
		n, *all = len(*all), append(*all, one)
	}
	return n
}

// Rooms is how many rooms something was said in.
func (c *Cast) Rooms() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.rooms)
}

// Root is what the platform calls the message below which something is said. A page of a task is a
// card of it. Post posts the message the first time.
func (c *Cast) Root(s bottest.Said, post func() (far string)) (far string) {
	key := strings.Join([]string{s.Room, s.Thread, string(s.About)}, "/")
	if far = c.roots[key]; far == "" {
		far = post()
		c.roots[key] = far
		c.mu.Lock()
		defer c.mu.Unlock()
		if s.About != "" {
			c.pages[far] = s.About
		}
	}
	return far
}

// Answered waits for what the bot says, and until that is seen: the zero Heard where it says
// nothing.
func (c *Cast) Answered(seen func() (h bottest.Heard, ok bool, err error)) (h bottest.Heard, err error) {
	select {
	case reply := <-c.said:
		if reply.About == "" {
			return h, nil
		}
	case <-time.After(time.Minute):
		return h, errors.New("the bot does not hear it")
	}
	ok := false
	err = Until(func() bool { h, ok, err = seen(); return ok || err != nil })
	return h, err
}

// Until waits for something, a minute of real time at most.
func Until(is func() bool) error {
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(100 * time.Microsecond) {
		if is() {
			return nil
		}
	}
	return errors.New("that does not come")
}

// Hear is that of the bot of the world as it is now.
func (c *Cast) Hear(ctx context.Context, t bot.Turn) (templates.Reply, error) {
	reply, _, err := c.world.Bot.Hear(ctx, t)
	c.said <- reply
	return reply, err
}

// Who is somebody who is no stranger.
func (c *Cast) Who(_ context.Context, a bot.Account) (progress.Person, bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for n, name := range c.crew {
		if a.ID == c.id(n) {
			return progress.Person(name), !c.world.People[name].Stranger, nil
		}
	}
	return "", false, nil
}

// Link links nothing.
func (c *Cast) Link(context.Context, string, bot.Account, string) (progress.Person, error) {
	return "", errors.New("there are no codes")
}

// Unlink links nothing.
func (c *Cast) Unlink(context.Context, bot.Account) (bool, error) { return false, nil }

// Person is somebody of the world.
func (c *Cast) Person(_ context.Context, who progress.Person, _ []string) (progress.Actor, bool, error) {
	return c.world.People[string(who)].Actor, true, nil
}

// Reader is how they read.
func (c *Cast) Reader(_ context.Context, who progress.Person) (templates.Reader, error) {
	return templates.Reader{Lang: c.world.People[string(who)].Lang}, nil
}

// Shown is what the room was shown.
func (c *Cast) Shown(context.Context, []notify.Address) ([]progress.TaskID, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.sight, nil
}

// TaskAt is the page that a message stands for.
func (c *Cast) TaskAt(_ context.Context, far string) (progress.TaskID, bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	id, ok := c.pages[far]
	return id, ok, nil
}
