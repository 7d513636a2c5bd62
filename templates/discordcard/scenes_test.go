package discordcard_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bwmarrin/discordgo"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/discordcard"
	"github.com/taskherald/herald/templates/discordcard/componenttest"
	"github.com/taskherald/herald/templates/words"
)

var update = flag.Bool("update", false, "write the golden files anew")

// book is the book as it comes, which may not find fault with itself.
func book(t testing.TB) *templates.Book {
	t.Helper()
	return templates.New(templates.Options{Trouble: func(file string, err error) { t.Errorf("%s: %v", file, err) }})
}

// seal seals nothing: it says what it is asked for.
func seal(v progress.Verb, step int) string { return fmt.Sprintf("SEALED.%s.%d", v, step) }

// wire is a post or a form as Discord gets it.
func wire(t testing.TB, v any) []byte {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// valid holds a post to Discord's limits and to ours.
func valid(t testing.TB, id string, p discordcard.Post) []byte {
	t.Helper()
	raw := wire(t, p.Components)
	if wrong := componenttest.Check(raw); wrong != nil {
		t.Fatalf("%q\n%s", wrong, raw)
	}
	box, ok := p.Components[0].(discordgo.Container)
	if !ok || len(p.Components) != 1 || box.ID != discordcard.Mark(id) || strings.TrimSpace(p.Text) == "" {
		t.Fatalf("it is not one container with the mark of %q and a text: %s", id, raw)
	}
	if n := len(box.Components); n > 10 {
		t.Fatalf("there are %d components beside each other: %s", n, raw)
	}
	text := 0
	for _, c := range box.Components {
		if d, ok := c.(discordgo.TextDisplay); ok {
			text += componenttest.Length(d.Content)
		}
	}
	if text > 3800 {
		t.Fatalf("it has %d characters: %s", text, raw)
	}
	return raw
}

// picture is a post as it is to be looked at: texts as they are sent, buttons with their kind.
func picture(t testing.TB, id string, p discordcard.Post) string {
	t.Helper()
	valid(t, id, p)
	box := p.Components[0].(discordgo.Container)
	var out strings.Builder
	if box.AccentColor != nil {
		fmt.Fprintf(&out, "colour #%06X\n", *box.AccentColor)
	}
	for _, c := range box.Components {
		switch c := c.(type) {
		case discordgo.TextDisplay:
			fmt.Fprintf(&out, "%s\n", c.Content)
		case discordgo.Separator:
			out.WriteString("────────\n")
		case discordgo.FileComponent:
			fmt.Fprintf(&out, "[file %s]\n", c.File.URL)
		case discordgo.ActionsRow:
			for _, b := range c.Components {
				b := b.(discordgo.Button)
				fmt.Fprintf(&out, "[%s: %s %s%s] ", b.Label, []string{"", "primary", "secondary", "success", "danger", "link"}[b.Style], b.CustomID, b.URL)
			}
			out.WriteString("\n")
		}
	}
	for _, f := range p.Files {
		fmt.Fprintf(&out, "file %s, %s: %d characters\n", f.Name, f.Title, len(f.Content))
	}
	return out.String() + "as text: " + strings.ReplaceAll(p.Text, "\n", " / ") + "\n"
}

// golden holds a text to the file of it.
func golden(t *testing.T, name string, text string) {
	t.Helper()
	file := filepath.Join("testdata", "scenes", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	have, wanted := strings.Split(text, "\n"), strings.Split(string(want), "\n")
	for i := range max(len(have), len(wanted)) {
		if i >= len(have) || i >= len(wanted) || have[i] != wanted[i] {
			t.Errorf("%s: from line %d on it is\n%s\nwant\n%s", file, i+1, strings.Join(have[min(i, len(have)):], "\n"), strings.Join(wanted[min(i, len(wanted)):], "\n"))
			return
		}
	}
}

// readers are one for each language, some with a zone.
func readers() []templates.Reader {
	out := []templates.Reader{{Lang: "en"}}
	for _, lang := range words.Langs()[1:] {
		out = append(out, templates.Reader{Lang: lang, Zone: time.FixedZone("CEST", 2*3600)})
	}
	return out
}

// TestScenes holds how every situation looks, in every language: the card, and what is told.
func TestScenes(t *testing.T) {
	t.Parallel()
	b := book(t)
	for _, s := range templates.Scenes() {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			for _, r := range readers() {
				var out strings.Builder
				for _, p := range scene(b, s, r) {
					fmt.Fprintf(&out, "==== %s\n%s\n", p.name, picture(t, p.id, p.Post))
				}
				golden(t, s.Name+"/"+r.Lang+".txt", out.String())
			}
		})
	}
}

// posted is one message of a scene.
type posted struct {
	name, id string
	discordcard.Post
}

// scene is all that is posted of a scene.
func scene(b *templates.Book, s templates.Scene, r templates.Reader) []posted {
	l := discordcard.New(b)
	card := b.Card(s.Subject, r)
	out := []posted{{"card", "card_1", l.Card("card_1", &card, r, seal)}}
	for i, e := range s.Events {
		n := b.Notice(s.Subject, &e, r)
		name := fmt.Sprintf("%d %s", i+1, e.Kind)
		out = append(out, posted{name, "let_1", l.Notice("let_1", &n, r)})
		if e.Data.Approval != nil {
			out = append(out, posted{name + " ask", "let_2", l.Ask("let_2", s.Subject, &e, r, seal)})
		}
	}
	return out
}

// TestSceneAnswers holds how every answer looks, in every language.
func TestSceneAnswers(t *testing.T) {
	t.Parallel()
	b := book(t)
	l := discordcard.New(b)
	for _, s := range templates.SceneAnswers() {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			for _, r := range readers() {
				reply := b.Reply(s.Answer, r, s.Now)
				golden(t, "answers/"+s.Name+"/"+r.Lang+".txt", picture(t, "say_1", l.Reply("say_1", &reply, r)))
			}
		})
	}
}

// TestViews holds how digests, notes, boards, what is left of a card that moved and the form
// look, in every language.
func TestViews(t *testing.T) {
	t.Parallel()
	b := book(t)
	l := discordcard.New(b)
	for _, r := range readers() {
		t.Run(r.Lang, func(t *testing.T) {
			t.Parallel()
			d := templates.SceneDigest()
			digest, board := b.Digest(d, r), b.Board(d, r)
			note := b.Note(templates.Note{Kind: "destination.off", Channel: "discord", To: "#deploys", Reason: "the channel is gone", At: d.At}, r)
			for name, n := range map[string]*templates.Notice{"digest": &digest, "board": &board, "note": &note} {
				golden(t, "views/"+name+"."+r.Lang+".txt", picture(t, "let_1", l.Notice("let_1", n, r)))
			}
			golden(t, "views/moved."+r.Lang+".txt", picture(t, "card_1", l.Moved("card_1", "https://discord.com/channels/1/2/3", "Import customers", r)))
			for _, v := range []progress.Verb{progress.VerbApprove, progress.VerbReject, progress.VerbSkip, progress.VerbCancel, ""} {
				m := l.Reason(v, 0, "Import customers", "rSEALED", r)
				golden(t, "views/reason_"+string(v)+"."+r.Lang+".txt", form(t, m))
			}
		})
	}
}

// form is a form as it is to be looked at.
func form(t testing.TB, m discordcard.Modal) string {
	t.Helper()
	raw := wire(t, m)
	if wrong := componenttest.CheckModal(raw); wrong != nil {
		t.Fatalf("%q\n%s", wrong, raw)
	}
	return componenttest.Read(raw).Text + "\n"
}
