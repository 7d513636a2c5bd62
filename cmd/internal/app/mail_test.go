package app_test

import (
	"context"
	"html"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/taskherald/herald/notify/email/smtpfake"
	"github.com/taskherald/herald/progress/db/dbtest"
)

// TestMail confirms an address, and decides an approval by the link of a mail.
func TestMail(t *testing.T) {
	t.Parallel()
	for _, dialect := range []string{dbtest.SQLite, dbtest.Postgres} {
		t.Run(dialect, func(t *testing.T) {
			t.Parallel()
			post := smtpfake.New(t, smtpfake.Options{})
			h := start(t, settings(t, dbtest.URL(t, dialect), "HERALD_ADMIN_TOKEN="+pageToken,
				"HERALD_EMAIL_SERVER="+post.Addr(), "HERALD_EMAIL_TLS=off", "HERALD_EMAIL_FROM=Herald <herald@example.com>"))
			if code, body := h.call("POST", "/api/subscriptions", pageToken, `{"channel":"email","to":"ada@example.com"}`); code != 201 {
				t.Fatal(code, body)
			}
			confirm := h.link(post, 1, "confirm")
			if page := h.press(confirm, nil); !strings.Contains(page, "Confirmed") {
				t.Error(page)
			}
			h.asks("one")
			approve, leave := h.link(post, 2, "act"), h.link(post, 2, "leave")
			if page := h.open(approve); h.approval("one") != "pending  " || !strings.Contains(page, "Approve") {
				t.Errorf("once it was opened it is %q:\n%s", h.approval("one"), page)
			}
			h.press(approve, url.Values{"verb": {"approve"}})
			if got := h.approval("one"); got != "approved admin mail" {
				t.Error(got)
			}
			if page := h.open(approve); !strings.Contains(page, "Approved by admin, by mail") {
				t.Error(page)
			}
			h.open(approve + "/more")
			for _, secret := range []string{confirm, approve, leave} {
				if ticket := secret[strings.LastIndexByte(secret, '/')+1:]; strings.Contains(h.log.String(), ticket) {
					t.Errorf("the log has %s:\n%s", secret, h.log)
				}
			}
		})
	}
}

// link is the first link of a mail to a sort of page.
func (h *herald) link(post *smtpfake.Server, mail int, page string) string {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(h.t.Context(), patience)
	defer cancel()
	mails, err := post.Await(ctx, mail)
	if err != nil {
		h.t.Fatal(err)
	}
	text := mails[mail-1].Text()
	link := regexp.MustCompile(regexp.QuoteMeta(h.url) + "/" + page + `/\S+`).FindString(text)
	if link == "" {
		h.t.Fatalf("there is no link to %s in\n%s", page, text)
	}
	return link
}

// open follows a link, as whatever reads mails does.
func (h *herald) open(link string) string {
	h.t.Helper()
	answer, err := http.Get(link)
	if err != nil {
		h.t.Fatal(err)
	}
	_, page := read(h.t, answer)
	return page
}

var formValue = regexp.MustCompile(`name="form" value="([^"]*)"`)

// press follows a link in a browser of its own, presses the button there, and gives the
// page after it.
func (h *herald) press(link string, fields url.Values) string {
	h.t.Helper()
	page, pressed := h.presses(link, fields)
	if !pressed {
		h.t.Fatalf("there is no button:\n%s", page)
	}
	return page
}

// presses is press where there may be no button any more: the page says why.
func (h *herald) presses(link string, fields url.Values) (page string, pressed bool) {
	h.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		h.t.Fatal(err)
	}
	browser := &http.Client{Jar: jar, Timeout: patience}
	answer, err := browser.Get(link)
	if err != nil {
		h.t.Fatal(err)
	}
	_, page = read(h.t, answer)
	value := formValue.FindStringSubmatch(page)
	if value == nil {
		return page, false
	}
	form := url.Values{"form": {html.UnescapeString(value[1])}}
	maps.Copy(form, fields)
	if answer, err = browser.PostForm(link, form); err != nil {
		h.t.Fatal(err)
	}
	code, page := read(h.t, answer)
	if code != http.StatusOK {
		h.t.Error(code, page)
	}
	return page, true
}
