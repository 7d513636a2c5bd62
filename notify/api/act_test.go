package api

import (
	"context"
	"maps"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/ticket"
)

// risky is a gate that has all there is to show.
func risky() progress.Gate {
	return progress.Gate{
		Prompt: "Deploy to <production>?", Effects: []string{"Shop is down for a minute"}, Options: []string{"now", "tonight"},
		Approvers: []string{"ana", "bob"}, Risk: "medium", ExpiresIn: 7200, OnReject: progress.RejectCancels,
	}
}

// TestDecideByMail goes the way of a link from the mail to the decision, and what it shows
// from then on.
func TestDecideByMail(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	o.member("ana")
	o.asks("t", risky())
	link, b := o.invite("t", "ana", progress.ViaMail).Page, o.visitor()
	if !strings.HasPrefix(link, "https://herald.example.com/act/") {
		t.Error(link)
	}
	page := b.open(link).want(200, "Release t", "Approval needed for step 2: Deploy", "Deploy to <production>?", "Shop is down for a minute", "You decide as ana.",
		"ana or bob", "Riskmedium", "in 1 h 59 min; then it counts as rejected", "now", "tonight", "✓ Approve", "✕ Reject", "Rejecting cancels the task.")
	page.without("<production>?", "<script", "needed of")
	done := b.ask("POST", link, page.fields("verb", "approve", "option", "tonight", "reason", "fine <b>"), sent...).want(303)
	if to := done.header.Get("Location"); !strings.HasSuffix(link, to) || !strings.HasPrefix(to, "/act/") {
		t.Errorf("it leads to %s", to)
	}
	o.decided("t", progress.ApprovalApproved, "ana", progress.ViaMail)
	if a := o.approval("t"); a.Option != "tonight" || a.Reason != "fine <b>" {
		t.Errorf("%+v", a)
	}
	after := o.kept("t")
	outcome := "✓ Approved by ana, by mail, with “tonight”: fine <b>."
	b.open(link).want(200, "Release t", outcome, "What was asked for step 2: Deploy").without("<form", "<b>.")
	b.ask("POST", link, page.fields("verb", "approve"), sent...).want(200, outcome)
	b.ask("POST", link, page.fields("verb", "reject"), sent...).want(200, outcome)
	o.visitor().press(o.invite("t", "ana", progress.ViaMail).Reject, "reject").want(200, outcome)
	if o.kept("t") != after || o.events("t", progress.ApprovalDecided) != 1 {
		t.Error("a link counted twice")
	}
	o.visitor().open(o.invite("t", "bob", progress.ViaMail).Page).want(410, "bob is not here any more")
}

// TestEachLink holds that a link has the buttons that it is for, and no other works.
func TestEachLink(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	o.member("ana")
	o.asks("t", progress.Gate{})
	i := o.invite("t", "ana", progress.ViaPush)
	o.visitor().open(i.Approve).want(200, "✓ Approve", "May “Deploy” begin?", "anyone who may approve").without("✕ Reject")
	o.visitor().press(i.Approve, "reject").want(403, "press the button once more")
	o.visitor().press(i.Approve, "cancel").want(403)
	o.visitor().press(i.Reject, "approve").want(403)
	o.visitor().open(i.Reject).want(200, "✕ Reject").without("✓ Approve")
	before := o.kept("t")
	o.visitor().press(i.Reject, "reject", "reason", "no").want(303)
	o.decided("t", progress.ApprovalRejected, "ana", progress.ViaPush)
	o.visitor().open(i.Approve).want(200, "✕ Rejected by ana, from a push message: no.", "failed")
	if before == o.kept("t") {
		t.Error("nothing was decided")
	}
}

// TestLookingDecidesNothing asks for links as scanners do.
func TestLookingDecidesNothing(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	o.member("ana")
	o.Person("new", access.RoleMember)
	o.subscribe("new", notify.Unconfirmed)
	o.asks("t", progress.Gate{})
	i := o.invite("t", "ana", progress.ViaMail)
	all := []string{
		i.Approve, i.Reject, i.Page, o.links.Leave(o.message("t", "ana"), "ana@example.com"), o.links.Confirm(subOf("new"), "new@example.com", o.now().Add(time.Hour)),
	}
	before, b := o.kept("t"), o.visitor()
	statuses := map[string]int{"GET": 200, "HEAD": 200, "OPTIONS": 405}
	for n := range 10_000 {
		method := []string{"GET", "HEAD", "OPTIONS"}[n%3]
		if got := b.ask(method, all[n%len(all)], ""); got.status != statuses[method] {
			t.Fatalf("%s: %d", method, got.status)
		}
	}
	for _, method := range []string{"PUT", "PATCH", "DELETE", "QUERY"} {
		for _, link := range all {
			b.ask(method, link, "").want(405)
		}
	}
	if after := o.kept("t"); after != before {
		t.Errorf("looking changed\n%s to\n%s", before, after)
	}
	b.press(i.Approve, "approve").want(303) // they are good all the same
}

