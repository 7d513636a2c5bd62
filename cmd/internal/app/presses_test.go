package app_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/taskherald/herald/bot/discord/discordfake"
	"github.com/taskherald/herald/bot/slack/slackfake"
	"github.com/taskherald/herald/notify/email/smtpfake"
)

// How many decide at once, by which way.
const (
	inSlacks   = 60
	inDiscords = 60
	onPage     = 60
	byMail     = 20
)

// TestTwoHundredPresses is one approval that two hundred decide at once, in Slack, in Discord, by
// the API and by links of mails: one decision is taken, and every other answer says whose it was.
func TestTwoHundredPresses(t *testing.T) {
	t.Parallel()
	post := smtpfake.New(t, smtpfake.Options{})
	o, p := slackfake.Options{Unlimited: true}, discordfake.Options{Unlimited: true}
	for n := range inSlacks {
		o.People = append(o.People, slackfake.Person{ID: fmt.Sprintf("U0PERSON%03d", n), Name: fmt.Sprint("person", n)})
	}
	for n := range inDiscords {
		p.People = append(p.People, discordfake.Person{ID: fmt.Sprintf("12000000000000%04d", n), Name: fmt.Sprint("human", n)})
	}
	s, d := slackfake.New(o), discordfake.New(p)
	c := inDiscord(t, filepath.Join(t.TempDir(), "herald.db"), d.Start(t), "HERALD_RATE_LIMIT=off",
		"HERALD_SLACK_BOT_TOKEN="+slackfake.BotToken, "HERALD_SLACK_APP_TOKEN="+slackfake.AppToken, "HERALD_SLACK_API_URL="+s.Start(t),
		"HERALD_EMAIL_SERVER="+post.Addr(), "HERALD_EMAIL_TLS=off", "HERALD_EMAIL_FROM=Herald <herald@example.com>")
	c.Rules[0].Tell = append(c.Rules[0].Tell, "slack:#deploys")
	h := start(t, c)
	g := guild{h, d}
	tokens := make([]string, inSlacks)
	for n := range tokens {
		tokens[n] = h.person(fmt.Sprint("person", n), "operator", worksHere)
		h.lends(s.User(o.People[n].ID), tokens[n])
	}
	for n := range inDiscords {
		g.lends(d.User(p.People[n].ID), h.person(fmt.Sprint("human", n), "operator", worksHere))
	}
	links := h.mailed(post, tokens[:byMail])
	h.asks("one")
	first := s.User(o.People[0].ID)
	question, asked := h.question(first), g.question(d.User(p.People[0].ID))
	for n := range links {
		links[n] = h.linkTo(post, fmt.Sprintf("person%d@example.com", n), "act")
	}
	answers := make(chan string, inSlacks+inDiscords+onPage+byMail)
	var all sync.WaitGroup
	begin := make(chan struct{})
	at := func(press func() string) { all.Go(func() { <-begin; answers <- press() }) }
	for n := range inSlacks {
		at(func() string { return h.inChat(s.User(o.People[n].ID), question) })
	}
	for n := range inDiscords {
		at(func() string { return "discord: " + g.answered(d.User(p.People[n].ID).Press(asked, "Approve")) })
	}
	for n := range onPage {
		at(func() string {
			_, body := h.call("POST", "/api/tasks/one/steps/2/approve", tokens[n], "{}")
			return "page: " + body
		})
	}
	for _, link := range links {
		at(func() string {
			page, _ := h.presses(link, url.Values{"verb": {"approve"}})
			return "mail: " + page
		})
	}
	close(begin)
	all.Wait()
	close(answers)
	_, by, _ := strings.Cut(h.approval("one"), " ")
	by, _, _ = strings.Cut(by, " ")
	if by == "" {
		t.Fatal(h.approval("one"))
	}
	names, name := 0, regexp.MustCompile(`\b`+by+`\b`)
	for a := range answers {
		if name.MatchString(a) {
			names++
			continue
		}
		t.Log(a)
	}
	if want := inSlacks + inDiscords + onPage + byMail; names < want-1 {
		t.Errorf("%d of %d answers name %s", names, want, by)
	}
	h.decidedOnce("one")
}

// mailed has people be told by mail, and makes room for a link of each.
func (h *herald) mailed(post *smtpfake.Server, tokens []string) []string {
	h.t.Helper()
	for n, token := range tokens {
		body := fmt.Sprintf(`{"channel":"email","to":"person%d@example.com"}`, n)
		if code, body := h.call("POST", "/api/subscriptions", token, body); code != 201 {
			h.t.Fatal(code, body)
		}
		h.press(h.linkTo(post, fmt.Sprintf("person%d@example.com", n), "confirm"), nil)
	}
	return make([]string, len(tokens))
}

// linkTo is the first link to a sort of page in a mail to somebody.
func (h *herald) linkTo(post *smtpfake.Server, to, page string) (link string) {
	h.t.Helper()
	wanted := regexp.MustCompile(regexp.QuoteMeta(h.url) + "/" + page + `/\S+`)
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		for _, m := range post.Mails() {
			if link = wanted.FindString(m.Text()); m.To[0] == to && link != "" {
				return link
			}
		}
	}
	h.t.Fatalf("no mail to %s has a link to %s", to, page)
	return ""
}

// inChat presses Approve, and gives the answer that nobody else sees.
func (h *herald) inChat(u *slackfake.User, m slackfake.Message) string {
	d, err := u.Press(m, "Approve")
	if err != nil {
		return err.Error()
	}
	if err := d.Wait(h.t.Context()); err != nil {
		return err.Error()
	}
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		for _, m := range u.Sees(slackfake.Deploys) {
			if m.Only != "" && !strings.Contains(m.Shows, "linked") {
				return "chat of " + u.ID() + ": " + m.Shows
			}
		}
	}
	return "no answer"
}

// decidedOnce holds that there is one decision in the history of a task.
func (h *herald) decidedOnce(id string) {
	h.t.Helper()
	_, text := h.call("GET", "/api/tasks/"+id+"/events", pageToken, "")
	var page struct {
		Events []struct{ Type, Kind string } `json:"events"`
	}
	if err := json.Unmarshal([]byte(text), &page); err != nil {
		h.t.Fatal(err, text)
	}
	if n := strings.Count(text, `"approval_decided"`) + strings.Count(text, `"approval.decided"`); n != 1 {
		h.t.Errorf("there are %d decisions:\n%s", n, text)
	}
}
