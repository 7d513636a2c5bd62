package bot

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"github.com/taskherald/herald/intents"
	"github.com/taskherald/herald/templates"
)

// heardFor is for how long a turn is known that is given again.
const heardFor = 24 * time.Hour

// heard is what is kept of a turn: what it ordered, before it was done, or that it did not
// order anything.
type heard struct {
	Order *order        `json:"order,omitempty"`
	Lang  string        `json:"lang,omitempty"`
	Wait  time.Duration `json:"wait_ns,omitempty"` // for how long a pause was wanted
}

// key is the idempotency key of what a message asks for, "" for one without an id. One of the
// same id that says something else is another.
func (t Turn) key() string {
	if t.ID == "" {
		return ""
	}
	return keyOf(string(t.Who.Person), t.Room, t.ID, t.Text)
}

// keyOf is the key that stands for some texts.
func keyOf(parts ...string) string {
	packed, _ := json.Marshal(parts) // of plain texts: cannot fail
	sum := sha256.Sum256(packed)
	return "chat " + hex.EncodeToString(sum[:16])
}

// repeated answers a message that was heard before with what came of it; ok is false for
// one that was not, or that did nothing.
func repeated(t *talk) (a templates.Answer, ok bool, err error) {
	key := t.turn.key()
	if key == "" {
		return a, false, nil
	}
	text, err := t.Store.ReasonOf(t.ctx, key)
	if err != nil || text == "" {
		return a, false, err
	}
	h := heardOf(text)
	if h.Order == nil {
		t.again = true
		return a, false, nil
	}
	t.said = intents.Reading{
		Intent: intents.Intent(h.Order.Verb), Verb: h.Order.Verb, Task: h.Order.Task, How: intents.ByID,
		Step: h.Order.Step, Reason: h.Order.Reason, Lang: h.Lang, Wait: h.Wait, Sure: intents.SureAct,
	}
	a, err = perform(t, *h.Order)
	t.note = note{still: true}
	return a, true, err
}

// heardOf reads what is kept of a turn; what cannot be read ordered nothing.
func heardOf(text string) (h heard) {
	if json.Unmarshal([]byte(text), &h) != nil {
		return heard{}
	}
	return h
}

// noteHeard notes that a message did nothing which may mean something else the next time:
// one that asks for something to be done or to be told, or that answers a question.
func noteHeard(t *talk) error {
	r := t.said
	if t.again || t.noted || t.turn.Stranger || r.Verb == "" && r.Assent == "" && !toldMore(r) && (r.Pick == "" || t.was.own.Asked == nil) {
		return nil
	}
	return noteDown(t, t.turn.key(), heard{Lang: r.Lang})
}

// toldMore reports whether somebody wants to be told of more, or of less.
func toldMore(r intents.Reading) bool {
	return r.Intent == intents.Subscribe || r.Intent == intents.Unsubscribe
}

// noteOrder notes what a message orders, before it is done.
func noteOrder(t *talk, o order) error {
	if t.turn.Press != "" {
		return nil // its ticket is as good a note
	}
	t.noted = true
	return noteDown(t, t.turn.key(), heard{Order: &o, Lang: t.said.Lang, Wait: t.said.Wait})
}

func noteDown(t *talk, key string, h heard) error {
	if key == "" {
		return nil
	}
	var doc bytes.Buffer
	e := json.NewEncoder(&doc)
	e.SetEscapeHTML(false)
	if err := e.Encode(h); err != nil {
		return err
	}
	return t.Store.KeepReason(t.ctx, key, doc.String(), t.now.Add(heardFor))
}
