package discord_test

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/taskherald/herald/bot/discord/discordfake"
	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates/discordcard"
)

// TestThread holds where messages stand: below the card of their task, but for what the
// channel has to see; and whom they notify.
func TestThread(t *testing.T) {
	t.Parallel()
	o := inside(t, discordfake.Options{Unlimited: true})
	d := begin(t, "task_1", "CRM <@1> **b** @everyone")
	root := o.send(t, discordfake.General, d.card())
	if m := o.only(t, discordfake.General); m.Flags != discordfake.ComponentsV2|discordfake.Silent {
		t.Errorf("a card has the flags %b", m.Flags)
	}
	for class, want := range map[notify.Class]struct{ below, silent bool }{
		notify.ClassStep: {true, true}, notify.ClassApproval: {true, false}, notify.ClassEnd: {false, false}, notify.ClassAlarm: {false, false},
	} {
		m := d.below(string(class), root)
		m.Class = class
		far := o.send(t, "#general", m)
		room, reply := idOf(root), ""
		if !want.below {
			room, reply = discordfake.General, idOf(root)
		}
		got := o.last(t, room)
		if far != room+"/"+got.ID || got.ReplyTo != reply || (got.Flags&discordfake.Silent != 0) != want.silent || len(got.Pings) > 0 {
			t.Errorf("%s: %s, a reply to %q, flags %b", class, far, got.ReplyTo, got.Flags)
		}
	}
	threads := o.room(discordfake.General).Threads()
	if len(threads) != 1 || threads[0].ID() != idOf(root) || threads[0].Name() != "CRM <@1> **b** @everyone" {
		t.Errorf("%d threads", len(threads))
	}
	o.send(t, discordfake.Deploys, d.below("elsewhere", root))
	if got := o.only(t, discordfake.Deploys); got.ReplyTo != "" {
		t.Errorf("in another room it answers %s", got.ReplyTo)
	}
	o.send(t, discordfake.General, apart("of_no_card", ""))
	if got := o.last(t, discordfake.General); got.ReplyTo != "" || got.Flags&discordfake.Silent != 0 {
		t.Errorf("what stands by itself: %+v", got)
	}
}

func apart(id, thread string) notify.Message {
	m := note(id)
	m.Thread = thread
	return m
}

// TestThreadCalls holds how often Discord is called for a letter: one call, but for the first.
func TestThreadCalls(t *testing.T) {
	t.Parallel()
	o := inside(t, discordfake.Options{Unlimited: true})
	d := begin(t, "task_1", "CRM")
	root := o.send(t, discordfake.General, d.card())
	for i, want := range []int{4, 1, 1} { // tried, looked for an older one, begun, posted
		before := len(o.Discord.Calls(""))
		o.send(t, discordfake.General, d.below(string(rune('a'+i)), root))
		if calls := len(o.Discord.Calls("")) - before; calls != want {
			t.Errorf("letter %d takes %d calls", i, calls)
		}
	}
	o.again()
	before := len(o.Discord.Calls(""))
	o.send(t, discordfake.General, d.below("z", root))
	if calls := len(o.Discord.Calls("")) - before; calls != 1 || len(o.sees(idOf(root))) != 4 {
		t.Errorf("after a restart it takes %d calls", calls)
	}
}

// TestThreadThere holds that a thread which somebody else began meanwhile is good too, and one
// that was put away is brought back.
func TestThreadThere(t *testing.T) {
	t.Parallel()
	o := inside(t, discordfake.Options{Unlimited: true})
	d := begin(t, "task_1", "CRM")
	root := o.send(t, discordfake.General, d.card())
	if err := o.client.StartThread(t.Context(), discordfake.General, idOf(root), "ours"); err != nil {
		t.Fatal(err)
	}
	o.Fail(discordfake.CreateMessage, discordfake.Refused(http.StatusNotFound, 10003))
	o.send(t, discordfake.General, d.below("one", root))
	o.room(idOf(root)).Archive(true)
	o.send(t, discordfake.General, d.below("two", root))
	if all := o.sees(idOf(root)); len(all) != 2 || o.room(idOf(root)).Archived() {
		t.Errorf("%d in the thread, put away %t", len(all), o.room(idOf(root)).Archived())
	}
	card := d.below("three", root)
	far := o.send(t, discordfake.General, card)
	o.room(idOf(root)).Archive(true)
	if got := o.edit(t, idOf(root), far, card); got != far || o.last(t, idOf(root)).Edits != 1 {
		t.Errorf("in a thread that was put away: %s, %+v", got, o.last(t, idOf(root)))
	}
}

