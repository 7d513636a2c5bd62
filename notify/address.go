package notify

import (
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// The names of channels that more than they themselves speak of.
const (
	Webhook = "webhook" // to URLs; callbacks go by it
	Email   = "email"
	WebPush = "webpush" // to browsers
	Slack   = "slack"
	Discord = "discord"
)

// Address is one destination.
type Address struct {
	Channel string `json:"channel"` // the channel's name, such as "webhook"
	To      string `json:"to"`      // a URL, a mail address, a room: as the channel writes it

	// Key is whose keys the channel needs to speak to it: a subscription's id, or
	// that of HolderOf; "" if it needs none.
	Key string `json:"key,omitempty"`
}

// LaneID names the lane toward an address: it follows from the address.
type LaneID string

// Lane is the id of the lane toward the address.
func (a Address) Lane() LaneID {
	sum := sha256.Sum256([]byte(a.Channel + "\x00" + a.To + "\x00" + a.Key))
	return LaneID("ln_" + hex.EncodeToString(sum[:12]))
}

// Lane is the ordered line of work toward an address, as it is stored.
type Lane struct {
	ID       LaneID
	Address  Address
	Closed   string // why nothing is sent any more, "" while it is open
	ClosedAt time.Time
}
