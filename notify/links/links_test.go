package links_test

import (
	"bytes"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/links"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/ticket"
)

const base = "https://herald.example.com"

var noon = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)

func made(t *testing.T) (*links.Links, *ticket.Sealer) {
	t.Helper()
	s, err := ticket.New(bytes.Repeat([]byte("k"), 32))
	if err != nil {
		t.Fatal(err)
	}
	return links.New(s, func() string { return base }, func() time.Time { return noon }), s
}

func message(g progress.Gate, expires time.Time) *notify.Message {
	m := &notify.Message{
		Sub: "sub_a", Task: &progress.Task{ID: "t", Run: 2, Attempt: 3},
		Asks: []notify.Ask{
			{Step: 4, Approval: &progress.Approval{Gate: g, Digest: "d4", ExpiresAt: expires}},
			{Step: 5, Approval: &progress.Approval{Digest: "d5"}},
		},
	}
	m.For.Person = "ana"
	return m
}

// opened is what is sealed in a link.
func opened(t *testing.T, s *ticket.Sealer, link string) ticket.Ticket {
	t.Helper()
	text, ok := strings.CutPrefix(link, base+"/act/")
	if u, err := url.Parse(link); !ok || err != nil || u.EscapedPath() != "/act/"+text {
		t.Fatalf("%s: %v", link, err)
	}
	k, err := s.Open(text, noon)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestInvite(t *testing.T) {
	t.Parallel()
	l, s := made(t)
	want := ticket.Ticket{
		Task: "t", Step: 4, Run: 2, Attempt: 3, Digest: "d4", Person: "ana", Via: progress.ViaPush, Sub: "sub_a", Expires: noon.Add(time.Hour),
	}
	for _, risk := range []string{"", "low", "medium", "high"} {
		i := l.Invite(message(progress.Gate{Risk: risk}, noon.Add(time.Hour)), progress.ViaPush)
		for link, verbs := range map[string][]progress.Verb{
			i.Approve: {progress.VerbApprove}, i.Reject: {progress.VerbReject}, i.Page: {progress.VerbApprove, progress.VerbReject},
		} {
			want.Verbs = verbs
			if got := opened(t, s, link); !reflect.DeepEqual(got, want) {
				t.Errorf("%+v, want %+v", got, want)
			}
		}
		if atOnce := risk == "" || risk == "low"; (i.Approves != "") != atOnce || atOnce && (i.Approve != base+"/act/"+i.Approves || i.Reject != base+"/act/"+i.Rejects) {
			t.Errorf("risk %q: %+v", risk, i)
		}
		if i.Risk != risk || i.Step != 4 || i.SignIn() != (risk == "high") {
			t.Errorf("%+v", i)
		}
	}
	if i := l.Invite(message(progress.Gate{}, time.Time{}), progress.ViaMail); i.Approves != "" || i.Rejects != "" || opened(t, s, i.Page).Via != progress.ViaMail {
		t.Errorf("a mail has tickets for programs: %+v", i)
	}
}

// TestUntil holds that a link ends with its approval, and after a month at the latest.
func TestUntil(t *testing.T) {
	t.Parallel()
	l, s := made(t)
	const month = 30 * 24 * time.Hour
	for _, c := range []struct {
		gate    progress.Gate
		expires time.Time
		want    time.Duration
	}{
		{progress.Gate{}, time.Time{}, month},
		{progress.Gate{}, noon.Add(2 * month), month},
		{progress.Gate{}, noon.Add(time.Minute), time.Minute},
		{progress.Gate{Default: progress.DefaultHold}, noon.Add(time.Minute), month},
	} {
		if got := opened(t, s, l.Invite(message(c.gate, c.expires), progress.ViaMail).Page).Expires.Sub(noon); got != c.want {
			t.Errorf("%+v: %s, want %s", c, got, c.want)
		}
	}
}

func TestNothingToDecide(t *testing.T) {
	t.Parallel()
	l, _ := made(t)
	for _, change := range []func(*notify.Message){
		func(m *notify.Message) { m.Asks = nil }, func(m *notify.Message) { m.Task = nil }, func(m *notify.Message) { m.For.Person = "" },
	} {
		m := message(progress.Gate{}, time.Time{})
		change(m)
		if i := l.Invite(m, progress.ViaMail); i != nil {
			t.Errorf("%+v", i)
		}
	}
}

func TestPasses(t *testing.T) {
	t.Parallel()
	l, s := made(t)
	text, ok := strings.CutPrefix(l.Leave(message(progress.Gate{}, time.Time{}), "ana@example.com"), base+"/leave/")
	p, err := s.OpenPass(text, noon.Add(365*24*time.Hour))
	if !ok || err != nil || p.For != ticket.ForLeave || p.Subject != "sub_a" || p.Of != ticket.OfAddress("ana@example.com") {
		t.Errorf("%+v, %v", p, err)
	}
	text, ok = strings.CutPrefix(l.Confirm("sub_b", "bob@example.com", noon.Add(time.Hour)), base+"/confirm/")
	p, err = s.OpenPass(text, noon)
	if !ok || err != nil || p != (ticket.Pass{For: ticket.ForConfirm, Subject: "sub_b", Of: ticket.OfAddress("bob@example.com"), Expires: noon.Add(time.Hour)}) {
		t.Errorf("%+v, %v", p, err)
	}
}

// TestTheTime holds that links know the time by themselves.
func TestTheTime(t *testing.T) {
	t.Parallel()
	_, s := made(t)
	i := links.New(s, func() string { return base }, nil).Invite(message(progress.Gate{}, time.Time{}), progress.ViaMail)
	if left := time.Until(opened(t, s, i.Page).Expires); left < 29*24*time.Hour || left > 30*24*time.Hour {
		t.Error(left)
	}
}
