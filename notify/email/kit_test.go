package email_test

import (
	"fmt"
	"net/mail"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/email"
	"github.com/taskherald/herald/notify/email/smtpfake"
	"github.com/taskherald/herald/notify/notifytest"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/mailcard"
)

// office is a far side of mails: a server with a mailbox for each address.
type office struct {
	*smtpfake.Server
	boxes atomic.Int64
}

func (o *office) Address(testing.TB) notify.Address {
	return notify.Address{Channel: email.Name, To: fmt.Sprintf("ana.%d@example.com", o.boxes.Add(1))}
}

func (o *office) Got(to notify.Address) (got []notifytest.Got) {
	for _, m := range o.Mails() {
		if !slices.Equal(m.To, []string{to.To}) {
			continue
		}
		i := slices.IndexFunc(got, func(g notifytest.Got) bool { return g.ID == m.ID() })
		if i < 0 {
			i, got = len(got), append(got, notifytest.Got{ID: m.ID(), Text: m.Field("Subject") + "\n" + m.Text()})
		}
		got[i].Times++
	}
	return got
}

func (o *office) Fail(to notify.Address, what notifytest.Trouble) {
	o.Server.Fail(map[notifytest.Trouble]smtpfake.Fault{
		notifytest.Broken:   {At: smtpfake.AtRecipient, For: to.To, Code: 451},
		notifytest.Refused:  {At: smtpfake.AtEnd, Code: 554, Text: "blocked: https://herald.example.com/act/t1cket"},
		notifytest.Closed:   {At: smtpfake.AtRecipient, For: to.To, Code: 550},
		notifytest.Stranger: {At: smtpfake.AtSender, Code: 535, Text: "herald-user is not who they say"},
		notifytest.Away:     {At: smtpfake.AtRecipient, For: to.To, Drop: true},
		notifytest.LostYes:  {At: smtpfake.AtEnd, Drop: true, Keep: true},
		notifytest.Silent:   {At: smtpfake.AtEnd, Hang: true, Keep: true},
	}[what])
}

func (o *office) Secrets(notify.Address) []string {
	return []string{"herald-user", "s3cret", "t1cket", "t2cket", "leave1"}
}

// known sends a first mail, to a mailbox that nobody looks into: a call that may not take long
// need not begin with TLS and a sign-in.
func known(t testing.TB, c *email.Channel) {
	t.Helper()
	hello := notify.Message{ID: "msg_0", Note: &notify.Note{Kind: notify.NoteTest}, Notice: &templates.Notice{Text: "Hello"}}
	if _, err := c.Send(t.Context(), notify.Address{Channel: email.Name, To: "nobody@example.com"}, hello); err != nil {
		t.Fatal(err)
	}
}

// TestKit holds mail to what every channel must do.
func TestKit(t *testing.T) {
	t.Parallel()
	notifytest.Run(t, notifytest.Suite{
		New: func(t testing.TB) (notify.Channel, notifytest.Far) {
			far := &office{Server: smtpfake.New(t, smtpfake.Options{TLS: smtpfake.StartTLS, User: "herald-user", Password: "s3cret"})}
			c := email.New(email.Options{
				Server: far.Addr(), TLS: "starttls", User: "herald-user", Password: "s3cret", Roots: far.Roots(),
				From: mail.Address{Name: "Herald", Address: "herald@example.com"}, Mails: mailcard.New(templates.New(templates.Options{})),
				Invite: func(*notify.Message, progress.Via) *notify.Invite {
					return &notify.Invite{Step: 2, Approve: "https://herald.example.com/act/t1cket", Reject: "https://herald.example.com/act/t2cket"}
				},
				Leave:   func(*notify.Message, string) string { return "https://herald.example.com/leave/leave1" },
				Confirm: func(notify.SubscriptionID, string, time.Time) string { return "" },
			})
			t.Cleanup(c.Close)
			known(t, c)
			return c, far
		},
		Never: map[notifytest.Trouble]string{
			notifytest.TooFast: "a mail server says that it is too fast, and never until when: its lane finds that out",
		},
	})
}
