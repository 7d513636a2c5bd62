package slack_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/taskherald/herald/bot/slack/slackfake"
	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
)

// TestThread holds where messages stand: below the card of their task if they are in its
// room, and shown in the room as well if it is an end or an alarm.
func TestThread(t *testing.T) {
	t.Parallel()
	o := inside(t, slackfake.Options{Unlimited: true})
	root := o.send(t, slackfake.General, note("root"))
	_, ts, _ := strings.Cut(root, "/")
	for class, want := range map[notify.Class]bool{
		notify.ClassEnd: true, notify.ClassAlarm: true, notify.ClassStep: false, notify.ClassApproval: false, notify.ClassAnswer: false,
	} {
		m := note(string(class))
		m.Class, m.Thread = class, root
		o.send(t, "#general", m)
		all := o.sees(slackfake.General)
		if last := all[len(all)-1]; last.Thread != ts || last.Broadcast != want {
			t.Errorf("%s: below %q, shown in the room %t", class, last.Thread, last.Broadcast)
		}
	}
	m := note("elsewhere")
	m.Thread = root
	o.send(t, slackfake.Deploys, m)
	if got := o.only(t, slackfake.Deploys); got.Thread != "" {
		t.Errorf("in another room it is below %s", got.Thread)
	}
}

// TestDirectMessages holds that a person's messages have the name of the channel in which they are,
// and can be changed, found and answered there.
func TestDirectMessages(t *testing.T) {
	t.Parallel()
	o := inside(t, slackfake.Options{Unlimited: true})
	d := asked(t, "task_1", "CRM")
	card := d.card()
	far := o.send(t, slackfake.Ana, card)
	in, ts, _ := strings.Cut(far, "/")
	if !strings.HasPrefix(in, "D") {
		t.Fatal(far)
	}
	if _, err := o.Edit(t.Context(), at(slackfake.Ana), far, d.card()); err != nil {
		t.Fatal(err)
	}
	below := note("below")
	below.Thread = far
	o.send(t, slackfake.Ana, below)
	if all := o.sees(in); len(all) != 2 || all[0].Edits != 1 || all[1].Thread != ts || o.finds(t, slackfake.Ana, below) != in+"/"+all[1].TS {
		t.Errorf("%+v", all)
	}
	o.Fail("chat.postMessage", slackfake.Refused("channel_not_found"))
	if f := o.fails(t, slackfake.Ana, note("hello")); f.Fate != notify.Gone {
		t.Errorf("who is gone: %v", f)
	}
}

// TestThreadGone holds that what cannot be said below a message is said beside it, once.
func TestThreadGone(t *testing.T) {
	t.Parallel()
	for _, code := range []string{
		"thread_not_found", "message_not_found", "cannot_reply_to_message", "restricted_action_thread_locked", "restricted_action_non_threadable_channel",
	} {
		o := inside(t, slackfake.Options{Unlimited: true})
		m := note("hello")
		m.Thread, m.Class = slackfake.General+"/1700000000.000001", notify.ClassEnd
		o.Fail("chat.postMessage", slackfake.Refused(code))
		o.send(t, slackfake.General, m)
		if got := o.only(t, slackfake.General); got.Thread != "" || got.Broadcast || len(o.Slack.Calls("chat.postMessage")) != 2 {
			t.Errorf("%s: %+v", code, got)
		}
		o.Fail("chat.postMessage", slackfake.Refused(code), slackfake.Refused("not_in_channel"), slackfake.Refused(code))
		if f := o.fails(t, slackfake.General, m); f.Fate != notify.Transient {
			t.Errorf("%s: %v", code, f)
		}
	}
}

// TestPlain holds that a message whose blocks are not taken is said as its text, once, and
// that the log has the place of the fault.
func TestPlain(t *testing.T) {
	t.Parallel()
	for _, code := range []string{"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long", "invalid_arguments"} {
		o := inside(t, slackfake.Options{Unlimited: true})
		d := asked(t, "task_1", "CRM")
		o.Fail("chat.postMessage", slackfake.Refused(code))
		far := o.send(t, slackfake.General, d.letter())
		if got := o.only(t, slackfake.General); got.Blocks != nil || !strings.Contains(got.Shows, "CRM") || first(t, got) != "" {
			t.Errorf("%s: %s, %s", code, got.Shows, got.Blocks)
		}
		if !strings.Contains(o.log.String(), "chat.postMessage: slack.com said "+code) {
			t.Errorf("%s: the log is %s", code, &o.log)
		}
		if _, err := o.Edit(t.Context(), at(slackfake.General), far, d.card()); err != nil {
			t.Fatal(err)
		}
		if got := o.only(t, slackfake.General); got.Blocks == nil {
			t.Errorf("%s: the next picture has no blocks", code)
		}
		o.Fail("chat.update", slackfake.Refused(code))
		if _, err := o.Edit(t.Context(), at(slackfake.General), far, d.card()); err != nil {
			t.Fatal(err)
		}
		if got := o.only(t, slackfake.General); got.Blocks != nil || !strings.Contains(got.Shows, "CRM") {
			t.Errorf("%s: after the edit %s, %s", code, got.Shows, got.Blocks)
		}
	}
}

