package progress

// Allow says whether the actor may give the verb to the task at all, whatever
// its state. A task that the actor may not even see does not exist for it:
// the error is NotFound.
func Allow(t Task, a Actor, v Verb) error {
	rule, ok := RuleOf(v)
	if !ok {
		return invalid("verb", "%q is no verb", v)
	}
	if t.Spec != nil && !Sees(t, a) {
		return refuse(NotFound, "there is no task %q", t.ID)
	}
	if !a.Has(rule.Right) {
		return refuse(Forbidden, "this needs the right to %s", rule.Right)
	}
	if t.Spec != nil && rule.Right != MayApprove && !mine(t, a) {
		return refuse(Forbidden, "you may see this task and decide, but not %s it", v)
	}
	return nil
}

// mine reports whether the task is everyone's, the actor's, its group's, or
// made by the actor.
func mine(t Task, a Actor) bool {
	s := t.Spec
	return a.All || s.Owner == "" || a.Is(s.Owner) || (s.CreatedBy != "" && s.CreatedBy == a.Person)
}

// Sees reports whether the actor may know of the task: it is the actor's to
// act on, or one of its steps names the actor to decide.
func Sees(t Task, a Actor) bool {
	return t.Spec != nil && (mine(t, a) || decides(t, a))
}

// decides reports whether a step names the actor as one who decides.
func decides(t Task, a Actor) bool {
	return t.Steps.first(
		func(t *tally) bool { return t.asking > 0 },
		func(s *Step) bool { return decider(s, a) }) > 0
}

// decider reports whether a step names the actor, as an approver or as one to be told.
func decider(s *Step, a Actor) bool {
	g := s.Gate
	if s.Approval != nil {
		g = &s.Approval.Gate
	}
	return g != nil && g.names(a)
}

// MayDecide says whether the actor may decide the approval, beyond the right to
// approve and to see the task. Where approvers are named only the gate's deciders
// may, and the one who asked only where the gate says so.
func MayDecide(ap Approval, a Actor) error {
	if len(ap.Approvers) == 0 {
		return nil
	}
	if !ap.names(a) {
		return refuse(Forbidden, "only %s may decide this", Names(ap.Deciders()))
	}
	if a.Person != "" && a.Person == ap.AskedBy && !ap.SelfApproval {
		return refuse(Forbidden, "you asked for this yourself; somebody else has to decide")
	}
	return nil
}

// Offers lists the wishes that the actor may give to the task as it is. What is
// offered is accepted: by Decide, with the step left to it.
func Offers(t Task, a Actor) []Verb {
	var out []Verb
	for _, r := range rules {
		if r.Wish && r.On[t.Status] != nil && (!r.Needs || t.Spec.obeys(r.Verb)) &&
			Allow(t, a, r.Verb) == nil && offersStep(t, a, r.Verb) {
			out = append(out, r.Verb)
		}
	}
	return out
}

// offersStep reports whether a verb that is about a step has one to be about.
func offersStep(t Task, a Actor, v Verb) bool {
	switch v {
	case VerbApprove, VerbReject:
		n := t.decidable(a)
		if n == 0 {
			return false
		}
		ap := *t.Steps.At(n).Approval
		vote, voted := ap.vote(a.Person)
		return MayDecide(ap, a) == nil && !(voted && v == VerbApprove && vote.Decision == ApprovalApproved)
	case VerbRetry:
		return t.failedStep() > 0
	case VerbSkip:
		n := t.skippable()
		return n > 0 && !t.Steps.at(n).gated()
	}
	return true
}

// decidable is the step that a decision without one means: the first waiting
// one that is the actor's to decide, else the first waiting one; 0 if none waits.
func (t Task) decidable(a Actor) int {
	n := t.Steps.first(
		func(t *tally) bool { return t.status[StepWaiting.index()] > 0 },
		func(s *Step) bool { return s.Status == StepWaiting && MayDecide(*s.Approval, a) == nil })
	if n > 0 {
		return n
	}
	return t.Steps.First(StepWaiting)
}

// skippable is the step that a skip without one means: of a failed task the
// failed one, else the current one; 0 if there is none.
func (t Task) skippable() int {
	if t.Status == Failed {
		return t.failedStep()
	}
	n := t.Current()
	if n == 0 || t.Steps.At(n).Status.Ended() {
		return 0
	}
	return n
}
