package cli_test

import (
	"context"
	"encoding/json"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/taskherald/herald/notify/email/smtpfake"
)

// mailer is a server that sends mail to a far side of ours, and how commands reach it.
func mailer(t *testing.T) (*client, *smtpfake.Server) {
	t.Helper()
	far := smtpfake.New(t, smtpfake.Options{})
	s := serve(t, t.TempDir(), []string{
		"HERALD_ADMIN_TOKEN=" + adminToken, "HERALD_RATE_LIMIT=off", "HERALD_EMAIL_SERVER=" + far.Addr(), "HERALD_EMAIL_TLS=off", "HERALD_EMAIL_FROM=herald@example.com",
	})
	t.Cleanup(func() { s.stop(syscall.SIGTERM) })
	return &client{s, t, []string{"HERALD_URL=" + s.url, "HERALD_TOKEN=" + adminToken, "LANG=C.UTF-8"}}, far
}

var (
	confirmLink = regexp.MustCompile(`/confirm/[\w-]+`)
	formField   = regexp.MustCompile(`name="form" value="([^"]*)"`)
)

// confirm opens the link of the confirmation that came as the nth mail, and presses the
// button.
func confirm(t *testing.T, c *client, far *smtpfake.Server, n int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	mails, err := far.Await(ctx, n)
	if err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	reader, at := &http.Client{Jar: jar}, c.url+confirmLink.FindString(mails[n-1].Text())
	answer, err := reader.Get(at)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	field := formField.FindStringSubmatch(string(page))
	if err != nil || field == nil {
		t.Fatalf("%s has no form: %s", at, page)
	}
	pressed, err := reader.PostForm(at, url.Values{"form": {html.UnescapeString(field[1])}})
	if err != nil {
		t.Fatal(err)
	}
	pressed.Body.Close()
	if pressed.StatusCode != http.StatusOK {
		t.Fatalf("the button is answered with %s", pressed.Status)
	}
}

func TestSubscription(t *testing.T) {
	t.Parallel()
	c, far := mailer(t)
	c.want(0, "", "No subscriptions.\n", "subscription", "list")
	c.want(1, "", "to: must be a bare mail address", "sub", "add", "nowhere")
	c.want(1, "", `"ended" is no kind of event`, "subscription", "add", "ada@example.com", "--event", "ended")
	c.want(2, "", "--label must be NAME=VALUE", "subscription", "add", "ada@example.com", "--label", "x")
	c.want(2, "", "--longer-than must be a time", "subscription", "add", "ada@example.com", "--longer-than", "soon")
	c.want(2, "", "--longer-than must be a time", "subscription", "add", "ada@example.com", "--longer-than", "")
	c.want(1, "", "longer_than_seconds: must be 0 to 2592000", "subscription", "add", "ada@example.com", "--longer-than", "31d")
	c.plain("crm-one", "CRM")
	made := c.run("subscriptions", "add", "ada@Example.com", "--name", "mine", "--event", "task.failed,approval.*", "--task", "crm-o", "--kind", "k", "--owner", "group:ops",
		"--label", "b=c", "--label", "a=b", "--longer-than", "90s")
	id := hookID.FindString(made.stdout)
	if want := "Subscription " + id + " tells ada@example.com of task.failed, approval.*, only of kind k, label a=b, label b=c, owner group:ops, task crm-one.\n"; made.code != 0 || made.stdout != want {
		t.Errorf("prints %q, want %q", made.stdout, want)
	}
	if !strings.Contains(made.stderr, "A mail is on its way to ada@example.com") {
		t.Errorf("says %q", made.stderr)
	}
	c.want(0, "off: its address is not confirmed yet", "", "subscription", "list")
	c.want(1, "", "it was sent a moment ago", "subscription", "confirm", "mine")
	c.want(1, "", "it is not confirmed: open the link", "subscription", "on", "mine")
	c.want(1, "", "it is not confirmed: open the link in the mail that was sent there", "subscription", "test", "mine")
	c.want(1, "", "your subscription "+id, "subscription", "add", "ADA@example.com", "--task", "crm-one", "--kind", "k", "--owner", "group:ops", "--label", "b=c", "--label", "a=b")
	confirm(t, c, far, 1)
	for _, name := range []string{id, "mine", "ada@example.com", "ADA@Example.com", id[:8], strings.TrimPrefix(id, "sub_")[:6]} {
		c.want(0, "State          on\n", "", "subscription", "show", name)
	}
	c.want(0, "Ends of runs   of 1 min 30 s or longer, unless they failed\n", "", "subscription", "show", "mine")
	c.want(0, "address.confirm", "", "subscription", "show", "mine")
	c.want(1, "", "there is nothing to confirm", "subscription", "confirm", "mine")
	c.want(0, "The mail server has taken it, for ada@example.com.\n", "", "subscription", "test", "mine")
	c.want(0, "email ada@example.com", "", "deliveries", "--subscription", "mine")
	far.Refuse("ada@example.com", 450)
	c.want(1, "", "ada@example.com has not taken it: ", "subscription", "test", "mine")
	c.want(0, "Subscription "+id+" is off.\n", "", "subscription", "off", "mine")
	c.want(0, "off: switched off by admin", "", "subscription", "list")
	c.want(0, "Subscription "+id+" is on.\n", "", "subscription", "on", "mine")
	if r := c.run("__complete", "subscription", "show", ""); !strings.Contains(r.stdout, id+"\tmine ada@example.com") {
		t.Errorf("completes %q", r.stdout)
	}
	c.run("subscription", "add", "ada@example.com")
	c.want(2, "", `"ada@example.com" may mean 2 subscriptions`, "subscription", "remove", "ada@example.com")
	c.want(1, "", "there is no such subscription", "subscription", "show", "sub_")
	c.want(0, "Removed subscription "+id+".\n", "", "subscription", "remove", "mine")
	c.want(2, "", "[subscription webhook] were all set", "deliveries", "--webhook", "a", "--subscription", "b")
}

