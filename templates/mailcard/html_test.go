package mailcard_test

import (
	"encoding/xml"
	"errors"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/mailcard"
	"github.com/taskherald/herald/templates/words"
)

// page is what a mail's HTML comes to.
type page struct {
	seen  string // of its article, a block a line
	links []string
	tags  []xml.StartElement
	style string
}

// elements are those that our layout makes.
var elements = []string{
	"html", "head", "meta", "title", "style", "body", "div", "table", "tr", "td", "h1", "p", "ul", "li", "blockquote", "a", "bdi", "span", "br",
}

// read reads HTML as an independent party: as XML, every element closed in its place.
func read(t testing.TB, text string) page {
	t.Helper()
	var p page
	var open []string
	article := 0
	for d := xml.NewDecoder(strings.NewReader(text)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		switch e := token.(type) {
		case xml.StartElement:
			if !slices.Contains(elements, e.Name.Local) {
				t.Errorf("a stranger made the element %s: %s", e.Name.Local, text)
			}
			open, p.tags = append(open, e.Name.Local), append(p.tags, e.Copy())
			if attr(e, "role") == "article" {
				article = len(open)
			}
			if e.Name.Local == "a" {
				p.links = append(p.links, attr(e, "href"))
			}
		case xml.EndElement:
			if slices.Contains([]string{"h1", "p", "li", "blockquote", "tr"}, e.Name.Local) && article > 0 {
				p.seen += "\n"
			}
			if open = open[:len(open)-1]; len(open) < article {
				article = 0
			}
		case xml.CharData:
			switch {
			case len(open) > 0 && open[len(open)-1] == "style":
				p.style += string(e)
			case article > 0:
				p.seen += strings.Trim(string(e), "\n")
			}
		}
	}
	return p
}

// attr is an attribute of an element, "" if it has none such.
func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// everyMail calls with each scene's and note's mails in every language.
func everyMail(t *testing.T, with func(t *testing.T, in mailcard.Input, m mailcard.Mail)) {
	t.Helper()
	b := book(t)
	l := mailcard.New(b)
	for _, lang := range words.Langs() {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			r := templates.Reader{Lang: lang, Zone: cest()}
			for _, s := range templates.Scenes() {
				for _, in := range letters(b, s, r) {
					with(t, in, l.Mail(in))
				}
			}
			for _, kind := range notes() {
				in := note(b, kind, r)
				with(t, in, l.Mail(in))
			}
			in := digest(b, r)
			with(t, in, l.Mail(in))
		})
	}
}

// TestHTML holds that mails are whole, say the same as their text, and load nothing.
func TestHTML(t *testing.T) {
	t.Parallel()
	b := book(t)
	everyMail(t, func(t *testing.T, in mailcard.Input, m mailcard.Mail) {
		p := whole(t, in, m)
		if len(m.HTML) > 20<<10 {
			t.Errorf("%s has %d bytes", in.Notice.Kind, len(m.HTML))
		}
		said := strings.NewReplacer("\u2068", "", "\u2069", "")
		for _, detail := range wanted(b, in) {
			if !strings.Contains(said.Replace(p.seen), said.Replace(detail)) {
				t.Errorf("%s lacks %q:\n%s", in.Notice.Kind, detail, p.seen)
			}
		}
	})
}

// wanted is what a mail has to say.
func wanted(b *templates.Book, in mailcard.Input) []string {
	n := *in.Notice
	var out []string
	if in.Subject != nil {
		card := b.Card(*in.Subject, in.Reader)
		out = append(out, card.Left, card.Took, card.Now)
		if a := card.Ask; a != nil {
			out = append(append(out, a.Prompt, a.Choice, a.Risk, a.Who, a.Votes, a.Until.Text, a.Rejecting), a.Effects...)
			n, _ = n.Beside(a)
		}
		if f := card.Fault; f != nil {
			out = append(out, f.Where, f.Text, f.Advice)
		}
		for _, line := range card.Lines {
			out = append(out, line.Text, line.Note)
		}
	}
	for _, task := range n.Tasks {
		out = append(out, task.Symbol, task.Title, task.Text)
	}
	return append(append(out, n.Text, n.About), n.Details[len(n.Tasks):]...)
}

// outside is what loads something.
var outside = regexp.MustCompile(`(?i)url\(|@import|<(img|script|link|form|input|iframe|object|base)\b|\b(src|srcset|background|on[a-z]+)="`)

