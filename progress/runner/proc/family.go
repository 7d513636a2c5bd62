//go:build linux || darwin

package proc

import (
	"os"
	"syscall"
)

// A member is a process as the system lists it.
type member struct {
	pid, parent, group, session int
	state                       state
	born                        uint64 // tells it from another with the same number
}

type state byte

const (
	alive  state = iota
	inside       // alive, and waits for the system
	halted
	dead
)

// related picks those that are ours, that carry the mark, or that have a parent
// among these. We ourselves are never among them, nor are the dead.
func related(all []member, mark string, ours func(member) bool) []member {
	in := map[int]bool{}
	for _, m := range all {
		in[m.pid] = m.state != dead && (ours(m) || mark != "" && marked(m.pid, mark))
	}
	in[os.Getpid()] = false
	for again := true; again; {
		again = false
		for _, m := range all {
			if in[m.parent] && !in[m.pid] && m.state != dead && m.pid != os.Getpid() {
				in[m.pid], again = true, true
			}
		}
	}
	var some []member
	for _, m := range all {
		if in[m.pid] {
			some = append(some, m)
		}
	}
	return some
}

// signal signals a member, unless its number is somebody else's by now. It may
// be too late, which is no error.
func (m member) signal(sig syscall.Signal) {
	process, err := os.FindProcess(m.pid) // holds on to it, where the system can
	if err != nil {
		return
	}
	defer process.Release() //nolint:errcheck // there is nothing more to do with it
	if m.same() {
		process.Signal(sig) //nolint:errcheck // it has ended, or is another user's
	}
}