// TestNoThread holds that where there can be no thread, or nobody may write in it, a letter is
// a reply to the card; and that this is not found out again for each.
func TestNoThread(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(o *office, root string){
		"none may be begun": func(o *office, _ string) { o.room(discordfake.General).Deny(discordfake.PublicThreads) },
		"locked": func(o *office, root string) {
			_ = o.client.StartThread(t.Context(), discordfake.General, root, "x")
			o.room(root).Lock(true)
		},
		"too many":         func(o *office, _ string) { o.Fail(discordfake.StartThread, always(discordfake.Refused(400, 160006))) },
		"a name":           func(o *office, _ string) { o.Fail(discordfake.StartThread, always(discordfake.Refused(400, 200001))) },
		"the card is gone": func(o *office, root string) { o.room(discordfake.General).Delete(root) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := inside(t, discordfake.Options{Unlimited: true})
			d := begin(t, "task_1", "CRM")
			root := o.send(t, discordfake.General, d.card())
			spoil(o, idOf(root))
			for i, most := range []int{5, 1} {
				before := len(o.Discord.Calls(""))
				far := o.send(t, discordfake.General, d.below(string(rune('a'+i)), root))
				got := o.last(t, discordfake.General)
				gone := name == "the card is gone"
				if far != discordfake.General+"/"+got.ID || (got.ReplyTo == idOf(root)) == gone || got.Flags&discordfake.Silent == 0 {
					t.Errorf("%s is a reply to %q", far, got.ReplyTo)
				}
				if calls := len(o.Discord.Calls("")) - before; calls > most {
					t.Errorf("letter %d takes %d calls", i, calls)
				}
			}
		})
	}
}

// TestThreadTrouble holds that a letter whose thread cannot be asked for now is tried again.
func TestThreadTrouble(t *testing.T) {
	t.Parallel()
	o := inside(t, discordfake.Options{Unlimited: true})
	d := begin(t, "task_1", "CRM")
	root := o.send(t, discordfake.General, d.card())
	for _, call := range []string{discordfake.GetMessage, discordfake.StartThread, discordfake.CreateMessage} {
		o.Fail(call, discordfake.Broken(http.StatusServiceUnavailable))
		if f := o.fails(t, discordfake.General, d.below("x", root)); f.Fate != notify.Transient {
			t.Errorf("%s: %v", call, f)
		}
	}
	o.send(t, discordfake.General, d.below("x", root))
	if len(o.sees(discordfake.General)) != 1 || len(o.sees(idOf(root))) != 1 {
		t.Errorf("%d and %d messages", len(o.sees(discordfake.General)), len(o.sees(idOf(root))))
	}
}

// TestDirectMessages holds that a person's messages can be changed, found and answered, that
// their channel is asked for once, and that somebody who takes none is told of by other ways.
func TestDirectMessages(t *testing.T) {
	t.Parallel()
	o := inside(t, discordfake.Options{Unlimited: true})
	d := begin(t, "task_1", "CRM")
	const ana = "@" + discordfake.Ana
	far := o.send(t, ana, d.card())
	if got := o.edit(t, ana, far, d.card()); got != far {
		t.Errorf("it is %s then", got)
	}
	below := d.below("below", far)
	next := o.send(t, ana, below)
	all := o.room(discordfake.Ana).Messages()
	if len(all) != 2 || all[0].Edits != 1 || all[1].ReplyTo != idOf(far) || o.finds(t, ana, below) != next {
		t.Errorf("%+v", all)
	}
	if calls := len(o.Discord.Calls(discordfake.OpenDM)); calls != 1 || len(o.Discord.Calls(discordfake.StartThread)) != 0 {
		t.Errorf("%d calls", calls)
	}
	o.User(discordfake.Ana).Block(true)
	if f := o.fails(t, ana, note("hello")); f.Fate != notify.Gone || !strings.Contains(f.Error(), "allow direct messages") {
		t.Errorf("who takes none: %v", f)
	}
	for _, nobody := range []string{"@" + discordfake.Bot, "@1199999999999999999"} {
		if f := o.fails(t, nobody, note("hello")); f.Fate != notify.Gone {
			t.Errorf("%s: %v", nobody, f)
		}
	}
	channel, _, _ := strings.Cut(far, "/")
	o.User(discordfake.Ana).Block(false)
	o.send(t, channel, d.below("by its id", far))
	if got := o.room(discordfake.Ana).Messages(); got[len(got)-1].ReplyTo != idOf(far) {
		t.Errorf("%+v", got)
	}
}

