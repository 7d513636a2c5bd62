package notify

import "time"

// Keys are the secrets that sign what is sent to an address. They are never
// logged; whoever owns the address may read the current one.
type Keys struct {
	Holder   string // a subscription's id, or "person:NAME" for the callbacks of the tasks that they make
	Current  string
	Previous string    // signs beside Current until Until; "" for none
	Until    time.Time // zero without Previous
}
