package setup

import (
	"net/http"
	"strconv"
	"time"

	"github.com/taskherald/herald/bot/checkup"
)

// A trouble is why a call came to nothing. Either Discord says so, or there is no answer of
// Discord's at all, and say is what happened.
type trouble struct {
	status, code int // of HTTP, and Discord's; 0 if there is no answer of Discord
	say, advice  string
	after        time.Duration // that Discord wants to wait; 0 if it does not say
}

// The codes of Discord that mean something to us.
const (
	unknownChannel = 10003
	unknownMember  = 10007
	unknownUser    = 10013
	missingAccess  = 50001
	missingRights  = 50013
	invalidForm    = 50035
	commandsADay   = 30034
	newToken       = "take a new one under Bot, Reset Token, on the application's pages (" + Pages + "), which ends the old one"
)

// meanings are what codes come down to, and what to do.
var meanings = map[int]struct{ say, advice string }{
	missingAccess: {"the bot may not see that", "let it, by a role of its own"},
	missingRights: {"the bot may not do that", "let it, by a role of its own"},
	invalidForm:   {"Discord does not take what Herald has written", "update Herald"},
	commandsADay:  {"Discord has taken 200 new commands of this application within a day", "wait until tomorrow; commands that are there go on working"},
}

// explain is what a trouble comes down to, and what to do.
func (t *trouble) explain() (say, advice string) {
	m, known := meanings[t.code]
	switch {
	case t.status == 0:
		return t.say, t.advice
	case t.status == http.StatusUnauthorized:
		return "Discord does not know discord.token (status 401): it is mistyped, cut short or was reset", newToken
	case t.status == http.StatusTooManyRequests:
		return "Discord wants fewer calls", t.advice
	case t.status >= http.StatusInternalServerError:
		return "Discord has trouble of its own (status " + strconv.Itoa(t.status) + ")", "look at https://discordstatus.com, and ask again"
	case known:
		return m.say + " (" + strconv.Itoa(t.code) + ")", m.advice
	}
	return "Discord says no (status " + strconv.Itoa(t.status) + ", code " + strconv.Itoa(t.code) + ")", "look the code up at https://docs.discord.com/developers/topics/opcodes-and-status-codes"
}

// Error is what it comes down to, and what to do.
func (t *trouble) Error() string {
	say, advice := t.explain()
	return say + "; " + advice
}

// passes reports whether it goes away by itself, and says nothing of how things are set up.
func (t *trouble) passes() bool {
	return t.status == http.StatusTooManyRequests || t.status >= http.StatusInternalServerError
}

// missing reports whether what was asked for is not there, or not to be seen.
func (t *trouble) missing() bool {
	return t != nil && (t.status == http.StatusNotFound || t.code == missingAccess || t.status == http.StatusForbidden)
}

// failed notes what a trouble means for something.
func (v *visit) failed(what string, t *trouble) {
	say, advice := t.explain()
	f := checkup.Finding{State: checkup.Broken, Found: what + ": " + say, Advice: advice}
	if t.passes() {
		f.State = checkup.Odd
	}
	v.Found = append(v.Found, f)
}
