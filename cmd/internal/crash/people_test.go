package crash

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/taskherald/herald/notify/email/smtpfake"
	"github.com/taskherald/herald/notify/webpush/pushfake"
)

// all are the kinds of events, whatever their beginning.
var all = []string{"task.*", "step.*", "approval.*", "plan.*"}

// mailbox is one that is told of everything.
type mailbox struct {
	*office
	server *smtpfake.Server
	sub    string // the subscription
}

// phone is a browser that is told of everything.
type phone struct {
	*office
	device *pushfake.Device
	sub    string
}

// reach gives the server, which does not run yet, a mail server and a push service.
func (o *office) reach() (*smtpfake.Server, *pushfake.Service) {
	o.Helper()
	post, pushes := smtpfake.New(o, smtpfake.Options{}), pushfake.New(o)
	trusted := filepath.Join(o.home, "push.pem")
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pushes.Certificate().Raw})
	if err := os.WriteFile(trusted, cert, 0o600); err != nil {
		o.Fatal(err)
	}
	o.more = []string{
		"HERALD_EMAIL_SERVER=" + post.Addr(), "HERALD_EMAIL_TLS=off", "HERALD_EMAIL_FROM=Herald <herald@example.com>", "SSL_CERT_FILE=" + trusted,
	}
	return post, pushes
}

// post sends JSON as the admin, and reads the answer into v.
func (o *office) post(path string, body, v any) {
	o.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		o.Fatal(err)
	}
	o.ask(http.MethodPost, path, bytes.NewReader(text), v)
}

func (o *office) ask(method, path string, body io.Reader, v any) {
	o.Helper()
	req, err := http.NewRequestWithContext(o.Context(), method, o.URL()+path, body)
	if err != nil {
		o.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+adminToken)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		o.Fatal(err)
	}
	defer res.Body.Close()
	if said, _ := io.ReadAll(res.Body); res.StatusCode >= 300 || json.Unmarshal(said, v) != nil {
		o.Fatalf("%s: status %d: %s", path, res.StatusCode, said)
	}
}

// mail is a mailbox, which has confirmed that it wants to be told.
func (o *office) mail(server *smtpfake.Server) *mailbox {
	o.Helper()
	var made struct{ ID string }
	o.post("/api/subscriptions", map[string]any{"channel": "email", "to": "ada@example.com", "events": all, "longer_than_seconds": 0}, &made)
	ctx, cancel := context.WithTimeout(o.Context(), patience)
	defer cancel()
	first, err := server.Await(ctx, 1)
	if err != nil {
		o.Fatal(err)
	}
	o.press(regexp.MustCompile(`http://\S+/confirm/\S+`).FindString(first[0].Text()))
	return &mailbox{o, server, made.ID}
}

var formField = regexp.MustCompile(`name="form" value="([^"]*)"`)

// press opens a page, and presses its button.
func (o *office) press(link string) {
	o.Helper()
	jar, _ := cookiejar.New(nil)
	browser := &http.Client{Jar: jar, Timeout: patience}
	res, err := browser.Get(link)
	if err != nil {
		o.Fatal(err)
	}
	page, _ := io.ReadAll(res.Body)
	_ = res.Body.Close()
	field := formField.FindSubmatch(page)
	if field == nil {
		o.Fatalf("%d: there is no button: %s", res.StatusCode, page)
	}
	res, err = browser.PostForm(link, url.Values{"form": {string(field[1])}})
	if err != nil {
		o.Fatal(err)
	}
	if _ = res.Body.Close(); res.StatusCode != http.StatusOK {
		o.Fatal(res.Status)
	}
}

// phone is a browser that has turned notifications on.
func (o *office) phone(service *pushfake.Service) *phone {
	o.Helper()
	var key struct{ Key string }
	o.ask(http.MethodGet, "/api/push/key", nil, &key)
	point, err := base64.RawURLEncoding.DecodeString(key.Key)
	if err != nil {
		o.Fatal(err)
	}
	device := service.Subscribe(o, point)
	text, err := json.Marshal(device.Subscription())
	if err != nil {
		o.Fatal(err)
	}
	body := map[string]any{}
	if err := json.Unmarshal(text, &body); err != nil {
		o.Fatal(err)
	}
	body["events"] = all
	var made struct{ ID string }
	o.post("/api/push/subscriptions", body, &made)
	return &phone{o, device, made.ID}
}

