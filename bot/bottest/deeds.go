package bottest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// person brings somebody into the world.
func (w *World) person(name string, rights []string, named map[string]string) error {
	p := Person{Actor: progress.Actor{Person: progress.Person(name), Rights: progress.MayRead}, Name: name, Lang: named["lang"]}
	for _, right := range rights {
		switch right {
		case "read":
		case "operate":
			p.Rights |= progress.MayOperate
		case "approve":
			p.Rights |= progress.MayApprove
		case "all":
			p.All = true
		default:
			return fmt.Errorf("what right is %q?", right)
		}
	}
	p.Groups = list(named["group"])
	w.People[name] = p
	return nil
}

// stranger is somebody whose account nobody has linked.
func stranger(name string, named map[string]string) Person {
	p := Person{Name: name, Lang: named["lang"], Stranger: true}
	for _, task := range list(named["shown"]) {
		p.Sight = append([]progress.TaskID{ID(task)}, p.Sight...)
	}
	return p
}

// card gives the buttons of a task's card, as a room is shown it: one for each verb that the
// task admits, called by it. Whoever may decide is asked to.
func (p *player) card(id progress.TaskID) (out []shown, err error) {
	t, err := p.w.Task(id)
	if err != nil {
		return nil, err
	}
	all := progress.Offers(t, worker())
	if t.Steps.First(progress.StepWaiting) > 0 && !slices.Contains(all, progress.VerbApprove) {
		all = append(all, progress.VerbApprove, progress.VerbReject)
	}
	for _, v := range all {
		step := 0
		switch v {
		case progress.VerbApprove, progress.VerbReject:
			step = t.Steps.First(progress.StepWaiting)
		case progress.VerbRetry, progress.VerbSkip:
			step = t.Steps.First(progress.StepFailed)
		}
		press, err := p.w.Button(id, v, step)
		if err != nil {
			return nil, err
		}
		out = append(out, shown{templates.Button{Label: string(v), Press: press}, Said{Room: "room", Shown: v}})
	}
	return out, nil
}

// list are the parts of a text with commas.
func list(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(text, ",")
}

// task makes a task.
func (w *World) task(id, title string, named map[string]string) error {
	c := progress.Create{Spec: progress.Spec{Title: title, Owner: named["owner"]}}
	for _, name := range list(named["steps"]) {
		c.Steps = append(c.Steps, progress.Plan{Name: name})
	}
	if named["controls"] != "" {
		c.Spec.Controls = []progress.Verb{}
		for _, v := range list(named["controls"]) {
			c.Spec.Controls = append(c.Spec.Controls, progress.Verb(v))
		}
	}
	by := worker()
	if named["by"] != "" {
		by.Person = progress.Person(named["by"])
	}
	_, err := w.Do(ID(id), by, c)
	return err
}

// work has the worker of a task report.
func (w *World) work(id progress.TaskID, what string, rest []string, named map[string]string) error {
	arg := func(i int) string {
		if i < len(rest) {
			return rest[i]
		}
		return ""
	}
	step, _ := strconv.Atoi(arg(0)) // 0 where it is none
	var do progress.Change
	switch what {
	case "starts":
		do = progress.Report{Status: progress.Running}
	case "at":
		percent, _ := strconv.ParseFloat(cmp.Or(arg(1), "0"), 64)
		do = progress.Report{Step: progress.StepRef{Order: step}, StepStatus: progress.StepRunning, StepProgress: &percent}
	case "ends":
		do = progress.Report{Step: progress.StepRef{Order: step}, StepStatus: progress.StepCompleted}
	case "done":
		do = progress.Report{Status: progress.Completed}
	case "fails":
		do = progress.Report{Step: progress.StepRef{Order: step}, Status: progress.Failed, Error: &progress.Fault{Message: arg(1)}}
	case "prints":
		do = progress.Log{Lines: []progress.LogLine{{Level: named["level"], Line: arg(0)}}}
	case "asks":
		return w.ask(id, step, named)
	default:
		return fmt.Errorf("what does a worker do that %s?", what)
	}
	_, err := w.Do(id, worker(), do)
	return err
}

// ask has the worker of a task ask for an approval.
func (w *World) ask(id progress.TaskID, step int, named map[string]string) error {
	quorum, _ := strconv.Atoi(cmp.Or(named["quorum"], "1"))
	expires, _ := strconv.Atoi(cmp.Or(named["expires"], "0"))
	_, err := w.Do(id, worker(), progress.Ask{Step: progress.StepRef{Order: step}, Gate: progress.Gate{
		Prompt: named["prompt"], Approvers: list(named["approvers"]), Quorum: quorum, Risk: named["risk"], ExpiresIn: expires,
		OnReject: progress.OnReject(named["on_reject"]),
	}})
	return err
}

// act has somebody act elsewhere.
func (w *World) act(who string, v progress.Verb, id progress.TaskID, rest []string) error {
	p, ok := w.People[who]
	if !ok {
		return fmt.Errorf("who is %s?", who)
	}
	step := 0
	if len(rest) > 0 {
		step, _ = strconv.Atoi(rest[0])
	}
	do, ok := map[progress.Verb]progress.Change{
		progress.VerbApprove: progress.Approve{Step: step}, progress.VerbReject: progress.Reject{Step: step},
		progress.VerbPause: progress.Pause{}, progress.VerbResume: progress.Resume{}, progress.VerbCancel: progress.Cancel{},
		progress.VerbRestart: progress.Restart{}, progress.VerbRetry: progress.Retry{Step: step}, progress.VerbSkip: progress.Skip{Step: step},
	}[v]
	if !ok {
		return fmt.Errorf("what does %s do?", v)
	}
	_, err := w.Do(id, p.Actor, do)
	return err
}

// stands looks at how a task stands.
func (w *World) stands(id progress.TaskID, status string, named map[string]string) error {
	t, err := w.Task(id)
	if err != nil {
		return err
	}
	is := map[string]string{"status": string(t.Status), "run": strconv.Itoa(t.Run), "attempt": strconv.Itoa(t.Attempt)}
	if t.End != nil {
		is["by"], is["via"], is["reason"] = string(t.End.By), string(t.End.Via), t.End.Reason
	}
	for s := range t.Steps.All() {
		is["step"+strconv.Itoa(s.Order)] = string(s.Status)
		if s.Approval != nil {
			is["votes"], is["by"], is["via"], is["reason"] =
				strconv.Itoa(len(s.Approval.Votes)), string(s.Approval.DecidedBy), string(s.Approval.Via), s.Approval.Reason
		}
	}
	named["status"] = status
	for _, key := range []string{"status", "run", "attempt", "step1", "step2", "step3", "votes", "by", "via", "reason"} {
		if want, ok := named[key]; ok && is[key] != want {
			return fmt.Errorf("its %s is %q", key, is[key])
		}
		delete(named, key)
	}
	if len(named) > 0 {
		return fmt.Errorf("nothing is known of %v", slices.Sorted(maps.Keys(named)))
	}
	return nil
}
