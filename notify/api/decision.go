package api

import (
	"slices"
	"strings"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/kit"
)

// decision is what an event came to for somebody at an address, as the API shows it.
type decision struct {
	Person   progress.Person       `json:"person,omitempty"`  // "" of an address that is nobody's
	Channel  string                `json:"channel,omitempty"` // "" of somebody who cannot be reached
	To       string                `json:"to,omitempty"`
	Sub      notify.SubscriptionID `json:"subscription,omitempty"`
	Webhook  notify.SubscriptionID `json:"webhook,omitempty"`
	Rule     string                `json:"rule,omitempty"`
	Outcome  notify.Outcome        `json:"outcome"`
	Why      string                `json:"why"`
	Until    progress.Instant      `json:"until,omitzero"`
	Delivery *decisionDelivery     `json:"delivery,omitempty"`
}

// decisionDelivery is how the delivery stands that tells it.
type decisionDelivery struct {
	ID        notify.LetterID  `json:"id"`
	State     notify.State     `json:"state"`
	Tries     int              `json:"tries"`
	Why       string           `json:"why,omitempty"`
	Doubt     bool             `json:"doubt,omitempty"`
	SettledAt progress.Instant `json:"settled_at"`
}

// decisionsOf are rows as the API shows them, with the deliveries that are known.
func decisionsOf(c *kit.Call, rows []notify.TraceRow, sent map[notify.LetterID]delivery) []decision {
	out := make([]decision, len(rows))
	for i := range rows {
		out[i] = decisionOf(c, &rows[i])
		if d, ok := sent[rows[i].Letter]; ok {
			out[i].Delivery = &decisionDelivery{d.ID, d.State, d.Tries, d.Why, d.Doubt, d.SettledAt}
		}
	}
	return out
}

func decisionOf(c *kit.Call, r *notify.TraceRow) decision {
	at := notify.Address{Channel: r.Channel, To: r.To}
	d := decision{Person: r.Person, Channel: r.Channel, To: shownTo(c, r.Person, at), Rule: r.Rule, Outcome: r.Outcome, Until: progress.Instant(r.Until)}
	d.Why = repeated(r.Why, at, d.To)
	switch {
	case !strings.HasPrefix(string(r.Sub), subPrefix):
	case r.Channel == notify.Webhook:
		d.Webhook = r.Sub
	default:
		d.Sub = r.Sub
	}
	return d
}

// joined are the deliveries that tell what somebody, for "" everybody, was told of a task.
// Those that tell several events are about no task, and asked for one by one.
func (s reasons) joined(c *kit.Call, id progress.TaskID, who progress.Person, traces []notify.Trace) (map[notify.LetterID]delivery, error) {
	want, bundles := lettersIn(traces)
	if len(want) == 0 {
		return nil, nil
	}
	letters, err := s.Ledger.Letters(c.Ctx(), notify.LetterQuery{Task: id, Person: who, Limit: maxJoined})
	if err != nil {
		return nil, trouble(err)
	}
	full := len(letters) == maxJoined
	letters = slices.DeleteFunc(letters, func(l notify.Letter) bool { return !want[l.ID] })
	for _, l := range letters {
		delete(want, l.ID)
	}
	for letter := range want {
		if !full && !bundles[letter] {
			continue // it is not kept any more
		}
		one, err := s.Ledger.Letters(c.Ctx(), notify.LetterQuery{ID: letter, Limit: 1})
		if err != nil {
			return nil, trouble(err)
		}
		letters = append(letters, one...)
	}
	shown, err := deliveries(s).shown(c, letters)
	out := make(map[notify.LetterID]delivery, len(shown))
	for _, d := range shown {
		out[d.ID] = d
	}
	return out, err
}

// lettersIn are the letters that rows name, and which of them tell several events.
func lettersIn(traces []notify.Trace) (all, bundles map[notify.LetterID]bool) {
	all, bundles = map[notify.LetterID]bool{}, map[notify.LetterID]bool{}
	for i := range traces {
		for _, r := range traces[i].Rows {
			if r.Letter != "" {
				all[r.Letter] = true
				bundles[r.Letter] = r.Outcome == notify.Holds || r.Outcome == notify.Gathers
			}
		}
	}
	return all, bundles
}

// escalation is a chain as the API shows it.
type escalation struct {
	Approval string           `json:"approval,omitempty"` // "" of one that nobody has asked for
	Step     int              `json:"step"`
	AskedAt  progress.Instant `json:"asked_at"`
	Stages   []stage          `json:"stages"`
	Next     int              `json:"next"`
	Round    int              `json:"round"`
	DueAt    progress.Instant `json:"due_at"`
	Over     string           `json:"over,omitempty"`
	OverAt   progress.Instant `json:"over_at,omitzero"`
	Alerted  bool             `json:"alerted,omitempty"`
}

// stage is one more try to have an approval decided.
type stage struct {
	After int64            `json:"after_seconds"`
	Tell  []string         `json:"tell"`
	By    []string         `json:"by"`
	At    progress.Instant `json:"at,omitzero"` // when it was told, or will be
}

// escalationOf shows a chain of which it is known when its rounds were told.
func escalationOf(c *kit.Call, ch *notify.Chain, told map[int]time.Time) escalation {
	e := escalation{
		Approval: ch.Approval, Step: ch.Step, AskedAt: progress.Instant(ch.AskedAt), Stages: []stage{}, Next: ch.Next, Round: ch.Round,
		DueAt: progress.Instant(ch.DueAt), Over: ch.Over, OverAt: progress.Instant(ch.OverAt), Alerted: ch.Alerted,
	}
	ahead := ch.FiredAt
	for i, st := range ch.Stages {
		at := told[i+1]
		if i >= ch.Next && ch.Over == "" {
			ahead = ahead.Add(st.After)
			at = ahead
		}
		e.Stages = append(e.Stages, stage{int64(st.After / time.Second), namesIn(c, st.Tell), append([]string{}, st.By...), progress.Instant(at)})
	}
	return e
}

// namesIn are the names of a stage; of those that are mail addresses as much as people
// have to know.
func namesIn(c *kit.Call, names []string) []string {
	out := []string{}
	for _, name := range names {
		if channel, to, ok := strings.Cut(name, ":"); ok && channel != "group" {
			name = channel + ":" + shownTo(c, "", notify.Address{Channel: channel, To: to})
		}
		out = append(out, name)
	}
	return out
}
