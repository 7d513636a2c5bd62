package notify

// Invite is how the recipient of a message decides an approval that waits.
type Invite struct {
	Step    int    // order
	Risk    string // low, medium, high, or "" if nobody has said
	Approve string // the URL of a page that approves when its button is pressed
	Reject  string // the same for rejecting
	Page    string // the same for either

	// Approves and Rejects are tickets for programs that act without a page, "" where
	// the risk asks for one.
	Approves, Rejects string
}

// SignIn reports whether who decides has to be logged in besides: a link may be
// forwarded, and this is too much for whoever holds one.
func (i *Invite) SignIn() bool { return i.Risk == "high" }

// AtOnce reports whether a program may decide without showing what is asked.
func (i *Invite) AtOnce() bool { return i.Risk == "" || i.Risk == "low" }
