package email

import (
	"slices"
	"strings"

	"github.com/taskherald/herald/notify"
)

// stage is a place in a conversation with a mail server.
type stage int

// The stages, in their order.
const (
	atConnect stage = iota // until the greeting
	atHello
	atTLS
	atAuth
	atSender    // MAIL FROM
	atRecipient // RCPT TO
	atData      // up to the mail's last line
	atEnd       // after it
)

// What enhanced status codes (RFC 3463; IANA's registry) and the commonest words beside them
// mean, whatever the code before them is.
var (
	paced    = []string{"4.2.1", "4.7.28", "5.4.5"}
	strained = []string{"too many", "too fast", "too quickly", "too frequent", "at a rate", "rate limit", "rate exceeded", "sending rate", "sending limit", "limit exceeded", "throttling", "slow down"}
	hurried  = []string{"at a rate", "rate limit", "sending rate", "sending limit"} // beside a no for good

	full       = []string{"5.2.2"}
	absent     = []string{"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"}
	unroutable = []string{"5.4.1", "5.4.4"} // of an address: its domain; Exchange says so of mailboxes too

	disowned    = []string{"5.1.7", "5.1.8", "5.7.57", "5.7.60"} // our sender, or who we are
	credentials = []int{530, 534, 535, 538}
	foreign     = []string{
		"relay access denied", "relay denied", "relaying denied", "relay not permitted", "not permitted to relay", "unable to relay",
		"relaying not allowed", "relaying not permitted", "sender address rejected", "sender rejected",
	}
)

// fateOf is what a no means, from where it came in the conversation and what it says.
func fateOf(at stage, r reply) notify.Fate {
	switch {
	case r.limits():
		return notify.Limited
	case r.code < 500, r.is(full):
		return notify.Transient
	case at < atRecipient, r.aboutUs(at):
		return notify.Unauthorized
	case r.is(absent), at == atRecipient && r.absent():
		return notify.Gone
	case at == atRecipient && r.code == 552 && r.vague():
		return notify.Transient // a mailbox that is full; of a mail it says that it is too large
	}
	return notify.Rejected
}

// limits reports whether we were too fast. 421 is said by servers that have too much to do.
func (r reply) limits() bool {
	switch {
	case r.code == 421, r.is(paced):
		return true
	case r.code < 500:
		return r.says(strained)
	}
	return r.says(hurried)
}

// aboutUs reports whether everybody's mail would be refused so. At RCPT TO many servers say
// what they think of the sender; 5.1.0 leaves it open which address is meant.
func (r reply) aboutUs(at stage) bool {
	policy := r.vague() || r.status == "5.1.0" || strings.HasPrefix(r.status, "5.7.")
	return slices.Contains(credentials, r.code) || r.is(disowned) || at == atRecipient && policy && r.says(foreign)
}

// absent reports whether a no to an address is about the address. Where it is about a
// policy, a loop or the way in which we asked, the next mail may pass.
func (r reply) absent() bool {
	switch r.code {
	case 550, 551, 553:
		return r.vague() || strings.HasPrefix(r.status, "5.1.") || r.is(unroutable)
	}
	return strings.HasPrefix(r.status, "5.1.")
}
