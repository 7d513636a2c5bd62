package slackfake

import (
	"cmp"
	"time"
)

// The workspace that [New] makes if the options do not say otherwise. The app is a
// member of General and Deploys alone.
const (
	Team      = "T0HERALD01"
	App       = "A0HERALD01"
	Bot       = "U0HERALD01" // the app's user
	BotID     = "B0HERALD01" // the same as the author of messages
	Ana       = "U0ANA00001"
	Ben       = "U0BEN00001"
	Cleo      = "U0CLEO0001"
	General   = "C0GENERAL1"
	Deploys   = "C0DEPLOYS1"
	Random    = "C0RANDOM01" // public, without the app
	Secret    = "C0SECRET01" // private, without the app
	Old       = "C0OLDROOM1" // archived
	Engineers = "S0ENGINEER" // a user group: Ana, Ben
)

// What the app knows of itself, if the options do not say otherwise.
const (
	BotToken      = "xoxb-fake-bot"
	AppToken      = "xapp-fake-app"
	SigningSecret = "fake-signing-secret"
	ClientSecret  = "fake-client-secret"
	RefreshToken  = "xoxe-fake-refresh" // with Rotate
)

// Options are what a workspace and the app in it are like. The zero value is a
// workspace of three people in which an app of every scope is installed.
type Options struct {
	Enterprise string // the id of the grid that the workspace is part of, "" for none

	Scopes    []string // of the bot's token; nil for all that the fake knows but chat:write.public
	AppScopes []string // of the app's token; nil for connections:write
	Events    []string // that the app has subscribed to; nil for all that the fake knows
	Commands  []string // its slash commands; nil for /herald

	Rotate bool // the bot's token lives twelve hours, and is renewed by oauth.v2.access

	People []Person
	Rooms  []Room
	Groups []Group

	EditWindow time.Duration // how long a message may be changed; 0 for ever
	Burst      int           // messages that a channel takes at once before one a second; 0 for 3
	Unlimited  bool          // no limit on the rate of calls
	Ping       time.Duration // between two pings of a socket; 0 for 10 seconds
	Refresh    time.Duration // how long a socket lives before it is asked to reconnect; 0 for ever
	NoHome     bool          // the app has no Home tab
	Without    []string      // types of blocks that this workspace does not take yet

	Distributed bool // sold outside of the Marketplace: it may read histories once a minute, fifteen messages
}

// Person is a member of the workspace.
type Person struct {
	ID, Name, Real, Email string
	TZ, Locale            string // Europe/Lisbon and en-US if they are ""
	Team                  string // another workspace, of a guest by Slack Connect; "" for this one
	Bot, Deleted          bool
}

// Room is a channel.
type Room struct {
	ID, Name          string
	Members           []string // nil for all the people
	Bot               bool     // the app is a member
	Private, Archived bool
	Shared            bool // with another organisation
}

// Group is a user group, @Handle.
type Group struct {
	ID, Handle, Name string
	Members          []string
	Disabled         bool
}

// filled are the options with what was left out.
func (o Options) filled() Options {
	if o.People == nil {
		o.People = []Person{
			{ID: Ana, Name: "ana", Real: "Ana Sousa", Email: "ana@example.com"},
			{ID: Ben, Name: "ben", Real: "Ben Weber", Email: "ben@example.com", TZ: "Europe/Berlin", Locale: "de-DE"},
			{ID: Cleo, Name: "cleo", Real: "Cleo Martin", Email: "cleo@example.com", TZ: "America/New_York", Locale: "fr-FR"},
		}
	}
	if o.Rooms == nil {
		o.Rooms = []Room{
			{ID: General, Name: "general", Bot: true},
			{ID: Deploys, Name: "deploys", Bot: true},
			{ID: Random, Name: "random"},
			{ID: Secret, Name: "secret", Private: true},
			{ID: Old, Name: "old-room", Bot: true, Archived: true},
		}
	}
	if o.Groups == nil {
		o.Groups = []Group{{ID: Engineers, Handle: "engineers", Name: "Engineers", Members: []string{Ana, Ben}}}
	}
	if o.Scopes == nil {
		o.Scopes = knownScopes()
	}
	if o.AppScopes == nil {
		o.AppScopes = []string{"connections:write"}
	}
	if o.Events == nil {
		o.Events = knownEvents()
	}
	if o.Commands == nil {
		o.Commands = []string{"/herald"}
	}
	o.Burst = cmp.Or(o.Burst, 3)
	o.Ping = cmp.Or(o.Ping, 10*time.Second)
	return o
}
