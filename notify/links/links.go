package links

import (
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/ticket"
)

// For how long links are good. An approval's end earlier, with it.
const (
	decideFor = 30 * 24 * time.Hour
	leaveFor  = 2 * 365 * 24 * time.Hour // mail is kept for long, and must be possible to end
)

// Links makes links. It may be used from any goroutine.
type Links struct {
	sealer *ticket.Sealer
	base   func() string
	now    func() time.Time
}

// New makes links to the server at base, which has no slash at its end. now is nil for
// time.Now.
func New(s *ticket.Sealer, base func() string, now func() time.Time) *Links {
	if now == nil {
		now = time.Now
	}
	return &Links{s, base, now}
}

// Invite is how the recipient of a message decides the first approval that it asks for,
// in their name and by that road; nil if there is none, or nobody is named.
func (l *Links) Invite(m *notify.Message, via progress.Via) *notify.Invite {
	if len(m.Asks) == 0 || m.Task == nil || m.For.Person == "" {
		return nil
	}
	ask := m.Asks[0]
	t := ticket.Ticket{
		Task: m.Task.ID, Step: ask.Step, Run: m.Task.Run, Attempt: m.Task.Attempt, Digest: ask.Approval.Digest,
		Person: m.For.Person, Via: via, Sub: string(m.Sub), Expires: l.until(ask.Approval),
	}
	approves, rejects := l.seal(t, progress.VerbApprove), l.seal(t, progress.VerbReject)
	i := &notify.Invite{
		Step: ask.Step, Risk: ask.Approval.Risk, Approve: l.act(approves), Reject: l.act(rejects),
		Page: l.act(l.seal(t, progress.VerbApprove, progress.VerbReject)),
	}
	if via == progress.ViaPush && i.AtOnce() {
		i.Approves, i.Rejects = approves, rejects
	}
	return i
}

func (l *Links) seal(t ticket.Ticket, verbs ...progress.Verb) string {
	t.Verbs = verbs
	return l.sealer.Seal(t)
}

func (l *Links) act(text string) string { return l.base() + "/act/" + text }

// until is when a link to decide ends.
func (l *Links) until(a *progress.Approval) time.Time {
	most := l.now().Add(decideFor)
	if lapse, ok := a.Lapses(); ok && lapse.Before(most) {
		return lapse
	}
	return most
}

// Leave is the URL that ends the subscription of a message, which is sent to the address
// to, as RFC 8058 has it: a POST ends it at once, a person's visit shows a button.
// It is "" where the operator has named the address: there is no subscription.
func (l *Links) Leave(m *notify.Message, to string) string {
	if m.Vouched {
		return ""
	}
	return l.base() + "/leave/" + l.sealer.SealPass(ticket.Pass{
		For: ticket.ForLeave, Subject: string(m.Sub), Of: ticket.OfAddress(to), Expires: l.now().Add(leaveFor),
	})
}

// Confirm is the URL of the page on which whoever reads at an address says that it may
// be told, until a time.
func (l *Links) Confirm(sub notify.SubscriptionID, to string, until time.Time) string {
	return l.base() + "/confirm/" + l.sealer.SealPass(ticket.Pass{
		For: ticket.ForConfirm, Subject: string(sub), Of: ticket.OfAddress(to), Expires: until,
	})
}
