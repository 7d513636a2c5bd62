package webpage

import (
	"bytes"
	"strings"
	"testing"
	"time"
)

// places are one of each sort.
func places() []Place {
	bad := `"><b>`
	return []Place{
		{ID: "sub_a", Way: ByMail, To: "ann@example.com", Usual: true, Events: []string{"task.failed"}, Over: 10 * time.Minute},
		{ID: "sub_b", Way: ByMail, Name: "boss" + bad, To: "bob@example.com", Off: "its address is not confirmed yet", OffAt: instant(0), Unproved: true},
		{ID: "sub_c", Way: ByPush, Name: "Chrome on Linux", To: "https://push.example.net/…", Usual: true},
		{ID: "sub_d", Way: ByPush, To: "https://push.example.net/…", Events: []string{"approval.*", "task.failed"}, Kind: "import" + bad, Labels: map[string]string{"env": "prod", "app": bad},
			Off: "the browser has unsubscribed", OffAt: instant(3)},
		{ID: "sub_f", Way: ByChat, Name: "Slack", To: "U0123ABC", Usual: true, Owner: "ann"},
		{ID: "sub_e", Way: ByWebhook, Name: "ops", To: "https://hooks.example.com/…", Task: "t", Owner: "group:ops", Over: 90 * time.Second},
	}
}

func TestNotificationsScenes(t *testing.T) {
	t.Parallel()
	l := layout(t)
	page, err := l.Notifications(viewer, Notifications{Push: true, Mail: true, Places: places(), Mutes: quieted(), Preferences: preferred()})
	golden(t, "notifications", page, err)
	p := viewer
	p.URL, p.Notice = "https://herald.example.com", Notice{Text: "No.", Bad: true}
	page, err = l.Notifications(p, Notifications{})
	golden(t, "notifications-empty", page, err)
	page, err = l.Notifications(p, Notifications{Mail: true, Typed: `a"><b>`, All: true})
	golden(t, "notifications-refused", page, err)
	page, err = l.Notifications(p, Notifications{Muting: &Muting{ID: "t/1", Title: `T"><b>`}, Preferences: &Preferences{Channels: []string{"browser"}}})
	golden(t, "notifications-mute", page, err)
}

// TestNotificationsFragment holds that what a script has changed about the browser is
// not in the part that is asked for again.
func TestNotificationsFragment(t *testing.T) {
	t.Parallel()
	l, n := layout(t), Notifications{Push: true, Mail: true, Places: places(), Muting: &Muting{ID: "t", Title: "T", Mute: &quieted()[0]}, Mutes: quieted(), Preferences: preferred()}
	whole, err := l.Notifications(viewer, n)
	if err != nil {
		t.Fatal(err)
	}
	p := viewer
	p.Fragment = true
	part, err := l.Notifications(p, n)
	if err != nil || !bytes.HasPrefix(part, []byte(`<div id="live"`)) || !bytes.Contains(whole, part) || bytes.Contains(part, []byte(`id="browser"`)) || bytes.Contains(part, []byte(`id="preferences"`)) {
		t.Errorf("the part is not of the page: %v\n%s", err, part)
	}
}

// TestDeedsAreSettled holds that something is said after each button.
func TestDeedsAreSettled(t *testing.T) {
	t.Parallel()
	for _, p := range places() {
		for _, d := range append(placeView{p}.Deeds(), deed{Name: "remove"}, deed{Name: "added"}, deed{Name: "saved"}, deed{Name: "muted"}, deed{Name: "unmute"}) {
			if Settled(d.Name).Text == "" || Settled(d.Name).Bad {
				t.Errorf("nothing is said after %s", d.Name)
			}
		}
	}
	if Settled("<b>").Text != "" {
		t.Error("a word that is none is said")
	}
}

func TestPlaces(t *testing.T) {
	t.Parallel()
	want := []string{
		"by mail · what asks for you, what ends and what goes wrong · all tasks that you may see · ends of runs over 10 min, and all failures",
		`boss"><b> · by mail · every milestone · all tasks that you may see`,
		"by push · through push.example.net · what asks for you, what ends and what goes wrong · all tasks that you may see",
		`by push · through push.example.net · approval.*, task.failed · only kind import"><b>, label app:"><b>, label env:prod`,
		"in chat · at the account U0123ABC · what asks for you, what ends and what goes wrong · only owned by ann",
		"by webhook · every milestone · only owned by the group ops, the task t · ends of runs over 1 min 30 s, and all failures",
	}
	for i, p := range places() {
		if got := (placeView{p}).Facts(); !strings.HasPrefix(got, want[i]) || len(got) != len(want[i]) {
			t.Errorf("%q, want %q", got, want[i])
		}
	}
}