// TestEditPlaces holds what becomes of a picture whose room has gone, and of a name that is
// none.
func TestEditPlaces(t *testing.T) {
	t.Parallel()
	o := inside(t, slackfake.Options{Unlimited: true})
	d := asked(t, "task_1", "CRM")
	for _, c := range []struct {
		to, far string
		want    notify.Fate
	}{
		{slackfake.General, "", notify.Gone},
		{slackfake.General, "1700000000.000001", notify.Gone},
		{"#general", "C0GONE0001/1700000000.000001", notify.Gone},        // the name is that of another room by now
		{"C0GONE0001", "C0GONE0001/1700000000.000001", notify.Transient}, // somebody may invite the app again
		{slackfake.Ana, "D0GONE0001/1700000000.000001", notify.Gone},
		{slackfake.Old, slackfake.Old + "/1700000000.000001", notify.Gone},
		{"#no-such-room", slackfake.Secret + "/1700000000.000001", notify.Transient},
	} {
		_, err := o.Edit(t.Context(), at(c.to), c.far, d.card())
		if f := failure(t, err); f.Fate != c.want || f.Doubt {
			t.Errorf("%s at %s: %v, want %s", c.far, c.to, f, c.want)
		}
	}
	if f := o.fails(t, slackfake.Old, d.card()); f.Fate != notify.Gone {
		t.Errorf("a new one in an archived room: %v", f)
	}
}

var aValue = regexp.MustCompile(`"value":"((?:[^"\\]|\\.)*)"`)

// buttons are the verbs of sealed buttons in a message.
func (o *office) buttons(t testing.TB, m slackfake.Message, of *progress.Task) (verbs []progress.Verb) {
	t.Helper()
	for _, found := range aValue.FindAllSubmatch(m.Blocks, -1) {
		var value string
		if err := json.Unmarshal([]byte(`"`+string(found[1])+`"`), &value); err != nil {
			t.Fatal(err)
		}
		if _, rest, ok := strings.Cut(value, " "); ok {
			value = rest // of a menu
		}
		b, err := o.sealer.OpenButton(value)
		if err != nil {
			continue
		}
		if b.Task != of.ID || b.Run != of.Run || b.Attempt != of.Attempt || len(value) > 100 {
			t.Errorf("%+v, sealed with %d characters", b, len(value))
		}
		decides := b.Verb == progress.VerbApprove || b.Verb == progress.VerbReject
		if decides && (b.Step != 2 || !b.Of(of.Steps.At(2).Approval.Digest)) || !decides && b.Digest != "" {
			t.Errorf("%+v is about something else", b)
		}
		verbs = append(verbs, b.Verb)
	}
	slices.Sort(verbs)
	return slices.Compact(verbs)
}

// TestButtons holds who is offered what: a room whatever the task admits, and a person what
// they may decide; and nobody what is decided already.
func TestButtons(t *testing.T) {
	t.Parallel()
	o := inside(t, slackfake.Options{Unlimited: true})
	d := asked(t, "task_1", "CRM")
	show := func(m notify.Message) []progress.Verb {
		t.Helper()
		o.send(t, slackfake.General, m)
		all := o.sees(slackfake.General)
		return o.buttons(t, all[len(all)-1], m.Task)
	}
	both := []progress.Verb{progress.VerbApprove, progress.VerbReject}
	room := d.letter()
	if got := show(room); !slices.Equal(got, both) {
		t.Errorf("a room gets %v", got)
	}
	theirs := d.letter()
	theirs.Vouched, theirs.Asks = false, []notify.Ask{{Step: 2, Approval: theirs.Task.Steps.At(2).Approval}}
	if got := show(theirs); !slices.Equal(got, both) {
		t.Errorf("who may decide gets %v", got)
	}
	others := d.letter()
	others.Vouched = false
	if got := show(others); len(got) != 0 {
		t.Errorf("who may not decide gets %v", got)
	}
	if got := show(d.card()); !slices.Contains(got, progress.VerbApprove) || !slices.Contains(got, progress.VerbCancel) {
		t.Errorf("a card has %v", got)
	}
	question := d.last
	d.do(t, progress.Approve{Step: 2})
	d.last = question
	if got := show(d.letter()); len(got) != 0 {
		t.Errorf("a question that is decided has %v", got)
	}
}

// TestNoHarm holds that what strangers write pings nobody and links nowhere, in whatever it
// stands.
func TestNoHarm(t *testing.T) {
	t.Parallel()
	o := inside(t, slackfake.Options{Unlimited: true})
	d := asked(t, "task_1", "CRM <!channel> <@U0ANA00001> <https://evil.example|ok> @everyone [x](https://evil.example) &lt;!here&gt; `*_~")
	card, letter, below := d.card(), d.letter(), d.letter()
	plain := d.letter()
	below.Thread = o.send(t, slackfake.General, card)
	o.send(t, slackfake.General, letter)
	o.send(t, slackfake.General, below)
	o.Fail("chat.postMessage", slackfake.Refused("invalid_blocks"))
	o.send(t, slackfake.General, plain)
	all := o.sees(slackfake.General)
	if len(all) != 4 {
		t.Fatal(len(all))
	}
	for _, m := range all {
		evil := slices.ContainsFunc(m.Links, func(l string) bool { return strings.Contains(l, "evil") })
		if len(m.Pings) > 0 || evil || m.Unfurl || !strings.Contains(strings.ReplaceAll(m.Shows, "\u2060", ""), "<!channel>") {
			t.Errorf("it pings %v and links %v: %s", m.Pings, m.Links, m.Shows)
		}
	}
}
