package notify

import (
	"cmp"
	"context"
	"slices"

	"github.com/taskherald/herald/progress"
)

// bundler tells what was held back.
type bundler struct{ *batch }

// flush tells bundles whose time has come.
func (b bundler) flush(ctx context.Context, held []Held) error {
	for len(held) > 0 {
		n := 1
		for n < len(held) && held[n].Bundle == held[0].Bundle {
			n++
		}
		if err := b.bundle(ctx, held[:n]); err != nil {
			return err
		}
		held = held[n:]
	}
	return nil
}

// bundle tells a bundle: as it stands now, and not what was said since. What is still
// asked is a letter of its own.
func (b bundler) bundle(ctx context.Context, held []Held) error {
	b.Given = append(b.Given, held[0].Bundle)
	s := b.subscription(b.roll, held[0].Sub)
	if s == nil || s.Off != "" {
		return nil
	}
	var rest []Held
	for _, h := range held {
		asks, err := b.stillAsks(ctx, s, h)
		if err != nil {
			return err
		}
		if !asks {
			rest = append(rest, h)
		}
	}
	items, err := b.items(ctx, s, rest)
	if err == nil && len(rest) > 0 {
		b.lane(s, s.Address.Lane(), nil)
		b.Letters = append(b.Letters, b.digest(s, rest, items))
	}
	return err
}

// digest is the letter of a bundle. A single event that is still the newest of its task is
// told like any other.
func (b bundler) digest(s *Subscription, held []Held, items []Item) Letter {
	l := Letter{
		ID: held[0].Bundle, Lane: s.Address.Lane(), Sub: s.ID, Person: s.Owner, State: Due, MadeAt: b.at, ExpiresAt: b.at.Add(endHorizon),
		Class: classOfAll(held),
	}
	if only := held[0]; len(items) == 1 && len(held) == 1 && b.tasks[only.Task].Seq == only.Seq {
		l.Task, l.Seq, l.Kind = only.Task, only.Seq, only.Kind
		return l
	}
	more := max(len(items)-mostItems, 0)
	l.Note = &Note{
		Kind: NoteDigest, Channel: s.Address.Channel, To: s.Address.Shown(), Sub: s.ID, At: b.at, Items: items[more:], More: more,
	}
	if len(items) == 0 {
		l.State, l.SettledAt, l.Why = Dropped, b.at, "the address was told of it since"
	}
	return l
}

// mostItems is how many tasks one digest tells of.
const mostItems = 50

// stillAsks tells what is held if it is a question that still waits for an answer.
func (b bundler) stillAsks(ctx context.Context, s *Subscription, h Held) (asks bool, err error) {
	if h.Kind != progress.ApprovalNeeded {
		return false, nil
	}
	t, err := b.task(ctx, h.Task)
	if err != nil || t == nil {
		return false, err
	}
	e, ok, err := b.Tasks.Event(ctx, h.Task, h.Seq)
	if err != nil || !ok || e.Data.Approval == nil || moot(t, e.Data.Approval.ID) != "" {
		return false, err
	}
	b.lane(s, s.Address.Lane(), t)
	b.letter(s, s.Address.Lane(), &round{task: t, event: &e, at: b.at})
	return true, nil
}

// items are the tasks of what was held, the newest last, but of those that the address was
// told of since.
func (b bundler) items(ctx context.Context, s *Subscription, held []Held) (out []Item, err error) {
	for _, h := range held {
		i := slices.IndexFunc(out, func(it Item) bool { return it.Task == h.Task })
		if i < 0 {
			i = len(out)
			out = append(out, Item{Task: h.Task, First: h.Seq})
		}
		it := &out[i]
		it.Last = max(it.Last, h.Seq)
		if !slices.Contains(it.Kinds, h.Kind) {
			it.Kinds = append(it.Kinds, h.Kind)
		}
	}
	return b.untold(ctx, s, out)
}

// untold are the tasks that a subscription was not told of since.
func (b bundler) untold(ctx context.Context, s *Subscription, items []Item) (out []Item, err error) {
	for _, it := range items {
		t, err := b.task(ctx, it.Task)
		if err != nil {
			return nil, err
		}
		if t == nil {
			continue
		}
		newest, err := b.Post.Letters(ctx, LetterQuery{Sub: s.ID, Task: it.Task, Limit: 8})
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(newest, func(l Letter) bool { return l.Seq > it.Last && (l.State == Sent || l.State == Due) }) {
			out = append(out, it)
		}
	}
	return out, nil
}

// classOfAll is the greatest class of what was held.
func classOfAll(held []Held) Class {
	order := Classes()
	return slices.MaxFunc(held, func(a, b Held) int {
		return cmp.Compare(slices.Index(order, a.Class), slices.Index(order, b.Class))
	}).Class
}