// TestOneDecision has many people press at once.
func TestOneDecision(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	people := []string{"ana", "bob", "eva", "joe", "kim"}
	for _, p := range people {
		o.member(p)
	}
	o.asks("t", progress.Gate{OnReject: progress.RejectSkips})
	var all sync.WaitGroup
	var mu sync.Mutex
	statuses := map[int]int{}
	start := make(chan struct{})
	for n := range 50 {
		i, verb := o.invite("t", people[n%len(people)], progress.ViaMail), "approve"
		link := i.Approve
		if n%2 == 1 {
			link, verb = i.Reject, "reject"
		}
		b := o.visitor()
		form := b.open(link).want(200).fields("verb", verb)
		all.Go(func() {
			<-start
			got := b.ask("POST", link, form, sent...)
			mu.Lock()
			defer mu.Unlock()
			statuses[got.status]++
			if got.status == 409 && !strings.Contains(got.text(), "by ") {
				t.Errorf("a refusal does not say who decided: %s", got.text())
			}
		})
	}
	close(start)
	all.Wait()
	if n := o.events("t", progress.ApprovalDecided); n != 1 || len(o.approval("t").Votes) != 1 {
		t.Errorf("%d decisions, %v", n, statuses)
	}
	for status := range statuses {
		if status != 303 && status != 409 && status != 200 {
			t.Errorf("%d answers with %d", statuses[status], status)
		}
	}
	if statuses[303] == 0 {
		t.Error(statuses)
	}
}

// TestBothPressesCount holds that a double press is one, and is answered as one.
func TestBothPressesCount(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	o.member("ana")
	o.asks("t", progress.Gate{Quorum: 2})
	link, b := o.invite("t", "ana", progress.ViaMail).Page, o.visitor()
	form := b.open(link).fields("verb", "approve")
	var both sync.WaitGroup
	for range 8 {
		other := &visitor{office: o, t: t, cookies: map[string]*http.Cookie{}}
		maps.Copy(other.cookies, b.cookies)
		both.Go(func() {
			if got := other.ask("POST", link, form, sent...); got.status != 303 && got.status != 403 {
				t.Errorf("status %d: %s", got.status, got.text())
			}
		})
	}
	both.Wait()
	if a := o.approval("t"); len(a.Votes) != 1 || o.events("t", progress.ApprovalVoted) != 1 {
		t.Errorf("%+v", a.Votes)
	}
}

// TestQuorum needs two people's links.
func TestQuorum(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	o.member("ana")
	o.member("bob")
	o.asks("t", progress.Gate{Quorum: 2, Approvers: []string{"ana", "bob"}})
	mine, yours := o.invite("t", "ana", progress.ViaMail), o.invite("t", "bob", progress.ViaMail)
	b := o.visitor()
	b.open(mine.Page).want(200, "Approvals0 of 2 needed")
	b.press(mine.Page, "approve").want(303)
	b.open(mine.Page).want(200, "Your approval counts. 1 of 2 needed.", "anaapproved by mail", "✕ Reject").without("✓ Approve")
	b.open(mine.Approve).want(200, "1 of 2 needed").without("<button", "<form")
	b.press(mine.Approve, "approve").want(200, "Your approval counts.")
	if a := o.approval("t"); a.Status != progress.ApprovalPending || len(a.Votes) != 1 {
		t.Fatalf("%+v", a)
	}
	o.visitor().press(yours.Approve, "approve").want(303)
	o.decided("t", progress.ApprovalApproved, "bob", progress.ViaMail)
	b.open(mine.Page).want(200, "✓ Approved by bob, by mail.", "Approvals2 of 2 needed")
}

