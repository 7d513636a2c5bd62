package bottest

import (
	"context"
	"embed"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

//go:embed scripts/*.txt
var scripts embed.FS

// Run plays all conversations, each in a world of its own, through the ear that open gives;
// nil means [Direct].
func Run(t *testing.T, open func(t testing.TB, w *World) Ear) {
	t.Helper()
	RunEach(t, 1, open)
}

// RunEach plays each nth conversation of a script, likewise.
func RunEach(t *testing.T, nth int, open func(t testing.TB, w *World) Ear) {
	t.Helper()
	files, err := scripts.ReadDir("scripts")
	if err != nil {
		t.Fatal(err)
	}
	s := newStock(t)
	for _, f := range files {
		text, err := scripts.ReadFile(path.Join("scripts", f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		play(t, s, nth, f.Name(), string(text), open)
	}
}

func play(t *testing.T, s stock, nth int, file, text string, open func(t testing.TB, w *World) Ear) {
	t.Helper()
	all, err := read(file, text)
	if err != nil {
		t.Fatal(err)
	}
	if open == nil {
		open = func(_ testing.TB, w *World) Ear { return Direct(w) }
	}
	for n, c := range all {
		if n%nth > 0 {
			continue
		}
		t.Run(strings.TrimSuffix(file, ".txt")+"/"+c.name, func(t *testing.T) {
			t.Parallel()
			w := s.open(t, nil)
			p := &player{w: w, ear: open(t, w), last: map[string]Said{}}
			for _, l := range c.lines {
				err := p.line(l.text)
				if p.unable != "" {
					t.Skipf("%s: %s: %s", l.at, l.text, p.unable)
				}
				if err != nil {
					t.Fatalf("%s: %s\n%v\nthe bot has said [%s]: %s\nwith the buttons %s", l.at, l.text, err, p.heard.Topic, p.heard.Text, labels(p.heard.Buttons))
				}
			}
		})
	}
}

// player plays a conversation.
type player struct {
	w       *World
	ear     Ear
	n       int
	last    map[string]Said // of each person
	heard   Heard           // that the bot said last
	buttons []shown         // the newest first
	before  string          // how tasks stood before the last thing that was said
	unable  string          // why the rest cannot be played
}

// shown is a button, and where it was shown.
type shown struct {
	templates.Button
	where Said
}

// line plays a line.
func (p *player) line(text string) error {
	if d, ok := passed(text); ok {
		p.w.Pass(d)
		return nil
	}
	if want, ok := strings.CutPrefix(text, "buttons:"); ok {
		return p.shows(want)
	}
	if want, ok := strings.CutPrefix(text, "bot"); ok && (strings.HasPrefix(want, ":") || strings.HasPrefix(want, " ")) {
		return p.says(want)
	}
	if m := speech.FindStringSubmatch(text); m != nil {
		return p.say(m[1], strings.Fields(m[2]), m[3])
	}
	return p.deed(words(text))
}

// deed plays a line of which the first words say what it is.
func (p *player) deed(list []string) error {
	bare, named := options(list)
	switch {
	case bare[0] == "restart":
		p.w.Restart()
		return nil
	case bare[0] == "unchanged":
		if now := p.w.state(); now != p.before {
			return fmt.Errorf("tasks were\n%sand are\n%s", p.before, now)
		}
		return nil
	case bare[0] == "person" && len(bare) > 1:
		return p.w.person(bare[1], bare[2:], named)
	case bare[0] == "stranger" && len(bare) == 2:
		p.w.People[bare[1]] = stranger(bare[1], named)
		return nil
	case bare[0] == "card" && len(bare) == 2:
		all, err := p.card(ID(bare[1]))
		p.buttons = append(all, p.buttons...)
		return err
	case bare[0] == "task" && len(bare) > 2:
		return p.w.task(bare[1], bare[2], named)
	case bare[0] == "worker" && len(bare) > 2:
		return p.w.work(ID(bare[1]), bare[2], bare[3:], named)
	case list[0] == "=" && len(list) > 2:
		bare, named = options(list[1:])
		return p.w.stands(ID(bare[0]), bare[1], named)
	case len(bare) > 1 && bare[1] == "again":
		return p.tell(p.last[bare[0]])
	case len(bare) > 2 && bare[1] == "presses":
		return p.press(bare[0], strings.Join(bare[2:], " "), named["reason"])
	case len(bare) > 3 && bare[1] == "does":
		return p.w.act(bare[0], progress.Verb(bare[2]), ID(bare[3]), bare[4:])
	}
	return fmt.Errorf("what does this line mean?")
}

// say has somebody say something: in a thread, at a room, on a page, to others.
func (p *player) say(who string, where []string, text string) error {
	overheard := len(where) > 0 && where[0] == "overheard"
	if overheard {
		where = where[1:]
	}
	s := Said{Overheard: overheard, Room: "room", Text: idForm.ReplaceAllStringFunc(text, func(name string) string { return string(ID(name[1 : len(name)-1])) })}
	for i := 0; i+1 < len(where); i += 2 {
		switch where[i] {
		case "in":
			s.Thread = where[i+1]
		case "at":
			s.Room = where[i+1]
		case "on":
			s.About = ID(where[i+1])
		}
	}
	return p.first(who, s)
}

// first tells the bot something for the first time.
func (p *player) first(who string, s Said) error {
	person, ok := p.w.People[who]
	if !ok {
		return fmt.Errorf("who is %s?", who)
	}
	p.n++
	s.Who, s.ID = person, "m"+strconv.Itoa(p.n)
	p.last[who] = s
	return p.tell(s)
}

func (p *player) tell(s Said) error {
	if s.ID == "" {
		return fmt.Errorf("nothing was said before")
	}
	p.before = p.w.state()
	if p.unable = p.ear.Unable(s); p.unable != "" {
		return nil
	}
	var err error
	if p.heard, err = p.ear.Hear(context.Background(), s); err != nil {
		return err
	}
	for _, b := range slices.Backward(p.heard.Buttons) {
		p.buttons = append([]shown{{b, Said{Room: s.Room, Thread: s.Thread, About: s.About}}}, p.buttons...)
	}
	return nil
}

// press has somebody press the newest button whose label has a text, where it was shown.
func (p *player) press(who, label, reason string) error {
	i := slices.IndexFunc(p.buttons, func(b shown) bool {
		return strings.Contains(strings.ToLower(b.Label), strings.ToLower(label))
	})
	if i < 0 {
		return fmt.Errorf("no button has %q", label)
	}
	b := p.buttons[i]
	s := b.where
	s.Press, s.Text, s.Reason = b.Press, b.Say, reason
	return p.first(who, s)
}

// says looks at what the bot has said.
func (p *player) says(want string) error {
	if strings.TrimSpace(want) == "says nothing" {
		if p.heard.Text != "" || p.heard.Topic != "" {
			return fmt.Errorf("it does")
		}
		return nil
	}
	topic, text, _ := strings.Cut(want, ":")
	topic = strings.TrimSpace(topic)
	if topic != "" && p.heard.Topic != "" && string(p.heard.Topic) != topic {
		return fmt.Errorf("its topic is %q", p.heard.Topic)
	}
	if why := expects(p.heard.Text, text); why != "" {
		return fmt.Errorf("%s", why)
	}
	return nil
}

// shows looks at the buttons that the bot has shown.
func (p *player) shows(want string) error {
	var list []string
	if strings.TrimSpace(want) != "" {
		list = strings.Split(want, "|")
	}
	if len(list) != len(p.heard.Buttons) {
		return fmt.Errorf("there are %d", len(p.heard.Buttons))
	}
	for i, label := range list {
		if !strings.Contains(strings.ToLower(p.heard.Buttons[i].Label), strings.ToLower(strings.TrimSpace(label))) {
			return fmt.Errorf("it is %q", p.heard.Buttons[i].Label)
		}
	}
	return nil
}

func labels(buttons []templates.Button) string {
	var out []string
	for _, b := range buttons {
		out = append(out, b.Label)
	}
	return strings.Join(out, " | ")
}
