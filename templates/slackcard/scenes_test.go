package slackcard_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/slackcard"
	"github.com/taskherald/herald/templates/slackcard/blocktest"
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

// encoded is what is sent of a post, readable.
func encoded(t testing.TB, v any) []byte {
	t.Helper()
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	e.SetIndent("", " ")
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// wire is a post as Slack gets it.
func wire(t testing.TB, p slackcard.Post) []byte {
	t.Helper()
	raw, err := json.Marshal(p.Blocks)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// valid holds a post to Slack's limits and to ours.
func valid(t testing.TB, id string, p slackcard.Post) {
	t.Helper()
	raw := wire(t, p)
	if err := blocktest.Check(p.Text, raw); err != nil {
		t.Fatalf("%v\n%s", err, raw)
	}
	if n := blocktest.Length(p.Text); n > 3000 {
		t.Fatalf("the text has %d characters", n)
	}
	if n := blocktest.Size(raw); n > 12_000 {
		t.Fatalf("the blocks have %d characters in all", n)
	}
	var blocks []struct {
		ID string `json:"block_id"`
	}
	if err := json.Unmarshal(raw, &blocks); err != nil || blocks[0].ID != id {
		t.Fatalf("the first block is %q, not %q: %v", blocks[0].ID, id, err)
	}
}

// golden holds a text to the file of it.
func golden(t *testing.T, name string, text []byte) {
	t.Helper()
	file := filepath.Join("testdata", "scenes", name)
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	have, wanted := strings.Split(string(text), "\n"), strings.Split(string(want), "\n")
	for i := range max(len(have), len(wanted)) {
		if i >= len(have) || i >= len(wanted) || have[i] != wanted[i] {
			t.Errorf("%s: from line %d on it is\n%s\nwant\n%s", file, i+1, strings.Join(have[min(i, len(have)):min(i+3, len(have))], "\n"), strings.Join(wanted[min(i, len(wanted)):min(i+3, len(wanted))], "\n"))
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
				golden(t, s.Name+"/"+r.Lang+".json", encoded(t, scene(t, b, s, r)))
			}
		})
	}
}

// scene is all that is posted of a scene.
func scene(t *testing.T, b *templates.Book, s templates.Scene, r templates.Reader) map[string]slackcard.Post {
	t.Helper()
	l := slackcard.New(b)
	card := b.Card(s.Subject, r)
	out := map[string]slackcard.Post{"card": l.Card("card_1", &card, r, seal)}
	valid(t, "card_1", out["card"])
	for i, e := range s.Events {
		n := b.Notice(s.Subject, &e, r)
		name := fmt.Sprintf("%d %s", i+1, e.Kind)
		out[name] = l.Notice("let_1", &n, r)
		if e.Data.Approval != nil {
			out[name+" ask"] = l.Ask("let_1", s.Subject, &e, r, seal)
			valid(t, "let_1", out[name+" ask"])
		}
		valid(t, "let_1", out[name])
	}
	return out
}

// TestSceneAnswers holds how every answer looks, in every language.
func TestSceneAnswers(t *testing.T) {
	t.Parallel()
	b := book(t)
	l := slackcard.New(b)
	for _, s := range templates.SceneAnswers() {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			for _, r := range readers() {
				reply := b.Reply(s.Answer, r, s.Now)
				p := l.Reply("say_1", &reply, r)
				valid(t, "say_1", p)
				golden(t, "answers/"+s.Name+"/"+r.Lang+".json", encoded(t, p))
			}
		})
	}
}

// TestViews holds how digests, notes, boards, Homes and the form look, in every language.
func TestViews(t *testing.T) {
	t.Parallel()
	b := book(t)
	l := slackcard.New(b)
	for _, r := range readers() {
		t.Run(r.Lang, func(t *testing.T) {
			t.Parallel()
			d := templates.SceneDigest()
			digest, board := b.Digest(d, r), b.Board(d, r)
			note := b.Note(templates.Note{Kind: "destination.off", Channel: "slack", To: "#deploys", Reason: "the channel is archived", At: d.At}, r)
			for name, n := range map[string]*templates.Notice{"digest": &digest, "board": &board, "note": &note} {
				p := l.Notice("let_1", n, r)
				valid(t, "let_1", p)
				golden(t, "views/"+name+"."+r.Lang+".json", encoded(t, p))
			}
			view(t, "home."+r.Lang, l.Home(home(b, r), r))
			view(t, "home_empty."+r.Lang, l.Home(slackcard.Home{Person: "ann", Linked: true}, r))
			view(t, "home_stranger."+r.Lang, l.Home(slackcard.Home{}, r))
			for _, v := range []progress.Verb{progress.VerbApprove, progress.VerbReject, progress.VerbSkip} {
				view(t, "reason_"+string(v)+"."+r.Lang, l.Reason(v, "Import customers", "meta", r))
			}
		})
	}
}

// home is one with all scenes.
func home(b *templates.Book, r templates.Reader) slackcard.Home {
	h := slackcard.Home{Person: "ann", Linked: true, More: 3, Link: "https://herald.example.com/"}
	for _, s := range templates.Scenes() {
		card := b.Card(s.Subject, r)
		if card.Ask != nil {
			h.Asks = append(h.Asks, slackcard.Row{Card: &card, Seal: seal})
		} else if card.Status == progress.Running {
			h.Tasks = append(h.Tasks, slackcard.Row{Card: &card})
		}
	}
	return h
}

// view holds a view to Slack's limits, and to the file of it.
func view[V slack.HomeTabViewRequest | slack.ModalViewRequest](t *testing.T, name string, v V) {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	if err := blocktest.CheckView(raw); err != nil {
		t.Fatalf("%s: %v\n%s", name, err, raw)
	}
	golden(t, "views/"+name+".json", encoded(t, v))
}