// TestHeaders holds what every page behind a link has.
func TestHeaders(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	o.member("ana")
	o.Person("new", access.RoleMember)
	o.subscribe("new", notify.Unconfirmed)
	o.asks("t", progress.Gate{})
	i := o.invite("t", "ana", progress.ViaMail)
	b := o.visitor()
	forged := i.Page[:len(i.Page)-4]
	pages := []answer{
		b.open(i.Page).want(200), b.press(i.Approve, "nothing").want(403), b.open(forged).want(404), b.open("/leave/x").want(404), b.open("/confirm/x").want(404),
		b.open(o.links.Leave(o.message("t", "ana"), "ana@example.com")).want(200),
		b.open(o.links.Confirm(subOf("new"), "new@example.com", o.now().Add(time.Hour))).want(200),
		b.press(i.Approve, "approve").want(303), b.open(i.Approve).want(200),
	}
	for n, p := range pages {
		for name, want := range map[string]string{
			"Content-Security-Policy": actPolicy, "Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff",
			"X-Robots-Tag": "noindex, nofollow", "Content-Type": "text/html; charset=utf-8",
		} {
			if got := p.header.Get(name); got != want && (p.status != 303 || name == "Cache-Control") {
				t.Errorf("page %d: %s is %q, want %q", n, name, got, want)
			}
		}
		for _, m := range regexp.MustCompile(`(?:href|src|action)="([^"]*)"`).FindAllStringSubmatch(p.body, -1) {
			if !strings.HasPrefix(m[1], "/") || strings.HasPrefix(m[1], "//") {
				t.Errorf("page %d: leads to %s", n, m[1])
			}
		}
		p.without("<script", "style=", "http-equiv")
	}
	k := pages[0].header.Get("Set-Cookie")
	for _, want := range []string{"herald_form_", "Path=/act/;", "HttpOnly", "Secure", "SameSite=Strict"} {
		if !strings.Contains(k, want) {
			t.Errorf("the cookie %q has no %s", k, want)
		}
	}
	o.url = "http://127.0.0.1:8080"
	if k := o.visitor().open(o.links.Confirm(subOf("new"), "new@example.com", o.now().Add(time.Hour))).header.Get("Set-Cookie"); strings.Contains(k, "Secure") || !strings.Contains(k, "Path=/confirm/;") {
		t.Error(k)
	}
}

// TestOnlyThePagesForm holds that nothing happens without the form and the cookie that
// the page of this very link gave.
func TestOnlyThePagesForm(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	o.member("ana")
	o.asks("t", progress.Gate{})
	i := o.invite("t", "ana", progress.ViaMail)
	before := o.kept("t")
	const again = "Nothing has happened yet: press the button once more."
	for name, try := range map[string]func(b *visitor) answer{
		"nothing": func(b *visitor) answer { return b.ask("POST", i.Page, "") },
		"a verb":  func(b *visitor) answer { return b.ask("POST", i.Page, "verb=approve") },
		"no cookie": func(b *visitor) answer {
			form := b.open(i.Page).fields("verb", "approve")
			b.cookies = map[string]*http.Cookie{}
			return b.ask("POST", i.Page, form, sent...)
		},
		"no form": func(b *visitor) answer { b.open(i.Page); return b.ask("POST", i.Page, "verb=approve", sent...) },
		"another's form": func(b *visitor) answer {
			form := o.visitor().open(i.Page).fields("verb", "approve")
			b.open(i.Page)
			return b.ask("POST", i.Page, form, sent...)
		},
		"another link's form": func(b *visitor) answer {
			form := b.open(i.Approve).fields("verb", "approve")
			b.open(i.Page)
			return b.ask("POST", i.Page, form, sent...)
		},
		"another site": func(b *visitor) answer {
			return b.ask("POST", i.Page, b.open(i.Page).fields("verb", "approve"), "Origin: https://evil.example", "Sec-Fetch-Site: cross-site")
		},
		"a neighbour": func(b *visitor) answer {
			return b.ask("POST", i.Page, b.open(i.Page).fields("verb", "approve"), "Sec-Fetch-Site: same-site")
		},
		"no form at all": func(b *visitor) answer {
			b.open(i.Page)
			return b.ask("POST", i.Page, "%zz", sent...)
		},
	} {
		b := o.visitor()
		page := try(b)
		if page.status != 403 || !strings.Contains(page.text(), again) || o.kept("t") != before {
			t.Errorf("%s: %d %s", name, page.status, page.text())
		}
	}
	b := o.visitor() // that page is as good as the first, in browsers too that say nothing of where a form is from
	page := b.ask("POST", i.Page, "verb=approve")
	b.ask("POST", i.Page, page.fields("verb", "approve"), "Origin: null").want(303)
	o.decided("t", progress.ApprovalApproved, "ana", progress.ViaMail)
}

