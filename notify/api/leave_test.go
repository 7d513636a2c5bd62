package api

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/ticket"
)

// toLeave is the link that ends the mail of a person.
func (o *office) toLeave(name string) string {
	m := &notify.Message{Sub: subOf(name)}
	return o.links.Leave(m, name+"@example.com")
}

func (o *office) toConfirm(name string) string {
	return o.links.Confirm(subOf(name), name+"@example.com", o.now().Add(time.Hour))
}

func (o *office) change(name string, fn func(*notify.Subscription)) {
	o.t.Helper()
	if _, err := o.ledger.Change(context.Background(), subOf(name), func(s *notify.Subscription) error { fn(s); return nil }); err != nil {
		o.t.Fatal(err)
	}
}

// multipartClick is a click in the form that RFC 8058 prefers.
const multipartClick = "--b\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--b--\r\n"

// TestOneClick sends what mail providers send: no cookie, nothing of where it is from.
func TestOneClick(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	for name, click := range map[string][2]string{
		"ana": {"application/x-www-form-urlencoded", "List-Unsubscribe=One-Click"},
		"bob": {"multipart/form-data; boundary=b", multipartClick},
		"eva": {"application/x-www-form-urlencoded; charset=utf-8", "list=1&List-Unsubscribe=one-click"},
	} {
		o.member(name)
		got := o.visitor().ask("POST", o.toLeave(name), click[1], "Content-Type: "+click[0], "Origin: https://mail.example").want(200, "Unsubscribed", name+"@example.com")
		if s := o.sub(name); s.Off != left || s.OffAt.IsZero() || got.header.Get("Location") != "" {
			t.Errorf("%s: %q at %v", name, s.Off, s.OffAt)
		}
		at := o.sub(name).OffAt
		o.pass(time.Hour)
		o.visitor().ask("POST", o.toLeave(name), click[1], "Content-Type: "+click[0]).want(200, "Unsubscribed")
		if s := o.sub(name); s.Off != left || !s.OffAt.Equal(at) {
			t.Errorf("%s: it was ended twice, %q at %v", name, s.Off, s.OffAt)
		}
	}
	if len(o.lanes) != 6 || o.lanes[0].Address.Channel != "email" {
		t.Errorf("%v", o.lanes)
	}
}

// TestLeaveByHand goes the way of a person: a page, whose button ends it.
func TestLeaveByHand(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	o.member("ana")
	o.change("ana", func(s *notify.Subscription) { s.Name = "Nightly <runs>" })
	link, b := o.toLeave("ana"), o.visitor()
	page := b.open(link).want(200, "No more of this mail?", "ana@example.com", "(“Nightly <runs>”)", "Unsubscribe")
	for _, body := range []string{"", "x=y", "List-Unsubscribe=Two-Clicks", "%zz", "List-Unsubscribe=One-Click&" + strings.Repeat("x", 5000)} {
		b.ask("POST", link, body).want(200, "No more of this mail?")
	}
	b.ask("POST", link, "List-Unsubscribe=One-Click", "Content-Type: application/json").want(200, "No more of this mail?")
	if o.sub("ana").Off != "" {
		t.Fatal("it is off")
	}
	if !strings.Contains(page.body, `<input type="hidden" name="List-Unsubscribe" value="One-Click">`) {
		t.Error(page.body)
	}
	b.ask("POST", link, "List-Unsubscribe=One-Click", sent...).want(200, "Unsubscribed", "ana can log in and switch it on again under Notifications")
	b.open(link).want(200, "Unsubscribed", "Why: unsubscribed from a mail").without("<form")
}

// TestLeaveTooLate holds what a link says that ends nothing: whoever wants no mail gets
// none, and is told so.
func TestLeaveTooLate(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	for _, name := range []string{"gone", "moved", "off", "old"} {
		o.member(name)
	}
	if err := o.ledger.Unsubscribe(context.Background(), subOf("gone"), o.now()); err != nil {
		t.Fatal(err)
	}
	o.change("moved", func(s *notify.Subscription) { s.Address.To = "other@example.com" })
	o.change("off", func(s *notify.Subscription) { s.Off = "switched off by ana" })
	const click = "List-Unsubscribe=One-Click"
	for _, name := range []string{"gone", "moved"} {
		o.visitor().open(o.toLeave(name)).want(200, "Nothing is sent any more").without("@example.com")
		o.visitor().ask("POST", o.toLeave(name), click).want(200, "Nothing is sent any more")
	}
	o.visitor().ask("POST", o.toLeave("off"), click).want(200, "Unsubscribed", "switched off by ana")
	if o.sub("moved").Off != "" || o.sub("off").Off != "switched off by ana" {
		t.Error("another address was switched off, or for another reason")
	}
	old := o.toLeave("old")
	o.pass(2*365*24*time.Hour + time.Minute)
	o.visitor().ask("POST", old, click).want(410, "This link has expired", "Nothing was done with it.", "under Notifications")
	o.visitor().ask("POST", old[:len(old)-1], click).want(404)
	if o.sub("old").Off != "" {
		t.Error("a link is good for ever")
	}
}

