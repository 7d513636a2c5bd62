package slackcard

import (
	"github.com/slack-go/slack"

	"github.com/taskherald/herald/templates"
)

// style is how a text looks.
type style = *slack.RichTextSectionTextStyle

// The looks. They are shared, and nothing changes them.
var (
	normal style
	bold   = &slack.RichTextSectionTextStyle{Bold: true}
	italic = &slack.RichTextSectionTextStyle{Italic: true}
)

// prose is a block of rich text in the making. Nothing in it is parsed by Slack.
type prose struct {
	parts []slack.RichTextElement
	now   []slack.RichTextSectionElement
}

// lines writes texts, each on a line of its own. Those that are empty are left out.
func (p *prose) lines(s style, texts ...string) *prose {
	for _, text := range texts {
		if text != "" {
			p.line().text(text, s)
		}
	}
	return p
}

// line begins a new one.
func (p *prose) line() *prose {
	if len(p.now) > 0 {
		p.append("\n", normal)
	}
	return p
}

// text goes on in the line.
func (p *prose) text(text string, s style) *prose {
	p.append(templates.Cut(text, mostText), s)
	return p
}

// append joins texts that look the same.
func (p *prose) append(text string, s style) {
	if text == "" {
		return
	}
	if n := len(p.now); n > 0 {
		if last, ok := p.now[n-1].(*slack.RichTextSectionTextElement); ok && (last.Style == s || text == "\n") {
			last.Text += text
			return
		}
	}
	p.now = append(p.now, slack.NewRichTextSectionTextElement(text, s))
}

// link goes on with a text that leads to a page, or leads nowhere.
func (p *prose) link(text, to string, s style) *prose {
	if to = web(to); to == "" {
		return p.text(text, s)
	}
	p.now = append(p.now, slack.NewRichTextSectionLinkElement(to, some(templates.Cut(text, mostText)), s))
	return p
}

// quote sets what somebody else says apart.
func (p *prose) quote(text string) *prose {
	if text != "" {
		p.end()
		said := slack.NewRichTextSectionTextElement(templates.Cut(text, mostText), nil)
		p.parts = append(p.parts, &slack.RichTextQuote{Type: slack.RTEQuote, Elements: []slack.RichTextSectionElement{said}})
	}
	return p
}

// list writes texts with a dot before each.
func (p *prose) list(texts ...string) *prose {
	if len(texts) == 0 {
		return p
	}
	p.end()
	dots := &bullets{Type: slack.RTEList, Style: slack.RTEListBullet}
	for _, text := range texts {
		dots.Elements = append(dots.Elements, slack.NewRichTextSection(slack.NewRichTextSectionTextElement(some(templates.Cut(text, mostText)), nil)))
	}
	p.parts = append(p.parts, dots)
	return p
}

// bullets is a list with dots. The library's own always has an offset, which Slack's
// declarations do not know.
type bullets struct {
	Type     slack.RichTextElementType     `json:"type"`
	Style    slack.RichTextListElementType `json:"style"`
	Elements []*slack.RichTextSection      `json:"elements"`
}

// RichTextElementType makes it an element of rich text.
func (b *bullets) RichTextElementType() slack.RichTextElementType { return b.Type }

// listing writes a text as it is, in letters of one width.
func (p *prose) listing(text string) *prose {
	if text != "" {
		p.end()
		said := slack.NewRichTextSectionTextElement(templates.Cut(text, mostText), nil)
		p.parts = append(p.parts, &slack.RichTextPreformatted{Type: slack.RTEPreformatted, Elements: []slack.RichTextSectionElement{said}})
	}
	return p
}

// end closes the lines before something else.
func (p *prose) end() {
	if len(p.now) > 0 {
		p.parts = append(p.parts, slack.NewRichTextSection(p.now...))
		p.now = nil
	}
}

// block is all that was written, nil for nothing.
func (p *prose) block() slack.Block {
	p.end()
	if len(p.parts) == 0 {
		return nil
	}
	return slack.NewRichTextBlock("", p.parts...)
}
