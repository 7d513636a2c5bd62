package app

import (
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/ledger"
	"github.com/taskherald/herald/progress"
)

// notices are what people are told of, as they ask for it in words: the mutes of their
// preferences.
type notices struct {
	rolls *ledger.Ledger
	tasks interface {
		Task(ctx context.Context, id progress.TaskID) (progress.Task, error)
	}
	preview func(ctx context.Context, t *progress.Task, e *progress.Event, at time.Time) (notify.Trace, *notify.Chain, error)
	now     func() time.Time
}

// hushAll is for how long somebody is told of nothing at all who has not said until when.
const hushAll = 24 * time.Hour

// Hush mutes a task for so long, for ever for 0; all tasks, for "", for a day if it is not said
// for how long. Approvals and ends are told all
// the same. A mute of the same that keeps more from somebody stays as it is.
func (n notices) Hush(ctx context.Context, who progress.Actor, task progress.TaskID, wait time.Duration) (until time.Time, err error) {
	now := n.now().UTC().Truncate(time.Microsecond)
	m := notify.Mute{ID: "mut_" + strings.ToLower(rand.Text()), Match: notify.Match{Task: task}, At: now}
	if task == "" && wait == 0 {
		wait = hushAll
	}
	if wait > 0 {
		m.Until = now.Add(wait)
	}
	_, err = n.prefer(ctx, who.Person, now, func(p *notify.Preferences) error {
		until = m.Until
		if i := slices.IndexFunc(p.Mutes, only(task)); i >= 0 {
			until = longer(&p.Mutes[i], until)
			return nil
		}
		if len(p.Mutes) >= notify.MostMutes {
			return &progress.Error{Code: progress.Conflict, Say: fmt.Sprintf("%d mutes are the most that one person may have; remove one first", notify.MostMutes)}
		}
		p.Mutes = append(p.Mutes, m)
		return nil
	})
	return until, err
}

// longer has a mute last until a time at least, zero for ever, and says until when it does.
func longer(m *notify.Mute, until time.Time) time.Time {
	if !m.Until.IsZero() && (until.IsZero() || m.Until.Before(until)) {
		m.Until = until
	}
	return m.Until
}

// only picks the mutes that are about one task and nothing else, or for "" about everything.
func only(task progress.TaskID) func(notify.Mute) bool {
	return func(m notify.Mute) bool {
		return m.Match.Task == task && m.Match.Kind == "" && m.Match.Owner == "" && len(m.Match.Labels) == 0
	}
}

// Follow ends the mutes of a task, or for "" those of everything, and says by which channels
// somebody is told. Mutes of more than the task stay, and count.
func (n notices) Follow(ctx context.Context, who progress.Actor, task progress.TaskID) ([]string, error) {
	now := n.now()
	p, err := n.rolls.PreferencesOf(ctx, who.Person)
	if err == nil && slices.ContainsFunc(p.Mutes, only(task)) {
		p, err = n.prefer(ctx, who.Person, now, func(p *notify.Preferences) error {
			p.Mutes = slices.DeleteFunc(p.Mutes, only(task))
			return nil
		})
	}
	if err != nil {
		return nil, err
	}
	if task == "" {
		return n.reached(ctx, &p)
	}
	return n.told(ctx, who.Person, task, now)
}

// prefer changes somebody's preferences, and lets go of mutes that have run out.
func (n notices) prefer(ctx context.Context, who progress.Person, now time.Time, fn func(*notify.Preferences) error) (notify.Preferences, error) {
	return n.rolls.Prefer(ctx, who, func(p *notify.Preferences) error {
		p.Mutes = slices.DeleteFunc(slices.Clone(p.Mutes), func(m notify.Mute) bool { return !m.On(now) })
		return fn(p)
	})
}

// reached are the channels by which somebody is told of any tasks.
func (n notices) reached(ctx context.Context, p *notify.Preferences) ([]string, error) {
	subs, err := n.rolls.SubscriptionsOf(ctx, p.Person)
	by := map[string]bool{}
	for _, s := range subs {
		if s.Off == "" && s.Address.Channel != notify.Webhook && p.Ways[s.Address.Channel][notify.ClassEnd] != notify.WayOff {
			by[s.Address.Channel] = true
		}
	}
	return slices.Sorted(maps.Keys(by)), err
}

// told are the channels by which somebody hears how a task ends, now or later.
func (n notices) told(ctx context.Context, who progress.Person, task progress.TaskID, now time.Time) ([]string, error) {
	t, err := n.tasks.Task(ctx, task)
	if err != nil {
		return nil, err
	}
	by := map[string]bool{}
	for _, kind := range []progress.Kind{progress.TaskCompleted, progress.TaskFailed} {
		e := progress.Event{Seq: t.Seq + 1, Version: t.Version + 1, Kind: kind, At: now}
		e.Data.Run, e.Data.Attempt = t.Run, t.Attempt
		after := progress.Apply(t, e)
		trace, _, err := n.preview(ctx, &after, &e, now)
		if err != nil {
			return nil, err
		}
		for _, r := range trace.Rows {
			if r.Person == who && r.Channel != notify.Webhook && (r.Outcome == notify.Tells || r.Outcome == notify.Holds || r.Outcome == notify.Gathers) {
				by[r.Channel] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(by)), nil
}