// arrived holds that there is a mail about each event, which may have come twice where
// the server was killed, as the same mail.
func (m *mailbox) arrived(want []event, kills int) {
	m.Helper()
	poll(m, fmt.Sprintf("a mail about each of %d events has arrived", len(want)), func() bool { return len(m.mails()) > len(m.asked(want, m.sub)) })
	want = m.asked(want, m.sub)
	times, threads := m.mails(), map[string]bool{}
	for _, e := range want {
		threads[string(e.task)] = true
	}
	twice := len(m.server.Mails()) - len(times)
	if len(times) != len(want)+1 || twice > kills {
		m.Errorf("%d different mails about %d events and one question; %d came twice in %d kills", len(times), len(want), twice, kills)
	}
	if refused := m.server.Refused(); len(refused) > 0 {
		m.Errorf("mails that broke a rule: %q", refused)
	}
	roots := map[string]bool{}
	for _, mail := range m.server.Mails() {
		roots[mail.Header.Get("References")] = true
	}
	if delete(roots, ""); len(roots) != len(threads) {
		m.Errorf("%d threads for %d tasks", len(roots), len(threads))
	}
	m.Logf("mail: %d events, %d came twice, under the same id", len(want), twice)
}

// asked are the events but the questions that were answered before they could be asked.
func (o *office) asked(want []event, sub string) []event {
	o.Helper()
	answered := map[string]bool{}
	for cursor := ""; ; {
		var page struct {
			Deliveries []struct {
				Task      string `json:"task_id"`
				Seq       int64
				Type, Why string
			}
			Next *string
		}
		o.ask(http.MethodGet, "/api/deliveries?state=dropped&limit=200&subscription="+sub+cursor, nil, &page)
		for _, d := range page.Deliveries {
			if d.Type != "approval.needed" || !strings.HasPrefix(d.Why, "it needs no answer any more: approved by ") {
				o.Errorf("%s %d was not told: %s: %s", d.Task, d.Seq, d.Type, d.Why)
			}
			answered[fmt.Sprint(d.Task, d.Seq)] = true
		}
		if page.Next == nil {
			return slices.DeleteFunc(slices.Clone(want), func(e event) bool { return answered[fmt.Sprint(e.task, e.Seq)] })
		}
		cursor = "&cursor=" + *page.Next
	}
}

// mails are how often each came, by its id.
func (m *mailbox) mails() map[string]int {
	times := map[string]int{}
	for _, mail := range m.server.Mails() {
		times[mail.ID()]++
	}
	return times
}

// arrived holds that there is a message about each event, and that of what came twice
// one notification is shown: that of the task, which says how it ended.
func (p *phone) arrived(want []event, kills int) {
	p.Helper()
	poll(p, fmt.Sprintf("a message about each of %d events has arrived", len(want)), func() bool { return len(p.device.Messages()) >= len(p.asked(want, p.sub)) })
	want = p.asked(want, p.sub)
	messages, shown := p.device.Messages(), map[string]string{}
	for _, m := range messages {
		shown[m.Topic] = m.Text
	}
	tasks := map[string]bool{}
	for _, e := range want {
		tasks[string(e.task)] = tasks[string(e.task)] || e.Type == "task.completed"
	}
	ended, ready := 0, 0
	for _, over := range tasks {
		if over {
			ended++
		}
	}
	for _, text := range shown {
		if strings.Contains(text, "is ready!") {
			ready++
		}
	}
	if twice := len(messages) - len(want); twice > kills || len(shown) != len(tasks) || ready < ended {
		p.Errorf("%d messages about %d events, %d kills; %d notifications of %d tasks, %d of %d that are done say so",
			len(messages), len(want), kills, len(shown), len(tasks), ready, ended)
	} else {
		p.Logf("push: %d events, %d came twice, on the same topic", len(want), twice)
	}
}
