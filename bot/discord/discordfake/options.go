package discordfake

import (
	"cmp"
	"time"
)

// The server that [New] makes if the options do not say otherwise. The app can see every
// channel but Secret.
const (
	Guild = "1100000000000000001"
	App   = "1100000000000000002" // the application, and its user: of new ones both have one id
	Bot   = App

	Ana  = "1100000000000000011"
	Ben  = "1100000000000000012"
	Cleo = "1100000000000000013"
	Dan  = "1100000000000000014" // no member of the server

	General = "1100000000000000021"
	Deploys = "1100000000000000022"
	Random  = "1100000000000000023"
	Secret  = "1100000000000000024" // private, without the app
	Rooms   = "1100000000000000025" // a category, in which nobody writes

	Everyone  = Guild                 // the role that all have
	BotRole   = "1100000000000000031" // the app's own
	Engineers = "1100000000000000032" // a role: Ana, Ben
	Leads     = "1100000000000000033" // a role: Ana
)

// What the app knows of itself, if the options do not say otherwise.
const (
	Token     = "fake-bot-token-secret"
	PublicKey = "dc472729a14215b5d9f50fdf18621179b2a7ada163f3f2a5e076ece139141aa2"
)

// The permissions that the fake looks at, as Discord counts them.
const (
	Administrator   = 1 << 3
	ViewChannel     = 1 << 10
	SendMessages    = 1 << 11
	ManageMessages  = 1 << 13
	EmbedLinks      = 1 << 14
	AttachFiles     = 1 << 15
	ReadHistory     = 1 << 16
	MentionEveryone = 1 << 17
	UseCommands     = 1 << 31
	ManageThreads   = 1 << 34
	PublicThreads   = 1 << 35
	SendInThreads   = 1 << 38
)

// ordinary is what a member may unless somebody took it away.
const ordinary = ViewChannel | SendMessages | EmbedLinks | AttachFiles | ReadHistory | UseCommands | PublicThreads | SendInThreads

// The kinds of channels.
const (
	Text         = 0
	Direct       = 1
	Voice        = 2
	Category     = 4
	Announcement = 5
	PublicThread = 11
	Forum        = 15
)

// Options are what the server and the app in it are like. The zero value is a server of
// three people, and one beside it, in which the app may do whatever Herald needs.
type Options struct {
	People []Person
	Rooms  []Room
	Roles  []Role
	Others []Server // more servers in which the app is; nothing is known of them but the name

	Commands []string // JSON of commands that are registered for all servers already

	OldEdits  int           // edits of messages older than an hour that a channel takes within an hour; 0 for 5, less for none
	Heartbeat time.Duration // how often the gateway wants one; 0 for 41.25 seconds
	Session   time.Duration // how long a session lives without a connection; 0 for two minutes
	Identify  int           // how often the app may identify itself within a day; 0 for 1,000
	Unlimited bool          // no limit on the rate of calls
	Invalid   int           // calls answered with 401, 403 or 429 within ten minutes that ban the address; 0 for 10,000
	Intents   int           // privileged intents that the app has been given; 0 for none

	UserInstalled bool // the app is its user's, not the server's: five followups an interaction
}

// Person is somebody on Discord.
type Person struct {
	ID, Name, Global string
	Locale           string // en-US if it is ""
	Roles            []string
	Away             bool // no member of the server
	Bot              bool
}

// Room is a channel of the server.
type Room struct {
	ID, Name string
	Kind     int      // of those above
	Private  bool     // only for Members, and for the app if they have [Bot] among them
	Members  []string // of a private one
	Deny     int64    // what the app may not do there, of the permissions above
}

// Role is a role of the server.
type Role struct {
	ID, Name    string
	Permissions int64
	Managed     bool // it is an app's
}

// Server is a server of which only the name is known.
type Server struct{ ID, Name string }

// filled are the options with what was left out.
func (o Options) filled() Options {
	if o.People == nil {
		o.People = []Person{
			{ID: Ana, Name: "ana", Global: "Ana Sousa", Locale: "pt-BR", Roles: []string{Engineers, Leads}},
			{ID: Ben, Name: "ben", Global: "Ben Weber", Locale: "de", Roles: []string{Engineers}},
			{ID: Cleo, Name: "cleo", Global: "Cleo Martin", Locale: "fr"},
			{ID: Dan, Name: "dan", Global: "Dan", Away: true},
		}
	}
	if o.Rooms == nil {
		o.Rooms = []Room{
			{ID: General, Name: "general"},
			{ID: Deploys, Name: "deploys"},
			{ID: Random, Name: "random"},
			{ID: Secret, Name: "secret", Private: true, Members: []string{Ana, Ben, Cleo}},
			{ID: Rooms, Name: "Rooms", Kind: Category},
		}
	}
	if o.Roles == nil {
		o.Roles = []Role{
			{ID: Everyone, Name: "@everyone", Permissions: ordinary},
			{ID: BotRole, Name: "Herald", Permissions: ordinary, Managed: true},
			{ID: Engineers, Name: "engineers"},
			{ID: Leads, Name: "leads"},
		}
	}
	if o.OldEdits == 0 {
		o.OldEdits = 5
	}
	o.Heartbeat = cmp.Or(o.Heartbeat, 41250*time.Millisecond)
	o.Session = cmp.Or(o.Session, 2*time.Minute)
	o.Invalid = cmp.Or(o.Invalid, 10_000)
	o.Identify = cmp.Or(o.Identify, 1000)
	return o
}
