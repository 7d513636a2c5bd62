package progress

import (
	"slices"
	"strings"
)

// Person is the stable name of someone who acts: a person, a service, or
// Herald itself.
type Person string

// System is Herald acting by itself, for timers.
const System Person = "herald"

// Right is one thing that a credential may be good for.
type Right uint8

// The rights. Admin includes every other.
const (
	MayRead Right = 1 << iota
	MayReport
	MayOperate
	MayApprove
	MayAdmin
)

// String names one right, as tokens and errors do.
func (r Right) String() string {
	switch r {
	case MayRead:
		return "read"
	case MayReport:
		return "report"
	case MayOperate:
		return "operate"
	case MayApprove:
		return "approve"
	case MayAdmin:
		return "admin"
	}
	return "rights"
}

// Actor is who gives a command, and what they may do.
type Actor struct {
	Person Person
	Groups []string // names, without "group:"
	Rights Right    // a set
	All    bool     // sees everyone's tasks, not only those of its own and its groups
}

// Timer is Herald itself, which may do anything.
func Timer() Actor { return Actor{Person: System, Rights: MayAdmin, All: true} }

// Has reports whether the actor has the right.
func (a Actor) Has(r Right) bool { return a.Rights&(r|MayAdmin) != 0 }

// Is reports whether the name, a person or "group:NAME", stands for the actor.
func (a Actor) Is(name string) bool {
	if group, ok := strings.CutPrefix(name, "group:"); ok {
		return slices.Contains(a.Groups, group)
	}
	return name != "" && name == string(a.Person)
}

// Via is the road that a command came by.
type Via string

// The roads.
const (
	ViaREST    Via = "rest"
	ViaBrowser Via = "browser"
	ViaChat    Via = "chat"
	ViaButton  Via = "button"
	ViaMail    Via = "mail"
	ViaPush    Via = "push"
	ViaCLI     Via = "cli"
	ViaTimer   Via = "timer"
)