func TestSubscriptionsAsJSON(t *testing.T) {
	t.Parallel()
	c, _ := mailer(t)
	var made, read struct {
		ID     string
		Longer int64 `json:"longer_than_seconds"`
		Events []string
		On     bool
	}
	if r := c.run("subscription", "add", "ada@example.com", "--json"); json.Unmarshal([]byte(r.stdout), &made) != nil || made.ID == "" || made.On || made.Longer != 600 || len(made.Events) == 0 || r.stderr != "" {
		t.Errorf("prints %q, %q", r.stdout, r.stderr)
	}
	if r := c.run("subscription", "show", made.ID, "--json"); json.Unmarshal([]byte(r.stdout), &read) != nil || read.ID != made.ID {
		t.Errorf("prints %q", r.stdout)
	}
	var all struct{ Subscriptions []struct{ ID string } }
	if r := c.run("subscription", "list", "--all", "--json"); json.Unmarshal([]byte(r.stdout), &all) != nil || len(all.Subscriptions) != 1 || all.Subscriptions[0].ID != made.ID {
		t.Errorf("prints %q", r.stdout)
	}
}

func TestNoMail(t *testing.T) {
	t.Parallel()
	clientOf(t).want(1, "", "set email.server and email.from", "subscription", "add", "ada@example.com")
}

func TestRotatePushKey(t *testing.T) {
	t.Parallel()
	c := clientOf(t)
	first := c.run("subscription", "rotate-push-key")
	if first.code != 0 || !regexp.MustCompile(`^[\w-]{87}\n$`).MatchString(first.stdout) {
		t.Errorf("%+v", first)
	}
	next := c.run("subscription", "rotate-push-key", "--overlap", "7d")
	if next.stdout == first.stdout || !strings.Contains(next.stderr, "The one before is good until ") {
		t.Errorf("%+v after %+v", next, first)
	}
	if r := c.run("sub", "rotate-push-key", "--overlap", "0s"); r.code != 0 || r.stderr != "" {
		t.Errorf("%+v", r)
	}
	c.want(2, "", "--overlap must be a time", "subscription", "rotate-push-key", "--overlap", "soon")
	c.want(1, "", "overlap_seconds: must be 0 to 15552000", "subscription", "rotate-push-key", "--overlap", "181d")
	var k struct{ Key string }
	if r := c.run("subscription", "rotate-push-key", "--json"); json.Unmarshal([]byte(r.stdout), &k) != nil || len(k.Key) != 87 {
		t.Errorf("prints %s", r.stdout)
	}
}

// TestHostileSubscription is that no text of a subscription reaches a terminal as it is.
func TestHostileSubscription(t *testing.T) {
	t.Parallel()
	c, _ := mailer(t)
	const evil = `\u001b[2J\u001b]0;x\u0007\u202e\u009b31m\u007f`
	id := hookID.FindString(c.post("/api/subscriptions", `{"channel":"email","to":"ada@example.com","name":"N`+evil+`","kind":"K`+evil+`","owner":"O`+evil+`","labels":{"a":"L`+evil+`"}}`))
	bad := regexp.MustCompile("[\x00-\x09\x0b-\x1f\x7f]|\u009b|\u202e")
	for _, args := range [][]string{{"list"}, {"list", "--json"}, {"show", id}, {"show", id, "--json"}, {"show", "x\x1b[31m"}} {
		r := c.run(append([]string{"subscription"}, args...)...)
		if out := r.stdout + r.stderr; bad.MatchString(out) || out == "" {
			t.Errorf("herald subscription %q writes %q", args, out)
		}
	}
	if r := c.run("__complete", "subscription", "show", ""); strings.ContainsAny(r.stdout, "\x1b\x07\x7f") || !strings.Contains(r.stdout, id) {
		t.Errorf("completes %q", r.stdout)
	}
}
