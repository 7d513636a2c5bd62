package progress

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"time"
)

// Gate is what must be approved before a step goes on.
type Gate struct {
	Prompt       string   `json:"prompt,omitempty"`
	Effects      []string `json:"effects,omitempty"`       // what will happen
	Options      []string `json:"options,omitempty"`       // choices for who approves
	Approvers    []string `json:"approvers,omitempty"`     // persons and "group:NAME"; none: anyone who may approve
	Quorum       int      `json:"quorum,omitempty"`        // how many must say yes; 0 means 1
	ExpiresIn    int      `json:"expires_in,omitempty"`    // seconds; 0 means never
	Default      Default  `json:"default,omitempty"`       // when it expires; "" means reject
	OnReject     OnReject `json:"on_reject,omitempty"`     // "" means fail
	Risk         string   `json:"risk,omitempty"`          // low, medium, high or ""
	SelfApproval bool     `json:"self_approval,omitempty"` // whoever asked may decide too

	// Escalate says who is told while nobody decides. Those it names may decide too,
	// from the start.
	Escalate []Escalation `json:"escalate,omitempty"`
}

// Default is what becomes of an approval that expires.
type Default string

// The defaults.
const (
	DefaultReject  Default = "reject"
	DefaultApprove Default = "approve"
	DefaultHold    Default = "hold" // it stays open
)

// OnReject is what a rejection does.
type OnReject string

// The policies on rejection.
const (
	RejectFails   OnReject = "fail"
	RejectSkips   OnReject = "skip"
	RejectCancels OnReject = "cancel"
)

// ApprovalStatus is where an approval stands.
type ApprovalStatus string

// The statuses of an approval.
const (
	ApprovalPending  ApprovalStatus = "pending"
	ApprovalApproved ApprovalStatus = "approved"
	ApprovalRejected ApprovalStatus = "rejected"
	ApprovalExpired  ApprovalStatus = "expired"
	ApprovalVoid     ApprovalStatus = "void" // what was asked has changed, or nobody needs it any more
)

// Approval is a gate that was asked, with its votes and its outcome.
type Approval struct {
	Gate
	ID          string         `json:"id"`
	Digest      string         `json:"digest"` // of what is asked; a decision may be fenced by it
	Status      ApprovalStatus `json:"status"`
	AskedBy     Person         `json:"asked_by,omitempty"`
	RequestedAt time.Time      `json:"requested_at"`
	ExpiresAt   time.Time      `json:"expires_at,omitzero"`
	Votes       []Vote         `json:"votes,omitempty"`
	DecidedBy   Person         `json:"decided_by,omitempty"`
	DecidedAt   time.Time      `json:"decided_at,omitzero"`
	Via         Via            `json:"via,omitempty"`
	Reason      string         `json:"reason,omitempty"`
	Option      string         `json:"option,omitempty"`
}

// Vote is what one person said.
type Vote struct {
	By       Person         `json:"by"`
	Decision ApprovalStatus `json:"decision"` // approved or rejected
	Via      Via            `json:"via"`
	At       time.Time      `json:"at"`
	Reason   string         `json:"reason,omitempty"`
	Option   string         `json:"option,omitempty"`
}

// Needed is how many must say yes, at least 1.
func (g Gate) Needed() int { return max(g.Quorum, 1) }

// yes counts the votes for it.
func (a Approval) yes() int {
	n := 0
	for _, v := range a.Votes {
		if v.Decision == ApprovalApproved {
			n++
		}
	}
	return n
}

// vote finds what a person has said.
func (a Approval) vote(p Person) (Vote, bool) {
	for _, v := range slices.Backward(a.Votes) {
		if v.By == p {
			return v, true
		}
	}
	return Vote{}, false
}

// ApprovedBy reports whether a person's last word on it was yes.
func (a Approval) ApprovedBy(p Person) bool {
	v, ok := a.vote(p)
	return ok && v.Decision == ApprovalApproved
}

// Lapses is when the approval is over though nobody has decided it; ok is false for one
// that stays open.
func (a Approval) Lapses() (at time.Time, ok bool) {
	return a.ExpiresAt, !a.ExpiresAt.IsZero() && a.Default != DefaultHold
}

// digest is a fingerprint of what a decision is about: the step and its task,
// prompt, effects, options, inputs, deciders. Percent, language and layout are
// not in it.
func digest(t Task, step Step, g Gate) string {
	parts := []any{
		t.ID, step.Order, step.Name, g.Prompt, g.Effects, g.Options, g.Approvers, g.Needed(),
		g.OnReject, g.Default, g.SelfApproval, t.Spec.Inputs,
	}
	if told := g.told(); len(told) > 0 { // so that all others keep the digest that they had
		parts = append(parts, told)
	}
	asked, _ := json.Marshal(parts) // of plain values: cannot fail
	sum := sha256.Sum256(asked)
	return hex.EncodeToString(sum[:16])
}

// approvalID is the name of one asking; it holds no secret.
func approvalID(t Task, step Step, digest string) string {
	asked, _ := json.Marshal([]any{t.ID, t.Run, t.Attempt, step.Order, digest, t.Seq})
	sum := sha256.Sum256(asked)
	return "ap_" + hex.EncodeToString(sum[:8])
}

// Check says what is wrong with a gate in itself: an [Error] with Invalid, whose
// Field is "approval." and the name of what is at fault, or nil.
func (g Gate) Check() error { return g.check("approval") }

// check says what is wrong with a gate.
func (g Gate) check(field string) error {
	switch {
	case g.Quorum < 0:
		return invalid(field+".quorum", "must be 1 or more")
	case g.ExpiresIn < 0 || g.ExpiresIn > maxExpiry:
		return invalid(field+".expires_in", "must be seconds, 0 to %d (ten years)", maxExpiry)
	case !slices.Contains([]Default{"", DefaultReject, DefaultApprove, DefaultHold}, g.Default):
		return invalid(field+".default", "must be reject, approve or hold, not %q", g.Default)
	case !slices.Contains([]OnReject{"", RejectFails, RejectSkips, RejectCancels}, g.OnReject):
		return invalid(field+".on_reject", "must be fail, skip or cancel, not %q", g.OnReject)
	case !slices.Contains([]string{"", "low", "medium", "high"}, g.Risk):
		return invalid(field+".risk", "must be low, medium or high, not %q", g.Risk)
	}
	if err := g.checkDeciders(field); err != nil {
		return err
	}
	return g.checkEscalate(field + ".escalate")
}

// checkDeciders refuses a gate that nobody could ever pass.
func (g Gate) checkDeciders(field string) error {
	if slices.ContainsFunc(g.Approvers, blank) {
		return invalid(field+".approvers", "has an empty name")
	}
	deciders := g.Deciders()
	groups := slices.ContainsFunc(deciders, func(a string) bool { return len(a) > 6 && a[:6] == "group:" })
	people := len(slices.Compact(slices.Sorted(slices.Values(deciders))))
	if people > 0 && !groups && g.Needed() > people {
		return invalid(field+".quorum", "is %d, but only %d may decide", g.Quorum, people)
	}
	return nil
}

// maxExpiry is ten years, in seconds.
const maxExpiry = 10 * 365 * 24 * 3600
