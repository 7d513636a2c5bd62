package ticket

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"github.com/taskherald/herald/progress"
)

// Ticket lets whoever holds it do one thing of a set, in a person's name.
type Ticket struct {
	Verbs              []progress.Verb // what it is good for, wishes of people; it opens with them in the order of the table
	Task               progress.TaskID
	Step, Run, Attempt int
	Digest             string // of what is asked
	Person             progress.Person
	Via                progress.Via
	Sub                string    // the subscription that it was sent for: it ends with it; "" for none
	Expires            time.Time // to the second
}

// The order of verbs and roads in a sealed ticket. It never changes; new ones come last.
var (
	verbs = []progress.Verb{
		progress.VerbApprove, progress.VerbReject, progress.VerbPause, progress.VerbResume,
		progress.VerbCancel, progress.VerbRestart, progress.VerbRetry, progress.VerbSkip,
	}
	vias = []progress.Via{
		"", progress.ViaREST, progress.ViaBrowser, progress.ViaChat, progress.ViaButton,
		progress.ViaMail, progress.ViaPush, progress.ViaCLI, progress.ViaTimer,
	}
)

// Key is the idempotency key of a command made with the ticket. It holds no secret.
func (t Ticket) Key() string {
	sum := sha256.Sum256(t.pack())
	return "ticket " + hex.EncodeToString(sum[:16])
}

// pack is the ticket in bytes. A verb or a road that has no place is left out.
func (t Ticket) pack() []byte {
	p := packer{}
	set := uint64(0)
	for i, v := range verbs {
		if slices.Contains(t.Verbs, v) {
			set |= 1 << i
		}
	}
	p.number(set)
	p.count(slices.Index(vias, t.Via))
	p.count(t.Step)
	p.count(t.Run)
	p.count(t.Attempt)
	p.time(t.Expires)
	p.text(t.Digest)
	p.text(string(t.Task))
	p.text(string(t.Person))
	p.text(t.Sub)
	return p
}

// unpack reads what pack wrote; ok is false for anything else.
func unpack(b []byte) (t Ticket, ok bool) {
	u := unpacker{rest: b}
	set := u.number()
	for i, v := range verbs {
		if set&(1<<i) != 0 {
			t.Verbs = append(t.Verbs, v)
		}
	}
	if via := u.number(); via < uint64(len(vias)) {
		t.Via = vias[via]
	}
	t.Step, t.Run, t.Attempt = u.count(), u.count(), u.count()
	t.Expires = u.time()
	t.Digest, t.Task, t.Person, t.Sub = u.text(), progress.TaskID(u.text()), progress.Person(u.text()), u.text()
	return t, u.done()
}
