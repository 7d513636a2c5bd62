package api

import (
	"cmp"
	"net/http"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
)

// horizon is for how long a letter is worth trying that somebody sends again.
const horizon = 24 * time.Hour

// redriveOne is POST /api/deliveries/{id}/redrive.
func (s deliveries) redriveOne(c *kit.Call) error {
	l, err := s.letter(c)
	if err != nil {
		return err
	}
	n, lanes, err := s.Ledger.Redrive(c.Ctx(), notify.LetterQuery{ID: l.ID}, s.now(), horizon)
	s.Poke(lanes)
	switch {
	case err != nil:
		return progress.Trouble(err)
	case n == 0 && (l.State == notify.Dead || l.State == notify.Dropped):
		return &progress.Error{Code: progress.Conflict, Say: "what it was for is gone, or off; switch it on first"}
	case n == 0:
		return &progress.Error{Code: progress.Conflict, Say: "it is " + string(l.State) + "; only what is dead or dropped is sent again"}
	}
	if l, err = s.letter(c); err != nil {
		return err
	}
	return s.reply(c, http.StatusAccepted, l)
}

// redriveBody says which deliveries are to be sent again.
type redriveBody struct {
	State   notify.State    `json:"state"` // dead or dropped, "" means dead
	Task    progress.TaskID `json:"task"`
	Webhook string          `json:"webhook"`
	Sub     string          `json:"subscription"`
	All     bool            `json:"all"` // everybody's
}

// redriven is how many are.
type redriven struct {
	Redriven int `json:"redriven"`
}

// mostRedriven is how many deliveries one request sends again.
const mostRedriven = 10_000

// redriveAll is POST /api/deliveries/redrive.
func (s deliveries) redriveAll(c *kit.Call) error {
	var b redriveBody
	if err := c.Bind(&b); err != nil {
		return err
	}
	b.State = cmp.Or(b.State, notify.Dead)
	if b.State != notify.Dead && b.State != notify.Dropped {
		return kit.Invalid("state", "must be dead or dropped, not %q", b.State)
	}
	for field, text := range map[string]string{"task": string(b.Task), "webhook": b.Webhook, "subscription": b.Sub} {
		if err := kit.Short(field, text, mostName); err != nil {
			return err
		}
	}
	of, err := oneOf(b.Webhook, b.Sub)
	if err != nil {
		return err
	}
	person, err := whose(c, b.All)
	if err != nil {
		return err
	}
	q := notify.LetterQuery{Person: person, State: b.State, Task: b.Task, Sub: of, Limit: mostRedriven}
	n, lanes, err := s.Ledger.Redrive(c.Ctx(), q, s.now(), horizon)
	s.Poke(lanes)
	if err != nil {
		return progress.Trouble(err)
	}
	c.Reply(http.StatusOK, redriven{n})
	return nil
}
