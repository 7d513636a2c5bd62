package email

import (
	"net/textproto"
	"strings"
	"testing"

	"github.com/taskherald/herald/notify"
)

// TestFateOf holds what mail servers say, in the words of those that are widespread, and what
// it means.
func TestFateOf(t *testing.T) {
	t.Parallel()
	const transient, limited, rejected, gone, unauthorized = notify.Transient, notify.Limited, notify.Rejected, notify.Gone, notify.Unauthorized
	for _, c := range []struct {
		at   stage
		said string
		want notify.Fate
	}{
		{atConnect, "421 4.7.0 Too many connections, try again later", limited},
		{atConnect, "421 Service not available, closing transmission channel", limited},
		{atConnect, "451 4.3.0 Temporary system problem", transient},
		{atConnect, "554 5.7.1 No SMTP service here", unauthorized},
		{atHello, "550 5.7.1 Helo command rejected: need fully-qualified hostname", unauthorized},
		{atHello, "451 4.7.1 wait", transient},
		{atTLS, "454 4.7.0 TLS not available due to temporary reason", transient},
		{atTLS, "502 5.5.1 Command not implemented", unauthorized},
		{atAuth, "535 5.7.8 Username and Password not accepted", unauthorized},
		{atAuth, "534 5.7.9 Application-specific password required", unauthorized},
		{atAuth, "504 5.5.4 Unrecognized authentication type", unauthorized},
		{atAuth, "538 Encryption required for requested authentication mechanism", unauthorized},
		{atAuth, "454 4.7.0 Temporary authentication failure", transient},
		{atAuth, "454 4.7.0 Too many login attempts, please try again later", limited},

		{atSender, "530 5.7.0 Authentication Required", unauthorized},
		{atSender, "530 5.7.0 Must issue a STARTTLS command first", unauthorized},
		{atSender, "553 5.7.1 <herald@example.com>: Sender address rejected: not owned by user", unauthorized},
		{atSender, "550 5.7.60 SMTP; Client does not have permissions to send as this sender", unauthorized},
		{atSender, "550 5.1.8 Access denied, bad outbound sender", unauthorized},
		{atSender, "451 4.3.2 Please try again later", transient},
		{atSender, "452 4.3.1 Insufficient system storage", transient},
		{atSender, "450 4.7.1 Error: too much mail, slow down", limited},
		{atSender, "454 Throttling failure: Maximum sending rate exceeded.", limited},
		{atSender, "432 4.3.2 Concurrent connections limit exceeded", limited},
		{atSender, "550 5.4.5 Daily user sending limit exceeded", limited},

		{atRecipient, "550 5.1.1 The email account that you tried to reach does not exist", gone},
		{atRecipient, "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found", gone},
		{atRecipient, "550 5.2.1 The email account that you tried to reach is disabled", gone},
		{atRecipient, "550 5.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages", limited},
		{atRecipient, "550 5.4.1 Recipient address rejected: Access denied", gone},
		{atRecipient, "550 5.4.4 Host or domain name not found", gone},
		{atRecipient, "550 5.4.6 Hop count exceeded - possible mail loop", rejected},
		{atRecipient, "550 5.4.3 Directory server failure", rejected},
		{atRecipient, "550 5.0.0 as the test asked", gone},
		{atRecipient, "550 No such user here", gone},
		{atRecipient, "551 User not local; please try elsewhere", gone},
		{atRecipient, "553 5.1.2 We weren't able to find the recipient domain", gone},
		{atRecipient, "501 5.1.3 Bad recipient address syntax", gone},
		{atRecipient, "556 5.1.10 Domain does not accept mail (nullMX)", gone},
		{atRecipient, "450 4.1.1 <ana@example.com>: Recipient address rejected: unverified address", transient},
		{atRecipient, "450 4.2.0 <ana@example.com>: Recipient address rejected: Greylisted", transient},
		{atRecipient, "451 4.7.1 Greylisting in action, please come back later", transient},
		{atRecipient, "450 4.2.1 The user you are trying to contact is receiving mail too quickly", limited},
		{atRecipient, "450 4.2.1 busy", limited},
		{atRecipient, "452 4.2.2 The email account that you tried to reach is over quota", transient},
		{atRecipient, "552 5.2.2 The email account that you tried to reach is over quota", transient},
		{atRecipient, "552 Mailbox full", transient},
		{atRecipient, "552 5.3.4 Message size exceeds fixed limit", rejected},
		{atRecipient, "554 5.7.1 <ana@example.com>: Relay access denied", unauthorized},
		{atRecipient, "550 relay not permitted", unauthorized},
		{atRecipient, "550 5.7.1 Unable to relay", unauthorized},
		{atRecipient, "550 5.1.1 <relay-denied@example.com>: User unknown: relay denied", gone},
		{atRecipient, "550 5.7.1 <herald@example.com>: Sender address rejected: Domain not found", unauthorized},
		{atRecipient, "550 5.1.8 <herald@example.com>: Sender address rejected: Domain not found", unauthorized},
		{atRecipient, "550 5.1.0 <herald@example.com> sender rejected : invalid sender domain", unauthorized},
		{atRecipient, "550 5.1.0 Address rejected", gone},
		{atRecipient, "530 5.7.0 Authentication required", unauthorized},
		{atRecipient, "550 5.7.1 Message rejected due to content restrictions", rejected},
		{atRecipient, "550 5.7.133 Sender not authenticated for group", rejected},
		{atRecipient, "554 Transaction failed", rejected},
		{atRecipient, "503 5.5.1 Bad sequence of commands", rejected},

		{atData, "554 5.5.1 Error: no valid recipients", rejected},
		{atData, "451 4.3.0 queue file write error", transient},
		{atEnd, "552 5.3.4 Message too big for system", rejected},
		{atEnd, "552 Message exceeds maximum size", rejected},
		{atEnd, "552 5.2.2 mailbox full", transient},
		{atEnd, "554 5.7.1 Spam message rejected", rejected},
		{atEnd, "550 5.7.26 This mail is unauthenticated", rejected},
		{atEnd, "550 Content rejected", rejected},
		{atEnd, "550 5.1.1 unknown user", gone},
		{atEnd, "530 5.7.57 Client not authenticated to send mail", unauthorized},
		{atEnd, "550 5.7.60 Client does not have permissions to send as this sender", unauthorized},
		{atEnd, "554 5.4.6 Too many hops", rejected},
		{atEnd, "451 4.7.0 Temporary rejection", transient},
		{atEnd, "421 4.7.28 Our system has detected an unusual rate of unsolicited mail", limited},
		{atEnd, "354 what?", transient},
	} {
		code, msg, _ := strings.Cut(c.said, " ")
		r, ok := replyOf(&textproto.Error{Code: int(code[0]-'0')*100 + int(code[1]-'0')*10 + int(code[2]-'0'), Msg: msg})
		if got := fateOf(c.at, r); !ok || got != c.want {
			t.Errorf("%q at stage %d is %s, want %s", c.said, c.at, got, c.want)
		}
	}
}

func TestReply(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ msg, want string }{
		{"5.1.1 no such user", "550 5.1.1 no such user"},
		{"5.1.1 The email account\n5.1.1 does not exist.  ", "550 5.1.1 The email account does not exist."},
		{"no\x1b[31m such\x07\tuser\u202e\xff", "550 no such user\ufffd"},
		{"5.1.12345 no", "550 5.1.12345 no"},
		{"", "550"},
		{"5.7.1 see https://herald.example.com/act/t1cket, hunter2", "550 5.7.1 see https://herald.example.com/act/…, …"},
		{strings.Repeat("ü", 1000), "550 " + strings.Repeat("ü", 155) + "…"},
	} {
		r, ok := replyOf(&textproto.Error{Code: 550, Msg: c.msg})
		if got := r.words([]string{"t1cket", "hunter2"}); !ok || got != c.want {
			t.Errorf("%q is %q, want %q", c.msg, got, c.want)
		}
	}
	if _, ok := replyOf(textproto.ProtocolError("550")); ok {
		t.Error("what is no reply is one")
	}
}
