package webpage

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/taskherald/herald/progress"
)

// Notifications is what the page shows on which people say where they are told.
type Notifications struct {
	Push   bool    // this server sends to browsers
	Mail   bool    // it sends mail
	Typed  string  // the mail address that was refused
	All    bool    // every milestone was chosen with it
	Places []Place // the oldest first
	Mutes  []Mute  // the oldest first
	Muting *Muting // nil if the page is about no task

	Preferences *Preferences // nil leaves them out
}

// Place is where somebody is told, and of what.
type Place struct {
	ID       string
	Way      Way
	Name     string // that somebody gave it, "" for none
	To       string // without what may be a secret
	Usual    bool   // it is told what matters to those who have not chosen
	Events   []string
	Task     progress.TaskID
	Kind     string
	Owner    string
	Labels   map[string]string
	Over     time.Duration // of ends that went well, only those of longer runs
	Off      string        // why nothing is sent, "" while it is on
	OffAt    progress.Instant
	Unproved bool // it is off because nobody has confirmed the address yet
}

// Way is how a place is told.
type Way string

// The ways.
const (
	ByMail    Way = "mail"
	ByPush    Way = "push"
	ByChat    Way = "chat"
	ByWebhook Way = "webhook"
)

// Notifications renders the page on which people say where they are told.
func (l *Layout) Notifications(p Page, n Notifications) ([]byte, error) {
	return render(l.notifications, p.Fragment, notificationsView{p, n})
}

// notificationsView is that page as its template sees it.
type notificationsView struct {
	Page
	Notifications
}

// Heading is the title of the tab.
func (v notificationsView) Heading() string { return "Notifications · Herald" }

// Secure reports whether people reach this server by HTTPS.
func (v notificationsView) Secure() bool { return strings.HasPrefix(v.URL, "https://") }

// People are the places at which a person is told.
func (v notificationsView) People() []placeView {
	return v.those(func(w Way) bool { return w != ByWebhook })
}

// Programs are the places at which programs are.
func (v notificationsView) Programs() []placeView {
	return v.those(func(w Way) bool { return w == ByWebhook })
}

func (v notificationsView) those(fit func(Way) bool) (out []placeView) {
	for _, p := range v.Places {
		if fit(p.Way) {
			out = append(out, placeView{p})
		}
	}
	return out
}

// placeView is a place as its template sees it.
type placeView struct{ Place }

// Title names the place.
func (p placeView) Title() string {
	switch {
	case p.Way == ByMail || p.Name == "" && p.Way != ByPush:
		return p.To
	case p.Name == "":
		return "A browser"
	}
	return p.Name
}

// ways are the ways in words.
var ways = map[Way]string{ByMail: "by mail", ByPush: "by push", ByChat: "in chat", ByWebhook: "by webhook"}

// Facts are how it is told, of what and of which tasks.
func (p placeView) Facts() string {
	facts := []string{ways[p.Way]}
	if p.Name != "" && p.Name != p.Title() {
		facts = []string{p.Name, ways[p.Way]}
	}
	if p.Way == ByPush && p.To != "" {
		facts = append(facts, "through "+strings.TrimPrefix(strings.TrimSuffix(p.To, "/…"), "https://"))
	}
	if p.Way == ByChat && p.To != p.Title() {
		facts = append(facts, "at the account "+p.To)
	}
	facts = append(facts, p.what(), p.which())
	if p.Over > 0 {
		facts = append(facts, "ends of runs over "+over(p.Over)+", and all failures")
	}
	return strings.Join(facts, " · ")
}

func (p placeView) what() string {
	switch {
	case p.Usual:
		return "what asks for you, what ends and what goes wrong"
	case len(p.Events) == 0:
		return "every milestone"
	}
	return strings.Join(p.Events, ", ")
}

func (p placeView) which() string {
	of := which(string(p.Task), p.Kind, p.Owner, p.Labels)
	if of == "" {
		return "all tasks that you may see"
	}
	return "only " + of
}

// which says which tasks are meant, "" for all.
func which(task, kind, owner string, labels map[string]string) string {
	var of []string
	for _, f := range []pair{{"the task ", task}, {"kind ", kind}} {
		if f.Value != "" {
			of = append(of, f.Name+f.Value)
		}
	}
	if owner != "" {
		of = append(of, "owned by "+progress.Names([]string{owner}))
	}
	for name, value := range labels {
		of = append(of, "label "+name+":"+value)
	}
	slices.Sort(of)
	return strings.Join(of, ", ")
}

// over shows a duration of whole minutes as such.
func over(d time.Duration) string {
	if d%time.Minute == 0 && d < time.Hour {
		return fmt.Sprintf("%d min", d/time.Minute)
	}
	return span(d)
}

// Sign is whether it is told.
func (p placeView) Sign() sign {
	switch {
	case p.Unproved:
		return sign{statuses[progress.Waiting].Symbol, "to be confirmed", "approval"}
	case p.Off != "":
		return sign{statuses[progress.Cancelled].Symbol, "off", "cancelled"}
	}
	return sign{statuses[progress.Completed].Symbol, "on", "completed"}
}

// Why is why it is not told, as a sentence.
func (p placeView) Why() string { return Sentence(p.Off) }

// Browser reports whether it may be the very browser that shows the page.
func (p placeView) Browser() bool { return p.Way == ByPush }

// Deeds are the buttons for it.
func (p placeView) Deeds() []deed {
	switch {
	case p.Unproved:
		return []deed{{"confirm", "Send the mail again"}}
	case p.Off != "":
		return []deed{{"on", "Switch on"}}
	}
	return []deed{{"test", "Send a test"}, {"off", "Switch off"}}
}

// deed is a button of a place.
type deed struct{ Name, Label string }

// Action is where a form about the place is sent.
func (p placeView) Action(deed string) string { return "/notifications/" + p.ID + "/" + deed }

// settled says what a form of the page has done.
var settled = map[string]string{
	"added":   "A mail was sent there. Open its link and press the button: only then is anything else.",
	"test":    "A test is on its way.",
	"confirm": "The mail was sent again.",
	"on":      "Switched on.",
	"off":     "Switched off. Nothing is sent there until it is switched on again.",
	"remove":  "Removed.",
	"saved":   "Saved. From now on you are told like that.",
	"muted":   "Muted.",
	"unmute":  "Unmuted. You are told of it again.",
}

// Settled says what a form of the page of notifications has done, by its name; nothing
// for a name that is none.
func Settled(deed string) Notice { return Notice{Text: settled[deed]} }
