package discord

import (
	"errors"
	"net/http"
	"slices"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/notify/callout"
)

// The codes of Discord that decide what is done next.
const (
	unknownChannel = 10003
	unknownMessage = 10008
	tooOld         = 30046 // a message older than an hour that was changed too often
	noAccess       = 50001
	noPermission   = 50013
	foreignMessage = 50005 // a message of somebody else
	archived       = 50083 // a thread that was put away
	noHistory      = 160002
	threadThere    = 160004
)

// verdict is what some codes of Discord mean for a message.
type verdict struct {
	fate   notify.Fate
	advice string // what to do about it, "" for nothing
	codes  []int
}

// verdicts are what Discord's codes mean for a message. A channel that the bot may not write
// to is no address that is gone: somebody allows it, and what waited arrives within a minute,
// where a closed lane would stay shut until Herald is started again. So all that people in
// Discord can mend in place is tried again for as long as the message is worth it, and its
// owner reads why; gone is what can only be told elsewhere. A code that nobody has heard of is
// tried again too: with pauses that grow and an end, nothing is lost by it and nothing loops.
//
//	the far side says                            a message     a picture that stands there
//	429, a channel that was written to too much  limited       limited
//	401, an account that has to be verified      unauthorized  unauthorized
//	a channel that is not there, or not allowed  transient     transient; gone if its name is another one's
//	a channel without messages                   gone          gone: it is sent, and the lane closes
//	a person who cannot be written to            gone          gone
//	components or files that it does not take    rejected      rejected, once without files and once with its text alone before
//	a thread that cannot be, or is locked        -             transient; letters are replies to the card instead
//	30046, a message older than an hour          -             it goes on below; see the page of the package
//	a message that is not there, or not ours     -             gone: it is sent anew, once an hour
//	it broke, or gave no answer                  transient     transient
//	anything else                                transient     transient
//
// 500, 502 and 504, and an answer that never came, leave it open whether a message was
// posted: it is looked for. Posted again within some minutes it is the same one, by its nonce.
var verdicts = []verdict{
	{fate: notify.Limited, codes: []int{20016, 20022, 20028, 40003, 40004}},
	{fate: notify.Unauthorized, advice: "the bot's account has to be verified, or Discord has closed it", codes: []int{40002, 20013}},
	{
		fate: notify.Transient, codes: []int{unknownChannel, 10004},
		advice: "there is none with that id; name another one, or bring the bot into the server where it is",
	},
	{fate: notify.Transient, codes: []int{noAccess}, advice: "give Herald's role View Channel there"},
	{
		fate: notify.Transient, codes: []int{noPermission},
		advice: "give Herald's role View Channel, Send Messages, Attach Files and Read Message History there, and Create Public Threads and Send Messages in Threads",
	},
	{fate: notify.Transient, codes: []int{noHistory}, advice: "give Herald's role Read Message History there"},
	{fate: notify.Transient, codes: []int{160005, archived}, advice: "the thread is locked; somebody who manages threads has to open it"},
	{fate: notify.Gone, advice: "no messages stand in a channel of that kind; name another one", codes: []int{50008, 50024}},
	{
		fate: notify.Gone, advice: "they do not take messages from the bot: they have to be in its server, and to allow direct messages there",
		codes: []int{10013, 50007, 50033, 50278},
	},
	{fate: notify.Rejected, advice: "AutoMod of the server has blocked it; let Herald's role pass", codes: []int{200000, 200001, 240000}},
	{fate: notify.Rejected, codes: unfit},
	{fate: notify.Rejected, codes: large},
}

// unfit is what Discord says of a message that it does not take: its text alone may be taken.
var unfit = []int{50035, 50006, 50046, 50068, 50109, 40094}

// large is what it says of files that are too large.
var large = []int{40005, 50045}

// threadless is what it says of a thread that cannot be, or that nobody may write in: below
// a message that is gone, in direct messages or another thread, too many, put away, locked.
var threadless = []int{
	unknownMessage, noAccess, noPermission, 50024, archived, 160005, 160006, 160007, 30033, 200001, 50035,
}

// failureOf is an error as a failure to deliver. It is nil for none.
func failureOf(err error) error {
	if err == nil {
		return nil
	}
	if f, ok := errors.AsType[*notify.Failure](err); ok {
		return f
	}
	p := problemOf(err)
	v := p.verdict()
	say := p.said()
	if v.advice != "" {
		say += ": " + v.advice
	}
	f := &notify.Failure{Fate: v.fate, Doubt: p.Doubt, Err: callout.Veil(say, p)}
	if f.Fate == notify.Limited {
		f.After = p.After
	}
	return f
}

// problemOf is an error of a [Client].
func problemOf(err error) *Problem {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	return &Problem{Host: "Discord", Err: callout.Veil("it could not be asked", err)}
}

// statusOf is the status of the answer that an error is about, 0 if there was none.
func statusOf(err error) int {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p.Status
	}
	return 0
}

// verdict is what a problem means for a message.
func (p *Problem) verdict() verdict {
	for _, v := range verdicts {
		if slices.Contains(v.codes, p.Code) {
			return v
		}
	}
	switch p.Status {
	case http.StatusTooManyRequests:
		return verdict{fate: notify.Limited}
	case http.StatusUnauthorized:
		return verdict{fate: notify.Unauthorized, advice: "give Herald the bot token of its application, as discord.token"}
	case http.StatusForbidden:
		return verdict{fate: notify.Transient, advice: "the settings of the server or of the channel do not let Herald do this"}
	case http.StatusRequestEntityTooLarge:
		return verdict{fate: notify.Rejected}
	case http.StatusServiceUnavailable:
		if p.After > 0 {
			return verdict{fate: notify.Limited}
		}
	}
	return verdict{fate: notify.Transient}
}
