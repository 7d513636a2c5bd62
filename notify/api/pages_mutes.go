package api

import (
	"net/url"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
	"github.com/taskherald/herald/templates/webpage"
)

// morningHour is when a mute ends that ends tomorrow.
const morningHour = 8

// prefers puts onto the page how somebody wants to be told, what they have muted, and the
// task that the page is asked for.
func (s places) prefers(c *kit.Call, view *webpage.Notifications) error {
	p, err := s.Ledger.PreferencesOf(c.Ctx(), c.Who.Person)
	if err != nil {
		return progress.Trouble(err)
	}
	if view.Preferences == nil {
		view.Preferences = kept(&p, s.Channels)
	}
	view.Preferences.Usual, view.Preferences.Changed = s.Zone, changedAt(&p)
	mutes := inForce(p.Mutes, s.now())
	for _, m := range mutes {
		view.Mutes = append(view.Mutes, s.asMute(c, m))
	}
	view.Muting, err = s.muting(c, progress.TaskID(c.Query().Text("task")), mutes)
	return err
}

// muting is the task that the page is asked for, nil for none.
func (s places) muting(c *kit.Call, id progress.TaskID, mutes []notify.Mute) (*webpage.Muting, error) {
	if id == "" {
		return nil, nil
	}
	t, err := s.seen(c, "task", id)
	if err != nil {
		return nil, err
	}
	out := &webpage.Muting{ID: id, Title: t.Spec.Title}
	for _, m := range mutes {
		if sameMatch(m.Match, notify.Match{Task: id}) {
			shown := s.asMute(c, m)
			out.Mute = &shown
		}
	}
	return out, nil
}

// asMute is a mute as the page shows it. A task that cannot be seen any more has its id
// alone.
func (s places) asMute(c *kit.Call, m notify.Mute) webpage.Mute {
	out := webpage.Mute{
		ID: m.ID, Task: m.Match.Task, Kind: m.Match.Kind, Owner: m.Match.Owner, Labels: m.Match.Labels, Until: progress.Instant(m.Until), All: m.All,
	}
	if out.Task == "" {
		return out
	}
	if t, err := s.seen(c, "task", out.Task); err == nil {
		out.Title = t.Spec.Title
	}
	return out
}

// mute is POST /notifications/mutes: a task.
func (s places) mute(c *kit.Call) error {
	f, err := kit.Form(c.Writer, c.Request, mostForm)
	if err != nil {
		return err
	}
	task := f.Get("task")
	body := map[string]any{"task": task, "all": f.Has("all")}
	if err = s.lasting(c, f.Get("for"), body); err == nil && task == "" {
		err = kit.Invalid("task", "must be said")
	}
	if err == nil {
		err = as(c, body, mutes{preferences(s)}.add)
	}
	if err != nil {
		return s.done(c, "muted", err, webpage.Notifications{})
	}
	c.See(placesPath + "?done=muted&task=" + url.QueryEscape(task))
	return nil
}

// lasting says in a body for how long to mute.
func (s places) lasting(c *kit.Call, chosen string, body map[string]any) error {
	switch chosen {
	case "2h":
		body["for_seconds"] = 2 * 60 * 60
	case "morning":
		p, err := s.Ledger.PreferencesOf(c.Ctx(), c.Who.Person)
		body["until"] = tomorrow(s.now().In(zoneOf(p.Zone, s.Zone))).Format(time.RFC3339)
		return progress.Trouble(err)
	case "ever":
	default:
		return kit.Invalid("for", "must be 2h, morning or ever, not %q", chosen)
	}
	return nil
}

// tomorrow is the morning of the next day.
func tomorrow(now time.Time) time.Time {
	return time.Date(now.Year(), now.Month(), now.Day()+1, morningHour, 0, 0, 0, now.Location())
}

// zoneOf is the zone of the first name that is one.
func zoneOf(names ...string) *time.Location {
	for _, name := range names {
		if zone, err := time.LoadLocation(name); name != "" && err == nil {
			return zone
		}
	}
	return time.UTC
}
