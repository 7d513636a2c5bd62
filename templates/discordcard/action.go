package discordcard

import (
	"crypto/sha256"
	"encoding/base64"
)

// The kinds of actions: the first letter of a custom_id.
const (
	Do         byte = 'd' // a sealed button: do it at once
	Reason     byte = 'r' // a sealed button: open the form of [Layout.Reason] first
	Press      byte = 'p' // a ticket
	Say        byte = 's' // what is said in the person's name
	Logs       byte = 'l' // the id of a task
	Kept       byte = 'k' // a key of [Post].Kept, which has the custom_id that is meant
	KeptReason byte = 'q' // the same of a button of the kind Reason
)

// InputReason is the custom_id of the input for a reason, which is optional.
const InputReason = "reason"

// Action is what somebody pressed.
type Action struct {
	Kind  byte // Do, Reason …
	Value string
}

// ParseAction reads the custom_id of a button or of a form. It reports false for what is none
// of ours.
func ParseAction(customID string) (Action, bool) {
	if len(customID) < 2 {
		return Action{}, false
	}
	switch kind := customID[0]; kind {
	case Do, Reason, Press, Say, Logs, Kept, KeptReason:
		return Action{kind, customID[1:]}, true
	}
	return Action{}, false
}

// short is a custom_id for an action: itself where there is room, else one that stands for it,
// with the key under which it has to be kept.
func short(full string) (customID, key string) {
	if width(full) <= mostID {
		return full, ""
	}
	sum := sha256.Sum256([]byte(full))
	key = base64.RawURLEncoding.EncodeToString(sum[:16])
	if full[0] == Reason {
		return string(KeptReason) + key, key
	}
	return string(Kept) + key, key
}
