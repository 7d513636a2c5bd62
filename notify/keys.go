package notify

import (
	"strings"
	"time"

	"github.com/taskherald/herald/progress"
)

// Keys are the secrets that sign what is sent to an address. They are never
// logged; whoever owns the address may read the current one.
type Keys struct {
	Holder   string // a subscription's id, or that of HolderOf
	Current  string
	Previous string    // signs beside Current until Until; "" for none
	Until    time.Time // zero without Previous
}

// personal begins the holders that are people.
const personal = "person:"

// HolderOf is who holds the keys of the callbacks of the tasks that a person makes.
func HolderOf(p progress.Person) string { return personal + string(p) }

// HeldByPerson reports whether a holder is a person, whose keys are made when they are
// first needed.
func HeldByPerson(holder string) bool { return strings.HasPrefix(holder, personal) }

// The holders that are this server: of what it signs with toward push services, and of
// what seals tickets.
const (
	HeldForPush    = "herald:vapid"
	HeldForTickets = "herald:tickets"
)

// HeldByServer reports whether a holder is this server, whose keys are made when they are
// first needed.
func HeldByServer(holder string) bool { return holder == HeldForPush || holder == HeldForTickets }