// TestManyTabs holds that links which are open beside each other do not disturb each
// other, nor one that is opened twice.
func TestManyTabs(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	o.member("ana")
	o.asks("t", progress.Gate{})
	o.asks("u", progress.Gate{})
	b, one, two := o.visitor(), o.invite("t", "ana", progress.ViaMail).Page, o.invite("u", "ana", progress.ViaMail).Page
	first := b.open(one).fields("verb", "approve")
	second := b.open(two).fields("verb", "approve")
	b.open(one)
	b.ask("POST", two, second, sent...).want(303)
	b.ask("POST", one, first, sent...).want(303)
	o.decided("t", progress.ApprovalApproved, "ana", progress.ViaMail)
	o.decided("u", progress.ApprovalApproved, "ana", progress.ViaMail)
}

// TestHighRisk holds that a link of high risk needs its person's session.
func TestHighRisk(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	ana, bob := o.member("ana"), o.member("bob")
	o.asks("t", progress.Gate{Risk: "high", Prompt: "Drop the table?"})
	link := o.invite("t", "ana", progress.ViaMail).Page
	before, b := o.kept("t"), o.visitor()
	page := b.open(link).want(200, "Drop the table?", "only ana, logged in, can decide it with this link", "Log in as ana").without("<form", "<button")
	next := regexp.MustCompile(`href="(/login\?next=[^"]*)"`).FindStringSubmatch(page.body)
	if next == nil {
		t.Fatal("no way to log in")
	}
	if login := b.open(next[1]).want(200); !strings.Contains(login.body, `name="next" value="`+strings.TrimPrefix(link, "https://herald.example.com")+`"`) {
		t.Errorf("the login page does not lead back:\n%s", login.body)
	}
	form := o.sealer.Form("n", strings.TrimPrefix(link, "https://herald.example.com/act/"))
	b.cookies["x"] = &http.Cookie{Name: nonceName(strings.TrimPrefix(link, "https://herald.example.com/act/")), Value: "n", Path: "/act/"}
	b.ask("POST", link, "verb=approve&form="+form, sent...).want(200, "Log in as ana")
	b.ask("POST", link, "verb=approve&form="+form, append(sent, "Authorization: Bearer "+ana)...).want(200, "Log in as ana")
	b.login(bob)
	b.open(link).want(200, "you are logged in as bob, and only ana can decide").without("<form")
	b.ask("POST", link, "verb=approve&form="+form, sent...).want(200, "you are logged in as bob")
	if o.kept("t") != before {
		t.Error("it was decided")
	}
	b.login(ana)
	b.open(link).want(200, "You decide as ana.")
	b.ask("POST", link, "verb=approve&form="+form, "Sec-Fetch-Site: cross-site").want(200, "Log in as ana") // it borrows no session
	b.press(link, "approve").want(303)
	o.decided("t", progress.ApprovalApproved, "ana", progress.ViaMail)
}

// TestHighRiskInAReadersSession holds that a session which may only read decides nothing,
// whoever's it is.
func TestHighRiskInAReadersSession(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	reads := o.Person("ana", access.RoleMember, "read")
	o.subscribe("ana", "")
	o.asks("t", progress.Gate{Risk: "high"})
	link, b := o.invite("t", "ana", progress.ViaMail).Page, o.visitor()
	b.login(reads)
	b.open(link).want(200, "Log in as ana").without("<form")
	b.press(link, "approve").want(200, "Log in as ana")
	if a := o.approval("t"); a.Status != progress.ApprovalPending {
		t.Errorf("%+v", a)
	}
}

