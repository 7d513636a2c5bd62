package discordcard

import (
	"slices"
	"strings"

	"github.com/bwmarrin/discordgo"
)

// draft is a message in the making.
type draft struct {
	id     string
	colour int // 0 for none
	parts  []part
	seen   map[string]bool // custom_ids
	kept   map[string]string
	files  []File
}

func newDraft(id string) *draft {
	return &draft{id: id, seen: map[string]bool{}, kept: map[string]string{}}
}

// part is a text or another component.
type part struct {
	rank  rank
	apart bool // a line stands above it

	prose *prose // of a text that can be cut
	said  string // a text as it is sent

	block discordgo.MessageComponent // else the component
	count int                        // components in all
}

// say appends a text, unless there is nothing of it.
func (d *draft) say(r rank, p *prose) { d.put(part{rank: r, prose: p}) }

// apart appends a text with a line above it.
func (d *draft) apart(r rank, p *prose) { d.put(part{rank: r, prose: p, apart: true}) }

func (d *draft) put(p part) {
	if p.said = p.prose.print(room); p.said != "" {
		d.parts = append(d.parts, p)
	}
}

// listing appends a text in letters of one width, unless there is nothing of it.
func (d *draft) listing(text string) { d.fenced(code(text)) }

// fenced appends what has been made for a block of code.
func (d *draft) fenced(text string) {
	if strings.TrimSpace(text) != "" {
		d.parts = append(d.parts, part{said: "```\n" + text + "\n```"})
	}
}

// add appends another component, which counts for so many.
func (d *draft) add(r rank, b discordgo.MessageComponent, count int) {
	d.parts = append(d.parts, part{rank: r, block: b, count: count})
}

// left is how much room there is for text, with what stands between its parts.
func (d *draft) left() int {
	n := room
	for _, p := range d.parts {
		if p.block == nil {
			n -= width(p.said) + 1
		}
	}
	return n
}

// post is the message, of as many parts as have room.
func (d *draft) post(said string) Post {
	d.shorten()
	d.thin()
	box := discordgo.Container{ID: Mark(d.id), Components: d.components()}
	if d.colour != 0 {
		box.AccentColor = &d.colour
	}
	if len(d.kept) == 0 {
		d.kept = nil
	}
	return Post{Components: []discordgo.MessageComponent{box}, Files: d.files, Kept: d.kept, Text: said}
}

// shorten cuts and leaves out texts until all have room.
func (d *draft) shorten() {
	for over := -d.left(); over > 0; over = -d.left() {
		i := d.least(func(p *part) bool { return p.rank > whole && p.prose != nil })
		if i < 0 {
			return // never: what stays is cut to fit
		}
		p := &d.parts[i]
		if rest := width(p.said) - over; rest >= shortest {
			p.said = p.prose.print(rest)
			continue
		}
		d.parts = slices.Delete(d.parts, i, i+1)
	}
}

// thin takes away lines between texts and leaves out parts until there are no more than
// Discord takes.
func (d *draft) thin() {
	for d.count() > mostParts || len(d.components()) > mostBeside {
		if i := d.least(func(p *part) bool { return p.apart }); i >= 0 {
			d.parts[i].apart = false
			continue
		}
		i := d.least(func(p *part) bool { return p.rank > whole })
		if i < 0 {
			return // never: what stays is few
		}
		d.parts = slices.Delete(d.parts, i, i+1)
	}
}

// least is the last of those parts that matter least, of some of them; -1 for none.
func (d *draft) least(of func(p *part) bool) int {
	at := -1
	for i := range d.parts {
		if p := &d.parts[i]; of(p) && (at < 0 || p.rank >= d.parts[at].rank) {
			at = i
		}
	}
	return at
}

// count is how many components there are at most.
func (d *draft) count() int {
	n := 1
	for _, p := range d.parts {
		n += max(p.count, 1)
		if p.apart {
			n++
		}
	}
	return n
}

// components are the parts: texts below each other are one.
func (d *draft) components() []discordgo.MessageComponent {
	var out []discordgo.MessageComponent
	for _, p := range d.parts {
		if p.apart && len(out) > 0 {
			out = append(out, discordgo.Separator{})
		}
		if p.block != nil {
			out = append(out, p.block)
			continue
		}
		if n := len(out); n > 0 {
			if above, ok := out[n-1].(discordgo.TextDisplay); ok {
				out[n-1] = discordgo.TextDisplay{Content: above.Content + "\n" + p.said}
				continue
			}
		}
		out = append(out, discordgo.TextDisplay{Content: p.said})
	}
	return out
}
