package templates

import (
	"cmp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates/words"
)

// The lengths that strangers' texts are cut to, in characters. Layouts that have
// less room cut more.
const (
	mostTitle   = 200
	mostName    = 200
	mostMessage = 500
	mostReason  = 1000
	mostPrompt  = 1500
	mostEffect  = 300
)

// speech is how a reader is spoken to at a time.
type speech struct {
	*words.Tongue
	zone *time.Location
	now  time.Time
}

func (b *Book) speech(r Reader, now time.Time) speech {
	return speech{b.lexicon.Tongue(r.Lang), r.Zone, now}
}

// arg fills in a stranger's text.
func arg(name, text string) words.Arg { return words.A(name, inside(text)) }

// order fills in a step's number.
func order(n int) words.Arg { return words.A("step", strconv.Itoa(n)) }

// clock says a time. Who reads without a zone of their own is told which it is.
func (s speech) clock(at time.Time) string {
	if s.zone == nil {
		return s.ClockZone(at, s.now, time.UTC)
	}
	return s.Clock(at, s.now, s.zone)
}

// titled fills in a clean title as sentences have it.
func (s speech) titled(title string) words.Arg { return arg("title", s.short(title)) }

// titleOf is the clean title of a task, its id if nothing of the title can be seen.
func titleOf(t *progress.Task) string {
	return cmp.Or(clean(t.Spec.Title, mostTitle), string(t.ID))
}

// short is a clean title without its word for "task", which some languages have in front:
// "Your CRM task" is about the title "CRM" and about "CRM task".
func (s speech) short(title string) string {
	word := s.Say("title.task")
	if name, ok := strings.CutPrefix(fold(title), fold(word)+" "); ok && s.Lang() != "en" {
		return title[len(title)-len(name):]
	}
	for _, word := range []string{"task", word} {
		if name, ok := strings.CutSuffix(fold(title), " "+fold(word)); ok && name != "" {
			return title[:len(name)]
		}
	}
	return title
}

// fold is a text in small letters, each as long as it was.
func fold(text string) string {
	return strings.Map(func(r rune) rune {
		if small := unicode.ToLower(r); utf8.RuneLen(small) == utf8.RuneLen(r) {
			return small
		}
		return r
	}, text)
}

// who names a person.
func (s speech) who(p progress.Person) string {
	switch p {
	case "":
		return s.Say("somebody")
	case progress.System:
		return s.Say("herald")
	}
	return inside(clean(string(p), mostName))
}

// how says through which channel something was done, and when.
func (s speech) how(via progress.Via, at time.Time) (text, clock string) {
	var parts []string
	switch via {
	case progress.ViaREST, progress.ViaBrowser, progress.ViaChat, progress.ViaButton, progress.ViaMail, progress.ViaPush, progress.ViaCLI:
		parts = append(parts, s.Say("via."+string(via)))
	}
	if !at.IsZero() {
		clock = s.clock(at)
		parts = append(parts, clock)
	}
	return strings.Join(parts, s.Say("list.comma")), clock
}

// done says that somebody did something, by a key with {who} and {how}.
func (s speech) done(key string, by progress.Person, via progress.Via, at time.Time, more ...words.Arg) *Said {
	how, clock := s.how(via, at)
	text := s.Say(key, append(more, words.A("who", s.who(by)), words.A("how", cmp.Or(how, "–")))...)
	return &Said{Text: text, At: at, clock: clock}
}

// reason is what somebody gave as theirs, "" for none.
func (s speech) reason(text string) string {
	if text = clean(text, mostReason); text == "" {
		return ""
	}
	return s.Say("fault.reason", arg("text", text))
}

// step names a step by its order: "Step 2: Build"; "" if the task has none such.
func (s speech) step(t *progress.Task, n int) string {
	if n < 1 || n > t.Steps.Len() {
		return ""
	}
	return s.Say("card.step", order(n), s.named(t, n))
}

// named fills in the name of a step.
func (s speech) named(t *progress.Task, n int) words.Arg {
	if n < 1 || n > t.Steps.Len() {
		return words.A("name", strconv.Itoa(n))
	}
	return arg("name", clean(t.Steps.At(n).Name, mostName))
}
