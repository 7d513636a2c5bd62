package discord

import (
	"errors"
	"net"
	"net/http"
	"time"

	"github.com/gorilla/websocket"
	"github.com/taskherald/herald/bot/chat"
)

// The codes with which Discord ends a connection, as far as they matter here.
const (
	codeNoSession  = 4003 // something came before it was said whose it is
	codeToken      = 4004
	codeSequence   = 4007
	codeTimedOut   = 4009
	codeShard      = 4010
	codeManyGuilds = 4011
	codeVersion    = 4012
	codeIntents    = 4013
	codePrivileged = 4014
)

// ending is how a connection ended.
type ending struct {
	why   string        // for the log
	code  int           // Discord's, 0 for none
	after time.Duration // for how long to rest at least
	lost  bool          // the session has ended too
	do    string        // what an operator has to do; "" if that is not known to be for them
}

// broken is how a connection ended that nothing can be read from any more.
func broken(err error) ending {
	if end, ok := errors.AsType[*websocket.CloseError](err); ok && end.Code != websocket.CloseAbnormalClosure {
		return ended(end.Code)
	}
	if errors.Is(err, websocket.ErrReadLimit) {
		return ending{why: "a frame is too large"}
	}
	if late, ok := errors.AsType[net.Error](err); ok && late.Timeout() {
		return ending{why: "what should come does not come"}
	}
	return ending{why: "it broke"}
}

// ended is how a connection ended that Discord has ended.
func ended(code int) ending {
	end := ending{why: "Discord has ended it", code: code, do: hopelessCode(code)}
	switch {
	case end.do != "":
		end.lost, end.after = true, chat.LongRest
	case code == codeNoSession, code == codeSequence, code == codeTimedOut:
		end.lost = true
	}
	return end
}

// portal is where the pages of applications are.
const portal = "discord.com/developers/applications"

// newToken is what to do about a token that is no good.
const newToken = "make a new token under Bot, Reset Token, of the application at " + portal + ", and set it as discord.token"

// hopelessCode is what to do where Discord ends connections for a reason that does not go away
// by itself, "" for any other.
func hopelessCode(code int) string {
	switch code {
	case codeToken:
		return newToken
	case codeShard, codeManyGuilds:
		return "the bot is in more servers than one connection is good for: make an application for Herald alone at " + portal + ", invite it to the one server, and set its token as discord.token"
	case codeVersion, codeIntents:
		return "Discord no longer knows this version of Herald's connection: install a newer Herald"
	case codePrivileged:
		return "see under Bot of the application at " + portal + " whether Discord has restricted the application; Herald asks for none of the Privileged Gateway Intents there"
	}
	return ""
}

// turnedAway is what to do where there is no connection for a reason that does not go away by
// itself, "" for any other; and for how long to rest at least.
func turnedAway(err error) (do string, after time.Duration) {
	if _, ok := errors.AsType[*shutError](err); ok {
		return "see what else uses the token, or starts again and again, and stop it; those that are left are for after that", 0
	}
	p, ok := errors.AsType[*Problem](err)
	switch {
	case !ok:
		return "", 0
	case p.Status == http.StatusUnauthorized:
		return newToken, p.After
	}
	return "", p.After
}
