package api

import (
	"crypto/rand"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
)

// mutePrefix begins the id of every mute.
const mutePrefix = "mut_"

// mostMute is for how long a mute may hold that ends, in seconds: ten years.
const mostMute = 10 * 365 * 24 * 60 * 60

// mute is one as the API shows it.
type mute struct {
	ID        string            `json:"id"`
	Task      progress.TaskID   `json:"task,omitempty"`
	Kind      string            `json:"kind,omitempty"`
	Owner     string            `json:"owner,omitempty"`
	Labels    map[string]string `json:"labels,omitempty"`
	Until     progress.Instant  `json:"until,omitzero"`
	All       bool              `json:"all,omitempty"`
	CreatedAt progress.Instant  `json:"created_at"`
}

func muteOf(m notify.Mute) mute {
	return mute{
		ID: m.ID, Task: m.Match.Task, Kind: m.Match.Kind, Owner: m.Match.Owner, Labels: m.Match.Labels,
		Until: progress.Instant(m.Until), All: m.All, CreatedAt: progress.Instant(m.At),
	}
}

// inForce are the mutes that have not run out.
func inForce(all []notify.Mute, now time.Time) []notify.Mute {
	return slices.DeleteFunc(slices.Clone(all), func(m notify.Mute) bool { return !m.On(now) })
}

// newMute is the body that makes a mute.
type newMute struct {
	Task   progress.TaskID   `json:"task"`
	Kind   string            `json:"kind"`
	Owner  string            `json:"owner"`
	Labels map[string]string `json:"labels"`
	Until  string            `json:"until"`
	For    *int64            `json:"for_seconds"`
	All    bool              `json:"all"`
}

// mute is what is asked for, or what is wrong with it.
func (n *newMute) mute(now time.Time) (m notify.Mute, err error) {
	about := wish{Task: n.Task, Kind: n.Kind, Owner: n.Owner, Labels: n.Labels}
	if err = about.check(); err != nil {
		return m, err
	}
	until, err := n.until(now)
	if err != nil {
		return m, err
	}
	if until.IsZero() && about.match().Any() {
		return m, kit.Invalid("until", "must be said of a mute of everything; or say which tasks are meant: task, kind, owner or labels")
	}
	return notify.Mute{ID: mutePrefix + strings.ToLower(rand.Text()), Match: about.match(), Until: until, All: n.All, At: now}, nil
}

// until is when it ends, zero for never.
func (n *newMute) until(now time.Time) (at time.Time, err error) {
	switch {
	case n.For != nil && n.Until != "":
		return at, kit.Invalid("until", "cannot be said together with for_seconds")
	case n.For != nil && (*n.For < 1 || *n.For > mostMute):
		return at, kit.Invalid("for_seconds", "must be 1 to %d", mostMute)
	case n.For != nil:
		return now.Add(time.Duration(*n.For) * time.Second), nil
	}
	at, err = timeIn("until", n.Until)
	if n.Until == "" || err != nil {
		return at, err
	}
	if !at.After(now) || at.After(now.Add(mostMute*time.Second)) {
		return at, kit.Invalid("until", "must be a time to come, within ten years; without one it is for ever")
	}
	return at, nil
}

// mutes handles what is asked of them.
type mutes struct{ preferences }

// add is POST /api/preferences/mutes. What was muted for the same tasks makes room.
func (s mutes) add(c *kit.Call) error {
	who, err := s.person(c)
	if err != nil {
		return err
	}
	var n newMute
	if err := c.Bind(&n); err != nil {
		return err
	}
	m, err := n.mute(s.now())
	if err == nil {
		err = s.sees(c, m.Match.Task)
	}
	if err != nil {
		return err
	}
	_, err = s.prefer(c, who, func(p *notify.Preferences) error {
		p.Mutes = slices.DeleteFunc(p.Mutes, func(old notify.Mute) bool { return sameMatch(old.Match, m.Match) })
		if len(p.Mutes) >= notify.MostMutes {
			return tooMany("%d mutes are the most that one person may have; remove one first", notify.MostMutes)
		}
		p.Mutes = append(p.Mutes, m)
		return nil
	})
	if err != nil {
		return err
	}
	c.Reply(http.StatusCreated, muteOf(m))
	return nil
}

// sameMatch reports whether two are about the same tasks.
func sameMatch(a, b notify.Match) bool {
	return a.Task == b.Task && a.Kind == b.Kind && a.Owner == b.Owner && maps.Equal(a.Labels, b.Labels)
}

// remove is DELETE /api/preferences/mutes/{id}.
func (s mutes) remove(c *kit.Call) error {
	who, err := s.person(c)
	if err != nil {
		return err
	}
	id := c.Param("id")
	_, err = s.prefer(c, who, func(p *notify.Preferences) error {
		i := slices.IndexFunc(p.Mutes, func(m notify.Mute) bool { return m.ID == id })
		if i < 0 {
			return &progress.Error{Code: progress.NotFound, Say: "there is no such mute, or it has run out"}
		}
		p.Mutes = slices.Delete(p.Mutes, i, i+1)
		return nil
	})
	if err != nil {
		return err
	}
	c.Done()
	return nil
}