// TestAnswer holds that what the bot says is a reply to what it was asked, where that was said.
func TestAnswer(t *testing.T) {
	t.Parallel()
	o := inside(t, discordfake.Options{Unlimited: true})
	for _, room := range []string{discordfake.General, discordfake.Deploys} {
		said, err := o.User(discordfake.Ana).Say(room, "hi")
		if err != nil {
			t.Fatal(err)
		}
		m := answer("msg_"+room, "hello")
		m.Thread = room + "/" + said.ID
		far := o.send(t, discordfake.General, m)
		if got := o.last(t, room); far != room+"/"+got.ID || got.ReplyTo != said.ID || got.Flags&discordfake.Silent != 0 || len(got.Pings) > 0 {
			t.Errorf("%s: %+v", far, got)
		}
		if found := o.finds(t, discordfake.General, m); found != far {
			t.Errorf("%s is found as %q", far, found)
		}
	}
	o.room(discordfake.General).Deny(discordfake.ReadHistory)
	m := answer("msg_blind", "hello")
	m.Thread = discordfake.General + "/" + o.last(t, discordfake.General).ID
	o.send(t, discordfake.General, m)
	if got := o.last(t, discordfake.General); got.ReplyTo != "" {
		t.Errorf("without history it answers %s", got.ReplyTo)
	}
}

// TestPlain holds that a message whose components are not taken is said as its text, once, and
// that the log has the place of the fault.
func TestPlain(t *testing.T) {
	t.Parallel()
	for _, code := range []int{50035, 50006, 50046, 50109} {
		o := inside(t, discordfake.Options{Unlimited: true})
		d := asked(t, "task_1", "CRM [x](https://evil.example) @everyone")
		refused := discordfake.Refused(http.StatusBadRequest, code)
		o.Fail(discordfake.CreateMessage, refused)
		far := o.send(t, discordfake.General, d.letter())
		check := func() {
			t.Helper()
			got := o.only(t, discordfake.General)
			if len(got.Buttons) > 0 || !strings.Contains(got.Shows, "CRM [x](https://evil.example) @everyone") || len(got.Pings)+len(got.Links) > 0 {
				t.Errorf("%d: %+v", code, got)
			}
		}
		check()
		if o.finds(t, discordfake.General, d.letter()) != far {
			t.Errorf("%d: it is not found", code)
		}
		if !strings.Contains(o.log.String(), "components of a message") {
			t.Errorf("%d: the log is %s", code, &o.log)
		}
		o.edit(t, discordfake.General, far, d.card())
		if got := o.only(t, discordfake.General); len(got.Buttons) == 0 {
			t.Errorf("%d: the next picture has no buttons", code)
		}
		o.Fail(discordfake.EditMessage, refused)
		o.edit(t, discordfake.General, far, d.card())
		check()
		o.Fail(discordfake.EditMessage, refused, refused)
		if f := o.unedited(t, discordfake.General, far, d.card()); f.Fate != notify.Rejected {
			t.Errorf("%d: %v", code, f)
		}
	}
}

// logs is an answer with a file.
func logs() notify.Message {
	m := answer("msg_logs", "Logs of CRM")
	m.Reply.Output = slices.Repeat([]string{"a line of the log"}, 1000)
	m.Reply.Text = "Logs of CRM"
	return m
}

// TestLogs holds that a file goes with its message in one call, that one which is too large is
// left out, and that both are changed together.
func TestLogs(t *testing.T) {
	t.Parallel()
	o := inside(t, discordfake.Options{Unlimited: true})
	far := o.send(t, discordfake.General, logs())
	got := o.only(t, discordfake.General)
	if len(got.Files) != 1 || !strings.HasPrefix(got.Files[0].Content, "a line") || !got.Files[0].Shown || len(o.Discord.Calls(discordfake.CreateMessage)) != 1 {
		t.Errorf("%d files, %d edits: %.99q", len(got.Files), got.Edits, got.Shows)
	}
	o.edit(t, discordfake.General, far, logs())
	if got := o.only(t, discordfake.General); len(got.Files) == 0 || got.Edits != 1 {
		t.Errorf("%d files, %d edits: %.99q", len(got.Files), got.Edits, got.Shows)
	}
	for _, fault := range []discordfake.Fault{
		discordfake.Refused(http.StatusBadRequest, 40005), discordfake.Refused(http.StatusRequestEntityTooLarge, 0), discordfake.Broken(http.StatusRequestEntityTooLarge),
	} {
		m := logs()
		m.ID += string(rune('a' + fault.Code%7 + len(fault.Body)))
		o.Fail(discordfake.CreateMessage, fault)
		o.send(t, discordfake.Deploys, m)
		if got := o.last(t, discordfake.Deploys); len(got.Files) != 0 || !strings.Contains(got.Shows, "Logs of CRM") {
			t.Errorf("%d files, %d edits: %.99q", len(got.Files), got.Edits, got.Shows)
		}
	}
}

