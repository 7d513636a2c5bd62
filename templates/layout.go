package templates

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync/atomic"
	texttemplate "text/template"
)

// Form is a way to write cards, notices and replies.
type Form string

// The forms.
const (
	Text     Form = "text"     // plain lines
	Markdown Form = "markdown" // CommonMark, with no markup that a stranger made
	HTML     Form = "html"     // one element, for a page or a mail
	JSON     Form = "json"     // the card, notice or reply itself
)

// Forms are all of them.
func Forms() []Form { return []Form{Text, Markdown, HTML, JSON} }

//go:embed layouts/*.tmpl
var builtin embed.FS

// layout is a template of either kind.
type layout interface {
	Execute(w io.Writer, data any) error
}

// layouts are the layouts in use, by the names of their files. Those of a user
// stand beside ours, which stand in for them.
type layouts struct {
	ours map[string]layout
	own  map[string]*ownLayout
}

// ownLayout is a user's.
type ownLayout struct {
	layout
	fails func(error)
	told  atomic.Bool
}

// fileOf is the name of the file of a thing's layout.
func fileOf(thing string, form Form) string { return thing + "." + string(form) + ".tmpl" }

// things are what there are layouts of.
func things() []string { return []string{"card", "notice", "reply"} }

// ourLayouts are those that come with Herald.
func ourLayouts() layouts {
	l := layouts{ours: map[string]layout{}, own: map[string]*ownLayout{}}
	dir, _ := fs.Sub(builtin, "layouts") // of a name that is right: cannot fail
	for _, thing := range things() {
		for _, form := range []Form{Text, Markdown, HTML} {
			file := fileOf(thing, form)
			t, err := parse(dir, file, form)
			if err != nil {
				panic(err) // a mistake in the program, which every test would show
			}
			l.ours[file] = t
		}
	}
	return l
}

func parse(dir fs.FS, file string, form Form) (layout, error) {
	source, err := fs.ReadFile(dir, file)
	if err != nil {
		return nil, err
	}
	if form == HTML {
		return htmltemplate.New(file).Parse(string(source))
	}
	return texttemplate.New(file).Parse(string(source))
}

// replace takes the layouts of a user that work. Those of sheets are looked at when
// they are opened.
func (b *Book) replace() {
	files, err := fs.Glob(b.own, "*.tmpl")
	if err != nil {
		return
	}
	for _, file := range files {
		thing, form, known := b.layouts.known(file)
		switch {
		case known:
			b.layouts.take(b, file, form, func(t layout) error { return try(b, t, thing, form) })
		case !slices.Contains(sheets(), file):
			b.trouble(file, errors.New("there is no layout of that name"))
		}
	}
}

// take takes a user's own layout if it works.
func (l layouts) take(b *Book, file string, form Form, try func(layout) error) {
	t, err := parse(b.own, file, form)
	if err == nil {
		err = try(t)
	}
	if err != nil {
		b.trouble(file, fmt.Errorf("it is left out: %w", err))
		return
	}
	l.own[file] = &ownLayout{layout: t, fails: func(err error) { b.trouble(file, err) }}
}

func (l layouts) known(file string) (thing string, form Form, ok bool) {
	if _, ok = l.ours[file]; !ok {
		return "", "", false
	}
	thing, rest, _ := strings.Cut(file, ".")
	return thing, Form(strings.TrimSuffix(rest, ".tmpl")), true
}

// try lays out every scene.
func try(b *Book, t layout, thing string, form Form) error {
	if thing == "reply" {
		return tryReplies(b, t, form)
	}
	for _, s := range Scenes() {
		for _, v := range s.views(b, thing) {
			if _, err := run(t, v.dressed(form)); err != nil {
				return fmt.Errorf("scene %q: %w", s.Name, err)
			}
		}
	}
	if thing == "card" {
		return nil
	}
	if _, err := run(t, b.view(b.Digest(SceneDigest(), Reader{})).dressed(form)); err != nil {
		return fmt.Errorf("scene %q: %w", "digest", err)
	}
	return nil
}

// tryReplies lays out every answer.
func tryReplies(b *Book, t layout, form Form) error {
	for _, s := range SceneAnswers() {
		v := replyViewOf(b.Reply(s.Answer, Reader{}, s.Now), b.lexicon.Tongue(""))
		if v.card != nil && !v.beside() {
			continue
		} else if v.card != nil {
			v = v.below()
		}
		if _, err := run(t, v.dressed(form)); err != nil {
			return fmt.Errorf("answer %q: %w", s.Name, err)
		}
	}
	return nil
}

// views are a scene as something to be laid out.
func (s Scene) views(b *Book, thing string) []view {
	if thing == "card" {
		return []view{b.view(b.Card(s.Subject, Reader{}))}
	}
	var out []view
	for _, e := range s.Events {
		out = append(out, b.view(b.Notice(s.Subject, &e, Reader{})))
	}
	return out
}

// run lays something out. Nothing is a failure too.
func run(t layout, data any) (string, error) {
	var out bytes.Buffer
	if err := t.Execute(&out, data); err != nil {
		return "", err
	}
	text := strings.TrimRight(strings.ToValidUTF8(out.String(), "\uFFFD"), "\n")
	if strings.TrimSpace(text) == "" {
		return "", errors.New("it gives nothing")
	}
	return text, nil
}

// draw lays something out with the user's own layout, or with ours where there is
// none or it fails, which is told once.
func (l layouts) draw(file string, data any) string {
	if own := l.own[file]; own != nil {
		text, err := run(own, data)
		if err == nil {
			return text
		}
		if !own.told.Swap(true) {
			own.fails(fmt.Errorf("it failed, and the layout that comes with Herald stood in: %w", err))
		}
	}
	text, _ := run(l.ours[file], data) // tests hold that ours never fail
	return text
}