// TestConfirm goes the way of a new address.
func TestConfirm(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	o.Person("ana", access.RoleMember)
	o.subscribe("ana", notify.Unconfirmed)
	link, b := o.toConfirm("ana"), o.visitor()
	page := b.open(link).want(200, "ana wants Herald at https://herald.example.com to send mail about tasks to ana@example.com.", "Yes, write to me")
	b.ask("POST", link, "").want(403, "press the button once more")
	b.ask("POST", link, "form=x", sent...).want(403, "press the button once more")
	o.visitor().ask("POST", link, page.fields(), sent...).want(403)
	b.ask("POST", link, page.fields(), "Sec-Fetch-Site: cross-site").want(403)
	b.ask("POST", link, "List-Unsubscribe=One-Click").want(403)
	if o.sub("ana").Off != notify.Unconfirmed {
		t.Fatal("it is confirmed")
	}
	b.ask("POST", link, page.fields(), sent...).want(303)
	if s := o.sub("ana"); s.Off != "" || !s.OffAt.IsZero() || len(o.lanes) != 1 {
		t.Errorf("%+v", s)
	}
	b.open(link).want(200, "Confirmed", "ana@example.com").without("<form")
	b.ask("POST", link, page.fields(), sent...).want(200, "Confirmed")
	o.visitor().ask("POST", o.toLeave("ana"), "List-Unsubscribe=One-Click").want(200)
	b.open(link).want(200, "This address is switched off", "unsubscribed from a mail").without("<form")
	b.ask("POST", link, page.fields(), sent...).want(200, "This address is switched off")
	if o.sub("ana").Off != left {
		t.Error("an old link undoes what somebody wished since")
	}
}

// TestConfirmTooLate holds that a link confirms the address alone that it was sent to, in
// its time.
func TestConfirmTooLate(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	for _, name := range []string{"gone", "moved", "nobody", "old"} {
		if name != "nobody" {
			o.Person(name, access.RoleMember)
		}
		o.subscribe(name, notify.Unconfirmed)
	}
	old := o.visitor()
	form := old.open(o.toConfirm("moved")).fields()
	o.change("moved", func(s *notify.Subscription) { s.Address.To = "other@example.com" })
	if err := o.ledger.Unsubscribe(context.Background(), subOf("gone"), o.now()); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"gone": "This link is off", "moved": "The address has changed", "nobody": "nobody is not here any more"} {
		o.visitor().open(o.toConfirm(name)).want(410, want).without("<form", "@example.com")
	}
	old.ask("POST", o.toConfirm("moved"), form, sent...).want(410)
	late := o.toConfirm("old")
	o.pass(time.Hour)
	o.visitor().open(late).want(410, "This link has expired", "Nothing was done with it.", "under Notifications")
	for _, name := range []string{"moved", "nobody", "old"} {
		if o.sub(name).Off != notify.Unconfirmed {
			t.Errorf("%s is confirmed", name)
		}
	}
}

// TestMovedInBetween holds that a pass changes nothing of an address that is new since it
// was looked at.
func TestMovedInBetween(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	o.member("ana")
	p := passage{Pass: ticket.Pass{Of: ticket.OfAddress("ana@example.com")}, sub: o.sub("ana")}
	o.change("ana", func(s *notify.Subscription) { s.Address.To = "other@example.com" })
	s := &server{Options: Options{Ledger: o.ledger, Poke: func([]notify.Lane) {}}}
	if err := s.alter(visit(), p, func(s *notify.Subscription) { leave(s, o.now()) }); err != nil || o.sub("ana").Off != "" {
		t.Errorf("%v, %q", err, o.sub("ana").Off)
	}
	if err := o.ledger.Unsubscribe(context.Background(), subOf("ana"), o.now()); err != nil {
		t.Fatal(err)
	}
	if err := s.alter(visit(), p, confirm); err != nil {
		t.Error(err)
	}
	if code := progress.CodeOf(o.ledger.Unsubscribe(context.Background(), subOf("ana"), o.now())); code != progress.NotFound {
		t.Error(code)
	}
}
