package notify

import (
	"crypto/sha256"
	"encoding/base32"
	"strconv"
	"strings"
	"time"

	"github.com/taskherald/herald/progress"
)

// LetterID names a letter for ever, and is the same for the same event and
// subscription: msg_ and 26 letters and digits.
type LetterID string

// LetterIDOf is the id of a subscription's letter about an event.
func LetterIDOf(s SubscriptionID, t progress.TaskID, seq int64) LetterID {
	return letterID(string(s), string(t), strconv.FormatInt(seq, 10))
}

// roundID is that of a letter about an event that was told so often before.
func roundID(s SubscriptionID, t progress.TaskID, seq int64, round int) LetterID {
	if round == 0 {
		return LetterIDOf(s, t, seq)
	}
	return letterID(string(s), string(t), strconv.FormatInt(seq, 10), "round", strconv.Itoa(round))
}

// bundleID is the id of what a subscription is told together at a time, and of its letter.
func bundleID(s SubscriptionID, group string, until time.Time) LetterID {
	return letterID("digest", string(s), group, strconv.FormatInt(until.UnixMicro(), 10))
}

func letterID(parts ...string) LetterID {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return LetterID("msg_" + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:16])))
}

// State is where a letter stands.
type State string

// The states. Sent, dead and dropped letters are settled.
const (
	Due     State = "due"     // it waits for its turn
	Sent    State = "sent"    // the far side has said that it has it
	Dead    State = "dead"    // it could not be delivered; a person may send it again
	Dropped State = "dropped" // it was not worth sending any more
)

// Letter is one thing to be said once at one address.
type Letter struct {
	ID        LetterID
	Lane      LaneID
	Sub       SubscriptionID // of whose letter it is, a callback's too
	Person    progress.Person
	Task      progress.TaskID // "" for a Note, whatever it is about
	Seq       int64           // of the event; 0 for a Note
	Kind      progress.Kind
	Class     Class
	State     State
	MadeAt    time.Time
	ExpiresAt time.Time // after that it is not tried any more
	DueAt     time.Time // not before
	SettledAt time.Time // zero until it is settled
	Tries     int       // so far
	Doubt     bool      // it may have arrived
	Why       string    // what the last try came to; "" before it
	Far       string    // what the far side calls it
	Round     int       // of an approval that nobody decides: how often it was told before
	Note      *Note     // of a letter that is about no event
}

// Says is what kind of event it is about, or of note.
func (l *Letter) Says() string {
	if l.Note != nil {
		return string(l.Note.Kind)
	}
	return string(l.Kind)
}

// Note is what a letter says that is about no event: something about its reader's
// addresses, or about tasks as they stand.
type Note struct {
	Kind    NoteKind       `json:"kind"`
	Channel string         `json:"channel"`
	To      string         `json:"to"`                     // an address without secrets
	Sub     SubscriptionID `json:"subscription,omitempty"` // that it is about
	Reason  string         `json:"reason"`
	At      time.Time      `json:"at"`

	Task  progress.TaskID `json:"task_id,omitempty"` // of NoteUndelivered
	Step  int             `json:"step,omitempty"`    // order, likewise
	Items []Item          `json:"items,omitempty"`   // of NoteDigest
	More  int             `json:"more,omitempty"`    // tasks beyond those
}

// NoteKind says what a note is about.
type NoteKind string

// The kinds of notes.
const (
	NoteOff  NoteKind = "destination.off" // nothing is sent to an address any more
	NoteDead NoteKind = "delivery.failed" // a letter that matters could not be delivered
	NoteTest NoteKind = "test"            // nothing but that it arrives

	// NoteDigest tells of events together that were held back or gathered: how their
	// tasks stand now.
	NoteDigest NoteKind = "digest"

	// NoteUndelivered tells operators that an approval reached nobody who may decide it.
	NoteUndelivered NoteKind = "approval.undelivered"

	// NoteConfirm asks whoever reads at a new address whether they want it to be told.
	NoteConfirm NoteKind = "address.confirm"
)

// CardID names a card: a task at an address.
type CardID string

// CardIDOf is the id of the card of a task for a subscription.
func CardIDOf(s SubscriptionID, t progress.TaskID) CardID { return CardID(string(s) + "/" + string(t)) }

// Card is a live picture of a task in one place, as it is stored; or a letter that asks for
// a decision, once it is sent: it goes on showing how that stands.
type Card struct {
	ID     CardID
	Lane   LaneID
	Sub    SubscriptionID
	Person progress.Person
	Task   progress.TaskID
	Want   int64  // the least version of the task that it has to show; it only rises
	Shown  int64  // the version that it shows, 0 for none
	Hash   string // of the picture that it shows
	Far    string // what the far side calls it
	Over   bool   // the run that it shows has ended, or what it asks is decided: no tick moves it any more
	MadeAt time.Time

	Seq   int64 // of the event whose letter it is, 0 for a picture of the task
	Round int   // of that letter

	speech *Speech // that it was, of what the bot has said; such a card is in no store
}
