package mailcard_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/mailcard"
)

// TestText holds that every line has room, and every URL that leads somewhere a line of
// its own.
func TestText(t *testing.T) {
	t.Parallel()
	everyMail(t, func(t *testing.T, in mailcard.Input, m mailcard.Mail) {
		narrow(t, m.Text)
		lines := strings.Split(m.Text, "\n")
		for _, link := range read(t, m.HTML).links {
			i := slices.Index(lines, link)
			broken := strings.HasPrefix(lines[max(i-1, 0)], " ") && !slices.ContainsFunc(in.Notice.Tasks, func(t templates.Brief) bool { return t.Link == link })
			if i < 1 || lines[i-1] == "" || broken {
				t.Errorf("%s does not stand alone below what it does:\n%s", link, m.Text)
			}
		}
		if first := strings.Join(strings.Fields(m.Text), " "); !strings.HasPrefix(first, strings.Join(strings.Fields(in.Notice.Text), " ")) {
			t.Errorf("it does not begin with %q:\n%s", in.Notice.Text, m.Text)
		}
		if !strings.HasSuffix(m.Text, "\n") || strings.HasSuffix(m.Text, "\n\n") || strings.Contains(m.Text, "\n\n\n") {
			t.Errorf("it has lines of nothing:\n%s", m.Text)
		}
	})
}

// TestLongURLs stay whole.
func TestLongURLs(t *testing.T) {
	t.Parallel()
	b := book(t)
	in := letters(b, scene(t, "approval"), templates.Reader{})[0]
	in.Links.Approve = here + "act/" + url.QueryEscape(strings.Repeat("ticket ", 60))
	if m := mailcard.New(b).Mail(in); !strings.Contains(m.Text, "\n"+in.Links.Approve+"\n") || !strings.Contains(m.HTML, `href="`+strings.ReplaceAll(in.Links.Approve, "+", "&#43;")+`"`) {
		t.Errorf("it is torn:\n%s", m.Text)
	}
}
