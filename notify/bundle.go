package notify

import (
	"cmp"
	"context"
	"runtime/debug"
	"slices"

	"github.com/taskherald/herald/progress"
)

// bundler tells what was held back.
type bundler struct{ *batch }

// flush tells bundles whose time has come.
func (b bundler) flush(ctx context.Context, held []Held) {
	for len(held) > 0 {
		n := 1
		for n < len(held) && held[n].Bundle == held[0].Bundle {
			n++
		}
		b.turn(ctx, held[:n])
		held = held[n:]
	}
}

// turn tells a bundle. One that cannot be read is left for the next look; a panic is a
// defect that costs this one alone.
func (b bundler) turn(ctx context.Context, held []Held) {
	before := len(b.Letters)
	defer func() {
		if trouble := recover(); trouble != nil {
			b.Log.Error("what was held back could not be told", "bundle", held[0].Bundle, "panic", trouble, "stack", string(debug.Stack()))
			b.Letters, b.Given = b.Letters[:before], append(b.Given, held[0].Bundle)
		}
	}()
	if err := b.bundle(ctx, held); err != nil {
		b.Letters = b.Letters[:before]
		b.Log.Error("what was held back could not be told; it is tried again", "bundle", held[0].Bundle, "error", err)
		return
	}
	b.Given = append(b.Given, held[0].Bundle)
}

// bundle tells a bundle: as it stands now, and not what was said since. What is still
// asked is a letter of its own.
func (b bundler) bundle(ctx context.Context, held []Held) error {
	s := b.subscription(b.roll, held[0].Sub)
	if s == nil {
		return nil
	}
	if s.Off != "" {
		b.lane(s, s.Address.Lane(), nil)
		b.Letters = append(b.Letters, b.digest(s, held, nil, 0))
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
	items, more, err := b.untold(ctx, s, itemsOf(rest))
	if err == nil && len(rest) > 0 {
		b.lane(s, s.Address.Lane(), nil)
		b.Letters = append(b.Letters, b.digest(s, rest, items, more))
	}
	return err
}

// digest is the letter of a bundle. A single event that is still the newest of its task is
// told like any other.
func (b bundler) digest(s *Subscription, held []Held, items []Item, more int) Letter {
	l := Letter{
		ID: held[0].Bundle, Lane: s.Address.Lane(), Sub: s.ID, Person: s.Owner, State: Due, MadeAt: b.at, ExpiresAt: b.at.Add(endHorizon),
		Class: classOfAll(held),
	}
	if only := held[0]; len(items) == 1 && len(held) == 1 && b.tasks[only.Task].Seq == only.Seq {
		l.Task, l.Seq, l.Kind = only.Task, only.Seq, only.Kind
		return l
	}
	l.Note = &Note{
		Kind: NoteDigest, Channel: s.Address.Channel, To: s.Address.Shown(), Sub: s.ID, At: b.at, Items: items, More: more,
	}
	if len(items) == 0 {
		l.State, l.SettledAt, l.Why = Dropped, b.at, "the address was told of it since"
	}
	if s.Off != "" {
		l.Why = "the subscription is off: " + s.Off
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
	n, told, err := b.roundOf(ctx, s, h)
	if err == nil && !told {
		b.lane(s, s.Address.Lane(), t)
		b.letter(s, s.Address.Lane(), &round{task: t, event: &e, n: n, at: b.at})
	}
	return true, err
}

// roundOf is the round in which a question is told that was held: the first, or for a
// subscription that it has come to before the present one, unless that was told too.
func (b bundler) roundOf(ctx context.Context, s *Subscription, h Held) (n int, told bool, err error) {
	asked, err := b.Post.Letters(ctx, LetterQuery{Sub: s.ID, Task: h.Task, Seq: h.Seq, Limit: mostRows})
	if err != nil {
		return 0, false, err
	}
	for i := range b.Letters { // of this batch
		if l := &b.Letters[i]; l.Sub == s.ID && l.Task == h.Task && l.Seq == h.Seq {
			asked = append(asked, *l)
		}
	}
	if len(asked) == 0 {
		return 0, false, nil
	}
	chains, err := b.Agenda.ChainsOf(ctx, h.Task)
	for _, c := range chains {
		if c.Seq == h.Seq {
			n = c.Next
		}
	}
	return n, slices.ContainsFunc(asked, func(l Letter) bool { return l.Round >= n }), err
}

// itemsOf are the tasks of what was held, those with the newest event last.
func itemsOf(held []Held) []Item {
	at := map[progress.TaskID]int{}
	var out []Item
	for _, h := range slices.Backward(held) { // each stands where its newest is
		i, known := at[h.Task]
		if !known {
			i = len(out)
			at[h.Task], out = i, append(out, Item{Task: h.Task, Last: h.Seq})
		}
		it := &out[i]
		it.First, it.Last = h.Seq, max(it.Last, h.Seq)
		it.Kinds = append(slices.DeleteFunc(it.Kinds, func(k progress.Kind) bool { return k == h.Kind }), h.Kind)
	}
	slices.Reverse(out)
	for i := range out {
		slices.Reverse(out[i].Kinds)
	}
	return out
}

// untold are the newest tasks that a subscription was not told of since, at most mostItems,
// the newest last, and how many there are before those.
func (b bundler) untold(ctx context.Context, s *Subscription, items []Item) (out []Item, more int, err error) {
	for i := len(items) - 1; i >= 0; i-- {
		if len(out) == mostItems {
			more = i + 1
			break
		}
		gone, err := b.toldSince(ctx, s, &items[i])
		if err != nil {
			return nil, 0, err
		}
		if !gone {
			out = append(out, items[i])
		}
	}
	slices.Reverse(out)
	return out, more, nil
}

// toldSince reports whether a subscription's address was told of a task after what was
// held, by that or another, or the task is gone.
func (b bundler) toldSince(ctx context.Context, s *Subscription, it *Item) (bool, error) {
	t, err := b.task(ctx, it.Task)
	if err != nil || t == nil {
		return true, err
	}
	for _, id := range b.sharing(b.roll, s) {
		newest, err := b.Post.Letters(ctx, LetterQuery{Sub: id, Task: it.Task, Limit: 8})
		if err != nil || slices.ContainsFunc(newest, func(l Letter) bool { return l.Seq > it.Last && (l.State == Sent || l.State == Due) }) {
			return err == nil, err
		}
	}
	return false, nil
}

// classOfAll is the greatest class of what was held.
func classOfAll(held []Held) Class {
	order := Classes()
	return slices.MaxFunc(held, func(a, b Held) int {
		return cmp.Compare(slices.Index(order, a.Class), slices.Index(order, b.Class))
	}).Class
}
