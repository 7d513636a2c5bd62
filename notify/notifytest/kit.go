package notifytest

import (
	"fmt"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
)

// Suite is a channel with its far side.
type Suite struct {
	// New makes both anew. What it starts ends with the test.
	New func(t testing.TB) (notify.Channel, Far)

	// Never are the troubles that the channel cannot have, each with the reason.
	Never map[Trouble]string
}

// Far is the far side of a channel, as the kit sees it. Its methods may be called
// from many goroutines.
type Far interface {
	// Address is a new one, at which nothing has arrived.
	Address(t testing.TB) notify.Address

	// Got are the messages at an address, in the order in which they came first.
	Got(to notify.Address) []Got

	// Fail gives the next call to the address a trouble.
	Fail(to notify.Address, what Trouble)

	// Secrets are the texts that must be in no error about the address: of its URL,
	// its keys, our own credentials.
	Secrets(to notify.Address) []string
}

// Got is a message as the far side has it.
type Got struct {
	ID    string // what it knows the message by: equal for two tries, different for two messages
	Text  string // the words that a person reads there, or a program that shows them
	Times int    // how often it came
}

// String is the message for the text of a failed test.
func (g Got) String() string { return fmt.Sprintf("%s, %d times: %q", g.ID, g.Times, g.Text) }

// Trouble is a way in which a call goes wrong.
type Trouble string

// The troubles. Where the far side has the message all the same, it says so in
// [Far.Got].
const (
	Broken   Trouble = "broken"   // it answers that something is wrong with it
	TooFast  Trouble = "too fast" // it answers that the next call may come after [Rest]
	Refused  Trouble = "refused"  // it answers that it will never take this message
	Closed   Trouble = "closed"   // it answers that the address is gone for ever
	Stranger Trouble = "stranger" // it answers that our credentials are no good
	Away     Trouble = "away"     // the connection ends before it has the message
	LostYes  Trouble = "lost yes" // it takes the message, and the connection ends before it says so
	Silent   Trouble = "silent"   // it takes the message and says nothing until the caller gives up
)

// Rest is how long a far side wants to be left alone after [TooFast].
const Rest = 7 * time.Second

// outcome is what a trouble has to come to.
type outcome struct {
	fate  notify.Fate
	after time.Duration
	doubt bool
	open  bool // doubt may be either way: the caller cannot know what was read
	takes bool // the far side has the message
}

var outcomes = map[Trouble]outcome{
	Broken:   {fate: notify.Transient},
	TooFast:  {fate: notify.Limited, after: Rest},
	Refused:  {fate: notify.Rejected},
	Closed:   {fate: notify.Gone},
	Stranger: {fate: notify.Unauthorized},
	Away:     {fate: notify.Transient, open: true},
	LostYes:  {fate: notify.Transient, doubt: true, takes: true},
	Silent:   {fate: notify.Transient, doubt: true, takes: true},
}

// The checks, by name. Each gets a channel of its own.
var checks = map[string]func(t testing.TB, k *kit){
	"every message arrives":     arrives,
	"a second try is known":     again,
	"texts are only texts":      hostile,
	"a large task":              large,
	"troubles":                  troubled,
	"calls end with contexts":   ends,
	"addresses that are none":   nowhere,
	"together":                  together,
	"a picture is edited":       edits,
	"edits fail as they should": editsFail,
	"a lost message is found":   finds,
	"a pace is possible":        paces,
	"a probe tells nobody":      probes,
}

// Run tests a channel. Powers that it does not have are not asked for.
func Run(t *testing.T, s Suite) {
	t.Helper()
	for what, because := range s.Never {
		if _, ok := outcomes[what]; !ok || len(because) < 20 {
			t.Errorf("Never: %q is no trouble, or the reason %q is none", what, because)
		}
	}
	for name, check := range checks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, newKit(t, s))
		})
	}
}

// kit is a channel under test.
type kit struct {
	Suite
	channel notify.Channel
	far     Far
}

func newKit(t testing.TB, s Suite) *kit {
	t.Helper()
	k := &kit{Suite: s}
	k.channel, k.far = s.New(t)
	return k
}