// whole holds what is true of every mail.
func whole(t testing.TB, in mailcard.Input, m mailcard.Mail) page {
	t.Helper()
	p := read(t, m.HTML)
	if !strings.HasPrefix(m.HTML, "<!doctype html>\n<html lang=\""+in.Notice.Lang+"\" dir=\"ltr\">") {
		t.Errorf("it begins with %.80q", m.HTML)
	}
	if len(m.HTML) > 60<<10 {
		t.Errorf("the HTML has %d bytes", len(m.HTML))
	}
	if found := outside.FindString(m.HTML); found != "" {
		t.Errorf("it has %s", found)
	}
	given := []string{in.Links.Approve, in.Links.Reject, in.Links.Confirm, in.Links.Leave, in.Notice.Link}
	for _, task := range in.Notice.Tasks {
		given = append(given, task.Link)
	}
	if in.Subject != nil {
		given = append(given, in.Subject.Link)
	}
	for _, link := range p.links {
		if link == "" || !slices.Contains(given, link) {
			t.Errorf("it links to %q", link)
		}
	}
	if strings.Count(m.HTML, "<style") != 1 || !strings.Contains(p.style, "prefers-color-scheme:dark") || !strings.Contains(m.HTML, `<meta name="color-scheme" content="light dark"/>`) {
		t.Error("it has no dark colours")
	}
	return p
}

// TestEveryColourHasADarkOne holds that each element whose style has a colour has a
// class that has another for dark screens.
func TestEveryColourHasADarkOne(t *testing.T) {
	t.Parallel()
	colours := regexp.MustCompile(`(?:^|;)(color|background-color|border[a-z-]*):[^;]*#`)
	everyMail(t, func(t *testing.T, in mailcard.Input, m mailcard.Mail) {
		p := read(t, m.HTML)
		_, dark, _ := strings.Cut(p.style, "prefers-color-scheme:dark")
		for _, e := range p.tags {
			for _, c := range colours.FindAllStringSubmatch(attr(e, "style"), -1) {
				property, class := c[1], attr(e, "class")
				if strings.HasPrefix(property, "border") {
					property = "border-color"
				}
				if rule := regexp.MustCompile(`\.` + class + `[,{][^}]*` + property + `:`); class == "" || !rule.MatchString(dark) {
					t.Errorf("%s of class %q has no dark %s", e.Name.Local, class, property)
				}
			}
		}
	})
}

// TestBar holds that a bar is two cells as wide as the percent says, and says it.
func TestBar(t *testing.T) {
	t.Parallel()
	everyMail(t, func(t *testing.T, in mailcard.Input, m mailcard.Mail) {
		p := read(t, m.HTML)
		i := slices.IndexFunc(p.tags, func(e xml.StartElement) bool { return attr(e, "role") == "img" })
		if in.Subject == nil {
			if i >= 0 {
				t.Error("a note has a bar")
			}
			return
		}
		sum := 0
		for _, e := range p.tags[i:] {
			if height := attr(e, "height"); height == "8" {
				n, err := strconv.Atoi(strings.TrimSuffix(attr(e, "width"), "%"))
				if err != nil || n == 0 {
					t.Error(n, err)
				}
				sum += n
			}
		}
		label := attr(p.tags[i], "aria-label")
		if sum != 100 || !strings.Contains(p.seen, label) || !strings.Contains(m.Text, " "+label) {
			t.Errorf("%d%% are shown and %q is said", sum, label)
		}
		full := strings.Count(m.Text, "█")
		if whole := int(in.Subject.Task.Percent); full+strings.Count(m.Text, "░") != 20 || (full == 20) != (whole == 100) || (full == 0) != (whole == 0) {
			t.Errorf("%d blocks for %v", full, in.Subject.Task.Percent)
		}
	})
}

// TestButtons holds that a finger finds them: 44 pixels high.
func TestButtons(t *testing.T) {
	t.Parallel()
	b := book(t)
	l := mailcard.New(b)
	asked, confirm := letters(b, scene(t, "approval"), templates.Reader{})[0], note(b, "address.confirm", templates.Reader{})
	for _, in := range []mailcard.Input{asked, confirm, letters(b, scene(t, "failed"), templates.Reader{})[0]} {
		p := read(t, l.Mail(in).HTML)
		n := 0
		for i, e := range p.tags {
			if e.Name.Local == "a" && strings.HasPrefix(attr(p.tags[i-1], "class"), "button-") {
				n++
				if style := attr(e, "style"); !strings.Contains(style, "padding:11px 24px") || !strings.Contains(style, "16px/20px") || !strings.Contains(attr(p.tags[i-1], "style"), "border:1px") {
					t.Errorf("it is not 11+20+11 and a border of 1+1: %s", style)
				}
			}
		}
		if n == 0 {
			t.Errorf("%s has no button", in.Notice.Kind)
		}
	}
}
