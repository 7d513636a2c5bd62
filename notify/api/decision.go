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

// decisionsOf are the rows of a trace as the API shows them, with the deliveries that are
// known.
func decisionsOf(c *kit.Call, t *notify.Trace, sent fates) []decision {
	out := make([]decision, len(t.Rows))
	for i := range t.Rows {
		out[i] = decisionOf(c, &t.Rows[i])
		if d, ok := sent.of(t, &t.Rows[i]); ok {
			out[i].Delivery = &decisionDelivery{d.ID, d.State, d.Tries, d.Why, d.Doubt, d.SettledAt}
		}
	}
	return out
}

func decisionOf(c *kit.Call, r *notify.TraceRow) decision {
	at := notify.Address{Channel: r.Channel, To: r.To}
	d := decision{Person: r.Person, Channel: r.Channel, To: shownTo(c, r.Person, at), Rule: r.Rule, Outcome: r.Outcome, Until: progress.Instant(r.Until)}
	d.Why = repeated(r.Why, at, d.To)
	d.Webhook, d.Sub = ofTable(r.Sub, r.Channel)
	return d
}

// fates are how deliveries stand: by their id, and questions by what they ask.
type fates struct {
	byID map[notify.LetterID]delivery
	asks map[question]delivery
}

// question is an event that asked a subscription, in a round.
type question struct {
	sub   notify.SubscriptionID
	seq   int64
	round int
}

// of is the delivery that tells a row. A question that was held has one of its own, whatever
// is told together with it.
func (f fates) of(t *notify.Trace, r *notify.TraceRow) (delivery, bool) {
	d, ok := f.byID[r.Letter]
	if t.Kind == progress.ApprovalNeeded && r.Outcome == notify.Holds {
		if asked, alone := f.asks[question{r.Sub, t.Seq, t.Round}]; alone {
			return asked, true
		}
	}
	return d, ok
}

// joined are the deliveries that tell what somebody, for "" everybody, was told of a task.
// Those that tell several events are about no task, and asked for one by one.
func (s reasons) joined(c *kit.Call, id progress.TaskID, who progress.Person, traces []notify.Trace) (out fates, err error) {
	want, bundles := lettersIn(traces)
	if len(want) == 0 {
		return out, nil
	}
	letters, err := s.Ledger.Letters(c.Ctx(), notify.LetterQuery{Task: id, Person: who, Limit: maxJoined})
	if err != nil {
		return out, progress.Trouble(err)
	}
	full := len(letters) == maxJoined
	letters = slices.DeleteFunc(letters, func(l notify.Letter) bool { return !want[l.ID] && l.Kind != progress.ApprovalNeeded })
	for _, l := range letters {
		delete(want, l.ID)
	}
	for letter := range want {
		if !full && !bundles[letter] {
			continue // it is not kept any more
		}
		one, err := s.Ledger.Letters(c.Ctx(), notify.LetterQuery{ID: letter, Limit: 1})
		if err != nil {
			return out, progress.Trouble(err)
		}
		letters = append(letters, one...)
	}
	shown, err := deliveries(s).shown(c, letters)
	out = fates{map[notify.LetterID]delivery{}, map[question]delivery{}}
	for i, d := range shown {
		out.byID[d.ID] = d
		if l := &letters[i]; l.Kind == progress.ApprovalNeeded {
			out.asks[question{l.Sub, l.Seq, l.Round}] = d
		}
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
		Approval: ch.Approval, Step: ch.Step, AskedAt: progress.Instant(ch.AskedAt), Stages: []stage{}, Next: ch.Next,
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