// TestOver holds what a link says that is good for nothing any more.
func TestOver(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	for _, name := range []string{"ana", "bob", "eva", "joe", "kim"} {
		o.member(name)
	}
	held := progress.Gate{ExpiresIn: 3600, Default: progress.DefaultHold}
	opened := map[string]string{}
	for id, who := range map[string]string{
		"superseded": "ana", "retried": "ana", "withdrawn": "ana", "late": "ana", "off": "bob", "removed": "eva", "disabled": "joe", "another": "kim",
	} {
		o.asks(id, held)
		opened[id] = o.invite(id, who, progress.ViaMail).Page
	}
	o.do("superseded", worker(), progress.Restart{})
	o.do("retried", worker(), progress.Report{Status: progress.Failed})
	o.do("retried", worker(), progress.Retry{})
	o.do("withdrawn", worker(), progress.Cancel{})
	change := func(name string, fn func(*notify.Subscription)) {
		if _, err := o.ledger.Change(context.Background(), subOf(name), func(s *notify.Subscription) error { fn(s); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	change("bob", func(s *notify.Subscription) { s.Off = "switched off by bob" })
	change("kim", func(s *notify.Subscription) { s.Owner = "ana" })
	if err := o.ledger.Unsubscribe(context.Background(), subOf("eva"), o.now()); err != nil {
		t.Fatal(err)
	}
	o.visitor().ask("PATCH", "/api/people/joe", `{"disabled":true}`, "Content-Type: application/json", "Authorization: Bearer the-admin-of-the-tests").want(200)
	for id, want := range map[string][]string{
		"superseded": {"The task has begun anew", "Release superseded", "pending"}, "retried": {"The task has begun anew"},
		"withdrawn": {"The question was withdrawn", "cancelled"}, "off": {"This link is off"}, "removed": {"This link is off"}, "another": {"This link is off"},
		"disabled": {"joe is not here any more"},
	} {
		b := o.visitor()
		b.open(opened[id]).want(410, want...).without("<form")
		b.ask("POST", opened[id], "verb=approve", sent...).want(410, want...)
	}
	for _, id := range []string{"off", "removed", "another", "disabled"} {
		o.visitor().open(opened[id]).without("Release", "Deploy")
	}
	o.pass(31 * 24 * time.Hour)
	o.visitor().open(opened["late"]).want(410, "This link has expired", "Release late").without("<form")
	o.visitor().open(opened["withdrawn"]).want(410, "The question was withdrawn") // what became of it matters more
	if a := o.approval("late"); a.Status != progress.ApprovalPending {
		t.Errorf("%+v", a)
	}
}

// TestAnotherQuestion holds that a link for a question that changed decides nothing.
func TestAnotherQuestion(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	o.member("ana")
	o.do("t", worker(), progress.Create{Spec: progress.Spec{Title: "Release t"}, Steps: []progress.Plan{{Name: "Build"}, {Name: "Deploy"}}})
	ask := func(prompt string) {
		o.do("t", worker(), progress.Ask{Step: progress.StepRef{Order: 2}, Gate: progress.Gate{Prompt: prompt}})
	}
	ask("Deploy 1.0?")
	old, b := o.invite("t", "ana", progress.ViaMail).Page, o.visitor()
	form := b.open(old).want(200, "Deploy 1.0?").fields("verb", "approve")
	ask("Deploy 2.0?")
	b.ask("POST", old, form, sent...).want(410, "Something else is asked now").without("Deploy 2.0?", "<form")
	b.press(o.invite("t", "ana", progress.ViaMail).Page, "approve").want(303)
	if a := o.approval("t"); a.Prompt != "Deploy 2.0?" || a.Status != progress.ApprovalApproved {
		t.Errorf("%+v", a)
	}
	b.open(old).want(410, "Something else is asked now")
}

// TestAskedAgain holds that a question which was answered in one attempt and is asked
// again, word for word, is not answered by what was pressed before.
func TestAskedAgain(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	o.member("ana")
	o.asks("t", progress.Gate{})
	first := o.invite("t", "ana", progress.ViaMail)
	o.visitor().press(first.Reject, "reject").want(303)
	o.do("t", worker(), progress.Retry{})
	o.report("t", 2, progress.StepRunning)
	second := o.invite("t", "ana", progress.ViaMail)
	o.visitor().open(first.Page).want(410, "The task has begun anew")
	o.visitor().press(second.Reject, "reject").want(303)
	if n := o.events("t", progress.ApprovalDecided); n != 2 {
		t.Errorf("%d decisions", n)
	}
}

// TestNotForThesePeople holds that a link shows nothing to a person who may not see the
// task any more, nor one that is gone, and says why who may look may not decide.
func TestNotForThesePeople(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	o.member("ana")
	o.member("bob")
	o.Person("eve", access.RoleViewer)
	o.subscribe("eve", "")
	o.asks("t", progress.Gate{Approvers: []string{"ana"}})
	o.visitor().open(o.invite("t", "bob", progress.ViaMail).Page).want(200, "Only ana may decide this.").without("<form")
	o.visitor().press(o.invite("t", "bob", progress.ViaMail).Page, "approve").want(200, "Only ana may decide this.")
	o.visitor().open(o.invite("t", "eve", progress.ViaMail).Page).want(200, "This needs the right to approve.").without("<form")
	o.do("mine", worker(), progress.Create{
		Spec: progress.Spec{Title: "Secret", Owner: "ana"}, Steps: []progress.Plan{{Name: "Build"}, {Name: "Hush", Gate: &progress.Gate{}}},
	})
	o.report("mine", 1, progress.StepCompleted)
	o.report("mine", 2, progress.StepRunning)
	o.visitor().open(o.invite("mine", "bob", progress.ViaMail).Page).want(410, "This is not for bob any more").without("Secret", "Hush")
	gone := ticket.Ticket{
		Verbs: []progress.Verb{progress.VerbApprove}, Task: "gone", Step: 1, Run: 1, Attempt: 1, Person: "ana", Via: progress.ViaMail, Sub: "sub_ana", Expires: o.now().Add(time.Hour),
	}
	o.visitor().open("/act/"+o.sealer.Seal(gone)).want(410, "The task is not there any more")
	gone.Task, gone.Step = "t", 99
	o.visitor().open("/act/"+o.sealer.Seal(gone)).want(410, "Something else is asked now")
	gone.Step, gone.Run = 2, 7
	o.visitor().open("/act/"+o.sealer.Seal(gone)).want(410, "The task has begun anew")
}

// TestForged holds that a link that was changed anywhere is none.
func TestForged(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	o.member("ana")
	o.asks("t", progress.Gate{})
	link := o.invite("t", "ana", progress.ViaMail).Page
	const begin = len("https://herald.example.com/act/")
	for n := begin; n < len(link); n++ {
		c := "A"
		if link[n] == 'A' {
			c = "B"
		}
		o.visitor().open(link[:n]+c+link[n+1:]).want(404, "This link is not good").without("Release")
	}
	leave := strings.TrimPrefix(o.links.Leave(o.message("t", "ana"), "ana@example.com"), "https://herald.example.com/leave/")
	o.visitor().open("/act/" + leave).want(404)
	o.visitor().open("/leave/" + link[begin:]).want(404)
	o.visitor().open("/confirm/" + leave).want(404)
	o.visitor().ask("POST", "/confirm/"+leave, "x=y").want(404)
}

// TestNobodyElsesLink holds that a page has the link of its reader alone.
func TestNobodyElsesLink(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	o.member("ana")
	o.member("bob")
	o.asks("t", risky())
	mine, yours := o.invite("t", "ana", progress.ViaMail), o.invite("t", "bob", progress.ViaMail)
	begin := len("https://herald.example.com/act/")
	for _, page := range []answer{o.visitor().open(mine.Page), o.visitor().press(mine.Page, "approve"), o.visitor().open(mine.Approve)} {
		page.without(yours.Page[begin:], yours.Approve[begin:], yours.Reject[begin:], mine.Page[begin:], mine.Approve[begin:], mine.Reject[begin:])
	}
}

// TestWrongOption holds that what cannot be is said on the page, which stays.
func TestWrongOption(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	o.member("ana")
	o.asks("t", risky())
	link, b := o.invite("t", "ana", progress.ViaMail).Page, o.visitor()
	page := b.press(link, "approve", "option", "never").want(400, "Option: must be now or tonight.", "✓ Approve")
	page = b.ask("POST", link, page.fields("verb", "approve", "reason", strings.Repeat("x", 5000)), sent...).want(413, "Reason: is 5000")
	b.ask("POST", link, page.fields("verb", "approve", "option", "now"), sent...).want(303)
}

// TestExpired holds that an approval that nobody decided says so.
func TestExpired(t *testing.T) {
	t.Parallel()
	o := openOffice(t)
	o.member("ana")
	o.asks("t", progress.Gate{ExpiresIn: 1})
	o.asks("u", progress.Gate{ExpiresIn: 1, Default: progress.DefaultApprove})
	link, other := o.invite("t", "ana", progress.ViaMail).Page, o.invite("u", "ana", progress.ViaMail).Page
	for until := time.Now().Add(20 * time.Second); o.approval("t").Status == progress.ApprovalPending || o.approval("u").Status == progress.ApprovalPending; {
		if time.Now().After(until) {
			t.Fatal("nothing expires")
		}
		time.Sleep(20 * time.Millisecond)
	}
	o.visitor().open(link).want(410, "Nobody decided in time", "failed").without("<form")
	o.visitor().open(other).want(200, "✓ Approved, as nobody decided in time.").without("<form")
}
