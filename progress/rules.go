package progress

import "slices"

// Rule is a row of the transition table: what a verb needs, and for each status
// of a task in which it is accepted, the statuses that may follow.
type Rule struct {
	Verb  Verb
	Right Right
	Wish  bool // a person may want it: it becomes a button, a sentence, a command
	Needs bool // only a worker that obeys it can carry it out (Spec.Controls)
	Does  string
	On    map[Status][]Status
}

// Rules is the transition table. A verb without a row does not exist.
func Rules() []Rule { return slices.Clone(rules) }

// RuleOf returns the row of a verb, and whether there is one.
func RuleOf(v Verb) (Rule, bool) {
	i := slices.IndexFunc(rules, func(r Rule) bool { return r.Verb == v })
	if i < 0 {
		return Rule{}, false
	}
	return rules[i], true
}

type on = map[Status][]Status

// None is the status of a task that does not exist yet.
const None Status = ""

var rules = []Rule{
	{Verb: VerbCreate, Right: MayReport, Does: "makes the task",
		On: on{None: {Pending}}},
	{Verb: VerbReport, Right: MayReport, Does: "says what the worker has done; the first report starts the task",
		On: on{
			Pending:   {Pending, Running, Paused, Waiting, Completed, Failed, Cancelled},
			Running:   {Running, Paused, Waiting, Completed, Failed, Cancelled},
			Paused:    {Paused, Running, Waiting, Completed, Failed, Cancelled},
			Waiting:   {Waiting, Running, Failed, Cancelled},
			Completed: {Completed, Running, Paused, Failed, Cancelled}, // of a session that has lapsed
		}},
	{Verb: VerbHeartbeat, Right: MayReport, Does: "says that the worker is alive, and renews its lease",
		On: on{Pending: {Pending}, Running: {Running}, Paused: {Paused}, Waiting: {Waiting}}},
	{Verb: VerbLog, Right: MayReport, Does: "appends lines of output",
		On: on{
			Pending: {Pending}, Running: {Running}, Paused: {Paused}, Waiting: {Waiting},
			Completed: {Completed}, Failed: {Failed}, Cancelled: {Cancelled},
		}},
	{Verb: VerbClaim, Right: MayReport, Does: "takes the task for a worker while nobody has it",
		On: on{Pending: {Pending}, Running: {Running}, Paused: {Paused}, Waiting: {Waiting}}},
	{Verb: VerbAsk, Right: MayReport, Does: "asks for an approval of a step",
		On: on{
			Pending: {Running, Waiting}, Running: {Running, Waiting}, Paused: {Paused}, Waiting: {Waiting},
		}},
	{Verb: VerbApprove, Right: MayApprove, Wish: true, Does: "lets a step go on that waits for a decision",
		On: on{Waiting: {Waiting, Running}, Paused: {Paused}}},
	{Verb: VerbReject, Right: MayApprove, Wish: true, Does: "refuses a step that waits: it fails, is skipped, or the task is cancelled",
		On: on{Waiting: {Waiting, Running, Failed, Cancelled}, Paused: {Paused, Failed, Cancelled}}},
	{Verb: VerbPause, Right: MayOperate, Wish: true, Needs: true, Does: "holds the work",
		On: on{Running: {Paused}}},
	{Verb: VerbResume, Right: MayOperate, Wish: true, Needs: true, Does: "lets the work go on",
		On: on{Paused: {Running, Waiting}}},
	{Verb: VerbCancel, Right: MayOperate, Wish: true, Does: "ends the task",
		On: on{Pending: {Cancelled}, Running: {Cancelled}, Paused: {Cancelled}, Waiting: {Cancelled}}},
	{Verb: VerbRestart, Right: MayOperate, Wish: true, Needs: true, Does: "begins a new run; of a live task: cancel and start over in one act",
		On: on{
			Pending: {Pending}, Running: {Pending}, Paused: {Pending}, Waiting: {Pending},
			Completed: {Pending}, Failed: {Pending}, Cancelled: {Pending},
		}},
	{Verb: VerbRetry, Right: MayOperate, Wish: true, Needs: true, Does: "tries a failed step again, in a new attempt",
		On: on{Failed: {Pending}}},
	{Verb: VerbSkip, Right: MayOperate, Wish: true, Needs: true, Does: "goes on without a step: the failed one in a new attempt, or one of a live task",
		On: on{Pending: {Pending}, Running: {Running}, Paused: {Paused}, Waiting: {Waiting}, Failed: {Pending}}},
	{Verb: VerbExpire, Right: MayAdmin, Does: "ends an approval whose time is up, by its default",
		On: on{Waiting: {Waiting, Running, Failed, Cancelled}, Paused: {Paused, Failed, Cancelled}}},
	{Verb: VerbStall, Right: MayAdmin, Does: "says that nothing moves",
		On: on{Pending: {Pending}, Running: {Running}}},
	{Verb: VerbLapse, Right: MayAdmin, Does: "completes a session that stands at 100 and has gone quiet",
		On: on{Running: {Running, Completed}}},
}
