package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
	"github.com/taskherald/herald/templates/textcard"
)

// page is a text of short lines, as wide as the screen at most.
type page struct {
	screen textcard.Screen
	text   strings.Builder
}

// line writes a stranger's text after what leads it, broken between words. What follows the
// first line stands below the text, or a little further in where nothing leads it.
func (p *page) line(lead, text string) {
	hang := len(lead)
	if blank(lead) {
		hang += 2
	}
	line, room := "", max(p.screen.Width, narrowest)
	for word := range strings.FieldsSeq(p.screen.Clean(text)) {
		switch {
		case line == "":
			line = lead + word
		case textcard.Columns(line)+1+textcard.Columns(word) > room:
			p.text.WriteString(line + "\n")
			line = strings.Repeat(" ", hang) + word
		default:
			line += " " + word
		}
	}
	p.text.WriteString(line + "\n")
}

// narrowest is how wide a screen is at least.
const narrowest = 40

// events writes what events came to. Those in a row of which nobody was told, for the same
// reasons, share a line; idle ends that of events that were for nobody.
func (p *page) events(all []client.EventReasons, idle string) {
	for i := 0; i < len(all); {
		n := i + 1
		for n < len(all) && p.alike(all[i], all[n]) {
			n++
		}
		p.line("", "")
		if came := len(all[i].Decisions) + all[i].More; came == 0 {
			p.line(p.at(all[i].At)+"  ", spanned(all[i:n])+": "+idle)
		} else {
			p.event(all[i:n])
		}
		i = n
	}
}

// alike reports whether two events came to the same for everybody, who was told of neither
// at once.
func (p *page) alike(a, b client.EventReasons) bool {
	return a.Round == b.Round && a.More == b.More && slices.EqualFunc(a.Decisions, b.Decisions, func(c, d client.RouteDecision) bool {
		return c.Outcome != "told" && addressee(c) == addressee(d) && p.fate(c, a.Type) == p.fate(d, b.Type)
	})
}

// spanned names events in short.
func spanned(all []client.EventReasons) string {
	if len(all) == 1 {
		return string(all[0].Type)
	}
	return fmt.Sprintf("%s and %d more up to %s", all[0].Type, len(all)-1, all[len(all)-1].Type)
}

// event writes what some events came to, which is the same.
func (p *page) event(all []client.EventReasons) {
	e, of := all[0], progress.Kind("")
	head := spanned(all)
	if e.Round > 0 {
		head += fmt.Sprintf(", told again as nobody has decided (%d)", e.Round)
	}
	p.line(p.at(e.At)+"  ", head)
	if len(all) > 1 {
		of = e.Type
	}
	p.decisions(e.Decisions, of)
	if e.More > 0 {
		p.line("  ", fmt.Sprintf("and %d more, which are not kept", e.More))
	}
}

// decisions writes what it came to for each. Of is the kind of event that stands for others
// too, "" for none.
func (p *page) decisions(all []client.RouteDecision, of progress.Kind) {
	for _, d := range all {
		p.line("  ", addressee(d)+": "+p.fate(d, of))
	}
}

// addressee is who is meant, and where.
func addressee(d client.RouteDecision) string {
	where := strings.TrimSpace(d.Channel + " " + d.To)
	switch {
	case d.Person == "":
		return where
	case where == "":
		return string(d.Person)
	}
	return string(d.Person) + ", " + where
}

// fate is what it came to for somebody, and why. Of is as for decisions.
func (p *page) fate(d client.RouteDecision, of progress.Kind) string {
	said := p.outcome(d) + ": " + d.Why
	if of != "" {
		said = strings.ReplaceAll(said, " to "+string(of), " to such")
	}
	if d.Rule != "" && !strings.Contains(d.Why, d.Rule) {
		said += " (rule " + d.Rule + ")"
	}
	return said
}

// outcome is what it came to.
func (p *page) outcome(d client.RouteDecision) string {
	switch d.Outcome {
	case "shown":
		return "only its card shows it"
	case "silent":
		return "not told"
	case "told", "held", "digest":
		return p.waiting(d) + p.arrival(d.Delivery)
	}
	return d.Outcome
}

// waiting is until when something is kept. What is not known of then any more was for an
// address that has gone meanwhile.
func (p *page) waiting(d client.RouteDecision) string {
	said := ""
	switch d.Outcome {
	case "held":
		said = "held until " + p.at(d.Until)
	case "digest":
		said = "kept for the digest of " + p.at(d.Until)
	default:
		return "told"
	}
	if d.Delivery == nil && time.Since(time.Time(d.Until)) > time.Minute {
		said += ", and then not told: its subscription is gone"
	}
	return said
}

// arrival is what became of a delivery.
func (p *page) arrival(d *client.RouteDelivery) string {
	if d == nil {
		return ""
	}
	switch d.State {
	case "sent":
		return ", arrived at " + p.at(d.SettledAt) + after(d.Tries)
	case "dead":
		return ", could not be delivered (" + d.Why + "; \"herald redrive " + d.ID + "\" sends it again)"
	case "dropped":
		return ", dropped" + because(d.Why)
	}
	if d.Tries == 0 {
		return ", waits for its turn"
	}
	return ", not taken yet" + after(d.Tries) + because(d.Why)
}

// after says how often something was tried, if more than once.
func after(tries int) string {
	if tries < 2 {
		return ""
	}
	return fmt.Sprintf(" after %d tries", tries)
}

// because is a reason in brackets.
func because(why string) string {
	if why == "" {
		return ""
	}
	return " (" + why + ")"
}

// chain writes what happens while nobody decides.
func (p *page) chain(c client.Escalation, step string) {
	p.line(p.at(c.AskedAt)+"  ", step+" asks for a decision")
	p.stages(c)
	if c.Alerted {
		p.line("  ", "It reached nobody who may decide, and the operators were told so.")
	}
	if c.Over != "" {
		p.line(p.at(c.OverAt)+"  ", "over: "+c.Over)
	}
}

// stages writes who is told while nobody decides, and of a chain that is over who was.
func (p *page) stages(c client.Escalation) {
	for i, stage := range c.Stages {
		word := "then to be told: "
		switch {
		case i < c.Next && time.Time(stage.At).IsZero():
			p.line("          ", "passed over: "+whomWords(stage))
			continue
		case i < c.Next:
			word = "told: "
		case c.Over != "":
			return
		case i == c.Next:
			word = "next to be told: "
		}
		p.line(p.at(stage.At)+"  ", word+whomWords(stage))
	}
}

// whomWords are who is told at a stage.
func whomWords(s client.EscalationStage) string {
	whom := "those who were asked before, again"
	if len(s.Tell) > 0 {
		whom = strings.Join(s.Tell, ", ")
	}
	if len(s.By) > 0 {
		whom += ", by " + strings.Join(s.By, ", ")
	}
	return whom
}

// at is a time to the second, with its day if that is not today.
func (p *page) at(i progress.Instant) string {
	at := time.Time(i).In(p.screen.Now.Location())
	if at.Format(time.DateOnly) == p.screen.Now.Format(time.DateOnly) {
		return at.Format(time.TimeOnly)
	}
	return at.Format(time.DateTime)
}
