package templates

import "slices"

// less takes away from a card, in this order.
func (v cardView) less(n int) view {
	if n >= len(cardCuts) {
		return nil
	}
	if v.Ask != nil { // it is shared
		ask := *v.Ask
		v.Ask = &ask
	}
	if v.Fault != nil {
		fault := *v.Fault
		v.Fault = &fault
	}
	cardCuts[n](&v)
	return v
}

// cardCuts are what a card can do without, what matters least first.
var cardCuts = [...]func(*cardView){
	func(v *cardView) { v.Facts = nil },
	func(v *cardView) { v.Remarks, v.Place = nil, "" },
	func(v *cardView) { v.fewer(5) },
	func(v *cardView) { v.Message = "" },
	func(v *cardView) { v.Result = v.Result[:min(len(v.Result), 1)] },
	func(v *cardView) { v.shorter(400, 5) },
	func(v *cardView) { v.Took, v.Bar = "", false },
	func(v *cardView) { v.fewer(3) },
	func(v *cardView) { v.shorter(200, 3) },
	func(v *cardView) { v.fewer(2) },
	func(v *cardView) { v.fewer(1) },
	func(v *cardView) { v.Lines, v.More, v.Result = nil, 0, nil },
	func(v *cardView) { v.shorter(100, 0) },
	func(v *cardView) { v.Offers, v.Now = nil, "" },
	func(v *cardView) { v.brief() },
	func(v *cardView) { v.Left, v.Reason = "", "" },
	func(v *cardView) { v.Alarm, v.Outcome = nil, nil },
	func(v *cardView) { v.Fault = nil },
	func(v *cardView) { v.Ask = nil },
}

// fewer leaves so many lines, those around the one that is under way.
func (v *cardView) fewer(most int) {
	if len(v.Lines) <= most {
		return
	}
	focus := 0
	for i, l := range v.Lines {
		if l.Note != "" {
			focus = i
		}
	}
	from, to := window(len(v.Lines), focus, most)
	v.More += len(v.Lines) - (to - from)
	v.Lines = v.Lines[from:to]
}

// shorter cuts long texts, and leaves so many effects of what is asked.
func (v *cardView) shorter(most, effects int) {
	v.Reason = cut(v.Reason, most)
	if v.Fault != nil {
		v.Fault.Text = cut(v.Fault.Text, most)
	}
	if a := v.Ask; a != nil {
		a.Prompt, a.Choice = cut(a.Prompt, most), cut(a.Choice, most)
		a.Who, a.Head = cut(a.Who, most), cut(a.Head, most)
		if over := len(a.Effects) - effects; over > 0 {
			a.More += over
			a.Effects = a.Effects[:effects]
		}
	}
}

// brief leaves what is asked or what went wrong, and nothing around it.
func (v *cardView) brief() {
	if v.Fault != nil {
		v.Fault.Advice, v.Fault.Where = "", ""
	}
	if a := v.Ask; a != nil {
		*a = Ask{Step: a.Step, ID: a.ID, Digest: a.Digest, Head: a.Head, Prompt: a.Prompt, Risk: a.Risk, Until: a.Until}
	}
}

// last is the head of a card alone.
func (v cardView) last(most int) view {
	v.Card = Card{
		Task: v.Task, Run: v.Run, Attempt: v.Attempt, Version: v.Version, Lang: v.Lang, Status: v.Status, Symbol: v.Symbol,
		Percent: v.Percent, Head: cut(v.Head, most),
	}
	return v
}

// fullest is how long a detail may be at first when a notice is cut, and shortest
// in the end.
const (
	fullDetail  = 300
	shortDetail = 120
)

// less takes away from a notice: ends of details, the links of tasks, then details and
// tasks, the last first, then of which task it is.
func (v noticeView) less(n int) view {
	switch {
	case n == 0:
		v.shorter(fullDetail)
	case n == 1:
		v.shorter(shortDetail)
	case n == 2:
		v.unlink()
	case len(v.Details)+len(v.Tasks) > 0:
		v.fewer()
	case v.more > 0:
		v.more = 0
	case v.About != "":
		v.About, v.Title = "", ""
	default:
		return nil
	}
	return v
}

// shorter cuts long details, and those of tasks.
func (v *noticeView) shorter(most int) {
	short := func(s string) string { return cut(s, most) }
	v.Details, v.Tasks = each(v.Details, short), slices.Clone(v.Tasks)
	for i := range v.Tasks {
		all(short, &v.Tasks[i].Title, &v.Tasks[i].Text)
	}
}

// unlink takes away where tasks are found.
func (v *noticeView) unlink() {
	v.Tasks = slices.Clone(v.Tasks)
	for i := range v.Tasks {
		v.Tasks[i].Link = ""
	}
}

// fewer takes away the last detail, of a digest the last task.
func (v *noticeView) fewer() {
	left := max(len(v.Details), len(v.Tasks)) - 1
	v.Details, v.Tasks = v.Details[:min(left, len(v.Details))], v.Tasks[:min(left, len(v.Tasks))]
	v.more++
}

// last is the sentence of a notice alone.
func (v noticeView) last(most int) view {
	v.more, v.Notice = 0, Notice{Task: v.Task, Seq: v.Seq, Kind: v.Kind, Lang: v.Lang, At: v.At, Text: cut(v.Text, most)}
	return v
}
