package discordcard

import (
	"strings"

	"github.com/taskherald/herald/templates"
)

// The looks of a text: what stands on both sides of it.
const (
	normal = ""
	bold   = "**"
	italic = "*"
)

// What a line begins with.
const (
	body    = ""
	heading = "### "
	quote   = "> "
	dot     = "- "
	small   = "-# "
)

// prose is text in the making. All that is put in is shown letter by letter.
type prose struct{ rows []row }

// row is a line.
type row struct {
	begin string
	spans []span
}

// span is a part of a line that looks the same.
type span struct {
	text string
	look string
	most int    // characters as it is sent
	link string // that it leads to, "" for none
	open string // what leads there where the text cannot
}

// lines writes texts, each on a line of its own. Those that are empty are left out.
func (p *prose) lines(look string, texts ...string) *prose {
	for _, text := range texts {
		if text != "" {
			p.line(body).text(text, look, mostDetail)
		}
	}
	return p
}

// each writes texts, a line each that begins so.
func (p *prose) each(begin string, most int, texts ...string) *prose {
	for _, text := range texts {
		if text != "" {
			p.line(begin).text(text, normal, most)
		}
	}
	return p
}

// line begins a new one.
func (p *prose) line(begin string) *prose {
	p.rows = append(p.rows, row{begin: begin})
	return p
}

// text goes on in the line.
func (p *prose) text(text, look string, most int) *prose {
	return p.put(span{text: text, look: look, most: most})
}

// link goes on with a text that leads somewhere, where there is a link; open is what stands
// behind it where it cannot itself.
func (p *prose) link(text, link, open, look string) *prose {
	return p.put(span{text: text, look: look, most: mostTitle, link: web(link), open: open})
}

func (p *prose) put(s span) *prose {
	if s.text = strings.TrimSpace(strings.ReplaceAll(s.text, "\n", " ")); s.text == "" {
		return p
	}
	if len(p.rows) == 0 {
		p.line(body)
	}
	at := &p.rows[len(p.rows)-1]
	at.spans = append(at.spans, s)
	return p
}

// add goes on with the lines of another.
func (p *prose) add(rows ...row) *prose {
	p.rows = append(p.rows, rows...)
	return p
}

// print is what is sent, at most so many characters: what has no room is left out from the
// end, which an ellipsis says.
func (p *prose) print(most int) string {
	var out strings.Builder
	for i, r := range p.rows {
		said, rest := r.print(), 2 // that an ellipsis needs
		if said == "" {
			continue
		}
		if i == len(p.rows)-1 {
			rest = 0
		}
		if out.Len() > 0 {
			said = "\n" + said
		}
		if most-width(said) < rest {
			out.WriteString(r.short(out.Len() == 0, most))
			break
		}
		most -= width(said)
		out.WriteString(said)
	}
	return out.String()
}

// short is as much of a line as has room, if that is worth anything, or else a sign that
// something is left out. Only the first line of a text has no line end before it.
func (r row) short(first bool, most int) string {
	end := "\n"
	if first {
		end = ""
	}
	around := len(end) + len(r.begin) + len(bold+bold)
	if most-around < shortest/2 || len(r.spans) != 1 || r.spans[0].link != "" {
		return end + "…"
	}
	r.spans = []span{{text: r.spans[0].text, look: r.spans[0].look, most: most - around}}
	return end + r.print()
}

// print is the line as it is sent.
func (r row) print() string {
	var out strings.Builder
	for i, s := range r.spans {
		if i > 0 {
			out.WriteByte(' ')
		}
		out.WriteString(s.print())
	}
	if out.Len() == 0 {
		return ""
	}
	if r.begin == heading && strings.HasSuffix(out.String(), "#") {
		out.WriteString(joiner) // it would be taken for a mark of the heading
	}
	return r.begin + out.String()
}

// print is the part as it is sent.
func (s span) print() string {
	if said := masked(templates.Cut(s.text, s.most), s.link); said != "" {
		return s.look + said + s.look
	}
	said := s.look + fit(s.text, s.most, Plain) + s.look
	if open := masked(s.open, s.link); open != "" {
		said += " · " + open
	}
	return said
}