// verbs are those of sealed buttons in a message. A button that stands for more is looked up.
func (o *office) verbs(t testing.TB, m discordfake.Message, of *progress.Task) (verbs []progress.Verb) {
	t.Helper()
	for _, shown := range m.Buttons {
		a, ok := discordcard.ParseAction(shown.CustomID)
		if ok && (a.Kind == discordcard.Kept || a.Kind == discordcard.KeptReason) {
			a, ok = discordcard.ParseAction(o.kept[a.Value])
		}
		if !ok || a.Kind != discordcard.Do && a.Kind != discordcard.Reason {
			continue
		}
		b, err := o.sealer.OpenButton(a.Value)
		if err != nil {
			t.Errorf("%q: %v", shown.CustomID, err)
			continue
		}
		if b.Task != of.ID || b.Run != of.Run || b.Attempt != of.Attempt {
			t.Errorf("%+v", b)
		}
		verbs = append(verbs, b.Verb)
	}
	slices.Sort(verbs)
	return slices.Compact(verbs)
}

// TestButtons holds who is offered what: a room whatever the task admits, a person what they
// may decide, and nobody what is decided already; and that what does not fit into a button is
// kept before it is there.
func TestButtons(t *testing.T) {
	t.Parallel()
	o := inside(t, discordfake.Options{Unlimited: true})
	for _, id := range []progress.TaskID{"task_1", progress.TaskID("task_" + strings.Repeat("x", 100))} {
		d := asked(t, id, "CRM")
		show := func(m notify.Message) []progress.Verb {
			t.Helper()
			o.send(t, discordfake.General, m)
			return o.verbs(t, o.last(t, discordfake.General), m.Task)
		}
		both := []progress.Verb{progress.VerbApprove, progress.VerbReject}
		if got := show(d.letter()); !slices.Equal(got, both) {
			t.Errorf("a room gets %v", got)
		}
		theirs := d.letter()
		theirs.ID, theirs.Vouched, theirs.Asks = theirs.ID+"a", false, []notify.Ask{{Step: 2, Approval: theirs.Task.Steps.At(2).Approval}}
		if got := show(theirs); !slices.Equal(got, both) {
			t.Errorf("who may decide gets %v", got)
		}
		others := d.letter()
		others.ID, others.Vouched = others.ID+"b", false
		if got := show(others); len(got) != 0 {
			t.Errorf("who may not decide gets %v", got)
		}
		if got := show(d.card()); !slices.Contains(got, progress.VerbApprove) || !slices.Contains(got, progress.VerbCancel) {
			t.Errorf("a card has %v", got)
		}
		question := d.last
		d.do(t, progress.Approve{Step: 2})
		d.last = question
		m := d.letter()
		m.ID += "c"
		if got := show(m); len(got) != 0 {
			t.Errorf("a question that is decided has %v", got)
		}
		if long := len(id) > 40; (len(o.kept) > 0) != long {
			t.Errorf("%d are kept for %s", len(o.kept), id)
		}
	}
}

// TestNotKept holds that a button whose meaning cannot be kept is not shown.
func TestNotKept(t *testing.T) {
	t.Parallel()
	o := inside(t, discordfake.Options{Unlimited: true})
	d := asked(t, progress.TaskID("task_"+strings.Repeat("x", 100)), "CRM")
	far := o.send(t, discordfake.General, d.card())
	o.lose = errors.New("the secret of the disk is full")
	for _, f := range []*notify.Failure{o.fails(t, discordfake.General, d.letter()), o.unedited(t, discordfake.General, far, d.card())} {
		if f.Fate != notify.Transient || f.Doubt {
			t.Errorf("%v", f)
		}
		clean(t, f.Error())
	}
	if got := o.only(t, discordfake.General); got.Edits != 0 {
		t.Errorf("%+v", got)
	}
}

// TestNoHarm holds that what strangers write pings nobody and links nowhere, in whatever it
// stands.
func TestNoHarm(t *testing.T) {
	t.Parallel()
	o := inside(t, discordfake.Options{Unlimited: true})
	d := asked(t, "task_1", "CRM @everyone @here <@"+discordfake.Ana+"> <@&"+discordfake.Engineers+"> [x](https://evil.example) https://evil.example `*_~|#")
	card := d.card()
	root := o.send(t, discordfake.General, card)
	letter, said := d.letter(), answer("msg_said", d.task.Spec.Title)
	below := d.letter()
	below.ID, below.Thread = below.ID+"b", root
	said.Thread = root
	for _, m := range []notify.Message{letter, below, said} {
		o.send(t, discordfake.General, m)
	}
	all := append(o.sees(discordfake.General), o.sees(idOf(root))...)
	if len(all) != 4 {
		t.Fatal(len(all))
	}
	for _, m := range all {
		evil := slices.ContainsFunc(m.Links, func(l string) bool { return strings.Contains(l, "evil") })
		if len(m.Pings) > 0 || evil || !strings.Contains(m.Shows, "@everyone") {
			t.Errorf("it pings %v and links %v: %s", m.Pings, m.Links, m.Shows)
		}
	}
}
