package templates

import (
	"strings"
	"time"

	"github.com/taskherald/herald/progress"
)

// SceneAnswer is a sample of what the bot says.
type SceneAnswer struct {
	Name   string
	Answer Answer
	Now    time.Time
}

// SceneAnswers are answers that every surface has to show well: some of each topic.
func SceneAnswers() []SceneAnswer {
	out := append(tellingAnswers(), askingAnswers()...)
	return append(append(append(out, doneAnswers()...), refusingAnswers()...), strangersAnswers()...)
}

// answerOf is what is said about a scene a while after it.
func answerOf(name string, s Scene, later time.Duration, a Answer) SceneAnswer {
	a.Task = &s.Subject
	return SceneAnswer{Name: name, Answer: a, Now: s.Subject.Now.Add(later)}
}

// answerAt is what is said about no task.
func answerAt(name string, a Answer) SceneAnswer {
	return SceneAnswer{Name: name, Answer: a, Now: sceneDay.Add(3 * time.Hour)}
}

// several are the tasks of scenes, each with an id of its own.
func several(scenes ...Scene) []Subject {
	var out []Subject
	for i, s := range scenes {
		task := *s.Subject.Task
		task.ID += progress.TaskID('a' + rune(i))
		out = append(out, Subject{Task: &task, ETA: s.Subject.ETA, Link: "https://herald.example.com/tasks/" + string(task.ID)})
	}
	return out
}

// tellingAnswers tell what was asked for.
func tellingAnswers() []SceneAnswer {
	return []SceneAnswer{
		answerOf("status", running(), 0, Answer{About: TopicStatus}),
		answerOf("status_paused", paused(), time.Minute, Answer{About: TopicStatus, Decisions: decisions()[:1]}),
		answerOf("status_approval", asked(), time.Minute, Answer{About: TopicStatus}),
		answerAt("list", Answer{About: TopicList, Tasks: several(running(), asked(), failed(), waiting(), paused(), completed(), hostile()), More: 4}),
		answerAt("list_failed", Answer{About: TopicList, Only: progress.Failed, Tasks: several(failed())}),
		answerAt("list_none", Answer{About: TopicList, Only: progress.Paused}),
		answerOf("logs", running(), 0, Answer{About: TopicLogs, Lines: output(), Earlier: true, Errors: []progress.LogLine{{Level: "error", Line: "ERROR: relation “users” exists already"}}}),
		answerOf("logs_failed", failed(), time.Minute, Answer{About: TopicLogs, Lines: output()[:3], Earlier: true}),
		answerOf("logs_rejected", rejected(), time.Minute, Answer{About: TopicLogs}),
		answerOf("logs_none", waiting(), 0, Answer{About: TopicLogs}),
		answerOf("eta", rangeOfTime(), 0, Answer{About: TopicETA}),
		answerOf("eta_unknown", unknownTime(), 0, Answer{About: TopicETA}),
		answerOf("eta_approval", asked(), 0, Answer{About: TopicETA}),
		answerOf("eta_paused", paused(), 0, Answer{About: TopicETA, Decisions: decisions()[:1]}),
		answerOf("eta_pending", waiting(), 0, Answer{About: TopicETA}),
		answerOf("eta_done", completed(), 0, Answer{About: TopicETA}),
		answerOf("history", restarted(), time.Hour, Answer{About: TopicHistory, Runs: []progress.Task{*cancelled().Subject.Task}, Decisions: decisions()[1:], More: 2}),
		answerOf("history_failed", failed(), time.Hour, Answer{About: TopicHistory}),
		answerAt("help", Answer{About: TopicHelp, Wishes: wishes()}),
		answerAt("help_reads", Answer{About: TopicHelp, Tasks: several(running())}),
	}
}

// output is a task's, with much that may not be shown.
func output() []progress.LogLine {
	var out []progress.LogLine
	for i, line := range []string{
		"\x1b[32mok\x1b[0m loading\t12 %", "POST https://ann:s3cret@db.example.com/x?sig=abcdef12 DB_PASSWORD=hunter2", "Authorization: Bearer abcdef.0123456789",
		"```<script>alert(1)</script> @everyone \x1b]0;title\a", "نظام", "long " + strings.Repeat("x", 600), "",
	} {
		out = append(out, progress.LogLine{N: int64(i + 1), At: sceneDay, Line: line})
	}
	return out
}

// decisions are what people decided, the newest first.
func decisions() []Decision {
	return []Decision{
		{Run: 1, Verb: progress.VerbPause, By: "ann", Via: progress.ViaChat, At: sceneDay.Add(time.Hour), Reason: "the disk is needed elsewhere"},
		{Run: 2, Verb: progress.VerbRestart, By: "bob", Via: progress.ViaCLI, At: sceneDay.Add(24 * time.Hour), Reason: "the right branch"},
		{Run: 1, Verb: progress.VerbCancel, By: "ann", Via: progress.ViaButton, At: sceneDay.Add(90 * time.Second), Reason: "wrong branch"},
		{Run: 1, Step: 1, Verb: progress.VerbApprove, By: "ann", Via: progress.ViaMail, At: sceneDay.Add(time.Second)},
		{Step: 2, Verb: progress.VerbReject, By: "<@U1>", Via: progress.ViaPush, At: sceneDay},
		{Step: 2, Verb: progress.VerbSkip, By: "bob", At: sceneDay},
		{Step: 2, Verb: progress.VerbRetry, By: "bob", At: sceneDay},
		{Verb: progress.VerbResume, By: progress.System, At: sceneDay},
	}
}

// wishes are every verb, of several tasks.
func wishes() []WishFor {
	return []WishFor{
		{Verb: progress.VerbApprove, Task: "wish1", Title: "Import customers", Step: 3}, {Verb: progress.VerbReject, Task: "wish1", Title: "Import customers", Step: 3},
		{Verb: progress.VerbPause, Task: "wish2", Title: "Cellphone Store CRM"}, {Verb: progress.VerbPause, Task: "wish3", Title: "Nightly backup"},
		{Verb: progress.VerbResume, Task: "wish4", Title: "Copy 4 TB"}, {Verb: progress.VerbCancel, Task: "wish5", Title: "نظام متجر الهواتف"},
		{Verb: progress.VerbRestart, Task: "wish6", Title: "Deploy"}, {Verb: progress.VerbRetry, Task: "wish7", Title: "Train the model", Step: 2}, {Verb: progress.VerbSkip, Task: "wish7", Title: "Train the model", Step: 2},
	}
}

// pressed are the buttons of a question.
func pressed(v progress.Verb, step int) []Press {
	return []Press{{Verb: v, Step: step, Ticket: "yes-ticket"}, {Verb: v, No: true, Ticket: "no-ticket"}}
}

// askingAnswers ask before something is done.
func askingAnswers() []SceneAnswer {
	tasks := several(running(), failed(), hostile(), running())
	picks := func(v progress.Verb) []Press {
		var out []Press
		for _, s := range tasks {
			out = append(out, Press{Verb: v, Task: s.Task.ID, Title: s.Task.Spec.Title, Ticket: "pick"})
		}
		return out
	}
	out := []SceneAnswer{
		answerOf("confirm_cancel", running(), time.Minute, Answer{About: TopicConfirm, Verb: progress.VerbCancel, Doubt: "misspelt", Reason: "wrong branch", Presses: pressed(progress.VerbCancel, 0)}),
		answerOf("confirm_restart", failed(), time.Minute, Answer{About: TopicConfirm, Verb: progress.VerbRestart, Doubt: "loose", Presses: pressed(progress.VerbRestart, 0)}),
		answerOf("confirm_approve", asked(), time.Minute, Answer{About: TopicConfirm, Verb: progress.VerbApprove, Step: 3, Presses: pressed(progress.VerbApprove, 3)}),
		answerOf("confirm_reject", asked(), time.Minute, Answer{About: TopicConfirm, Verb: progress.VerbReject, Presses: pressed(progress.VerbReject, 3)}),
		answerOf("confirm_hostile", hostile(), time.Minute, Answer{About: TopicConfirm, Verb: progress.VerbSkip, Presses: pressed(progress.VerbSkip, 1)}),
		answerAt("choose", Answer{About: TopicChoose, Intent: "status", Tasks: tasks, More: 3, Presses: picks("")}),
		answerAt("choose_cancel", Answer{About: TopicChoose, Verb: progress.VerbCancel, Tasks: tasks, Presses: picks(progress.VerbCancel)}),
		answerOf("clarify_what", running(), time.Minute, Answer{About: TopicClarify, Doubt: "bare", Presses: []Press{{Verb: progress.VerbPause, Ticket: "t"}, {Verb: progress.VerbCancel, Ticket: "t"}}}),
		answerAt("clarify_any", Answer{About: TopicClarify, Doubt: "bare"}),
		answerOf("dropped", running(), time.Minute, Answer{About: TopicDropped, Verb: progress.VerbCancel}),
		answerAt("missing", Answer{About: TopicMissing, Verb: progress.VerbCancel, Named: "the <b>CMR</b> @here", Tasks: tasks[:2], Presses: picks("")[:2]}),
		answerAt("missing_alone", Answer{About: TopicMissing, Named: "01K5ZZZ"}),
		answerAt("nothing", Answer{About: TopicNothing}),
		answerAt("unknown_polite", Answer{About: TopicUnknown, Polite: true, Tasks: tasks[:1]}),
		answerAt("nothing_ended", Answer{About: TopicNothing, Tasks: several(failed(), completed())}),
		answerAt("unknown", Answer{About: TopicUnknown, Tasks: tasks[:1], Presses: []Press{{Say: "help", About: TopicHelp}, {Say: "list", About: TopicList}}}),
	}
	for _, doubt := range []string{"negated", "conditional", "later", "wished", "told", "advice", "several", "bare", "misspelt", "unproven", "loose"} {
		out = append(out, answerOf("clarify_"+doubt, running(), time.Minute, Answer{About: TopicClarify, Verb: progress.VerbCancel, Doubt: doubt, Presses: []Press{{Verb: progress.VerbCancel, Ticket: "t"}}}))
	}
	return out
}

// doneAnswers say what was done.
func doneAnswers() []SceneAnswer {
	voted := asked()
	return []SceneAnswer{
		answerOf("done_cancel", cancelled(), 0, Answer{About: TopicDone, Verb: progress.VerbCancel, Reason: "wrong branch", Worker: true}),
		answerOf("done_restart", restarted(), 0, Answer{About: TopicDone, Verb: progress.VerbRestart, Worker: true}),
		answerOf("done_pause", paused(), 0, Answer{About: TopicDone, Verb: progress.VerbPause, Wait: 10 * time.Minute, Worker: true, Presses: []Press{{Verb: progress.VerbResume, Ticket: "t"}}}),
		answerOf("done_resume", running(), 0, Answer{About: TopicDone, Verb: progress.VerbResume}),
		answerOf("done_approve", approved(), 0, Answer{About: TopicDone, Verb: progress.VerbApprove, Step: 3}),
		answerOf("done_vote", voted, 0, Answer{About: TopicDone, Verb: progress.VerbApprove, Step: 3}),
		answerOf("done_reject", rejected(), 0, Answer{About: TopicDone, Verb: progress.VerbReject, Step: 3, Reason: "not before the holidays"}),
		answerOf("done_retry", retried(), 0, Answer{About: TopicDone, Verb: progress.VerbRetry, Worker: true}),
		answerOf("done_skip", running(), 0, Answer{About: TopicDone, Verb: progress.VerbSkip, Step: 2}),
		answerOf("follow", running(), 0, Answer{About: TopicFollow, By: []string{"email", "webpush", "browser", "slack"}}),
		answerAt("follow_none", Answer{About: TopicFollow}),
		answerOf("hush", running(), 0, Answer{About: TopicHush}),
		answerAt("hush_all", Answer{About: TopicHush, Until: sceneDay.Add(27 * time.Hour)}),
	}
}

// refusal is a refusal of that sort.
func refusal(c progress.Code) *progress.Error { return &progress.Error{Code: c, Say: "in English"} }

// refusingAnswers say why something was not done.
func refusingAnswers() []SceneAnswer {
	again := []Press{{Verb: progress.VerbRestart, Ticket: "t"}, {Say: "logs 01k5m3q8x9abcdefgh", About: TopicLogs}}
	deaf := running()
	deaf.Subject.Task.Spec = &progress.Spec{Title: "Cellphone Store CRM", Controls: []progress.Verb{progress.VerbSkip}}
	return []SceneAnswer{
		answerOf("refused_state", completed(), 0, Answer{About: TopicRefused, Verb: progress.VerbPause, Refusal: refusal(progress.Conflict), Presses: again}),
		answerOf("refused_already", cancelled(), time.Hour, Answer{About: TopicRefused, Verb: progress.VerbCancel, Refusal: refusal(progress.Conflict), Presses: again}),
		answerOf("refused_forbidden", running(), 0, Answer{About: TopicRefused, Verb: progress.VerbCancel, Refusal: refusal(progress.Forbidden)}),
		answerOf("refused_deciders", asked(), 0, Answer{About: TopicRefused, Verb: progress.VerbApprove, Refusal: refusal(progress.Forbidden)}),
		answerOf("refused_decided", approved(), time.Hour, Answer{About: TopicRefused, Verb: progress.VerbReject, Refusal: refusal(progress.Conflict)}),
		answerOf("refused_voted", asked(), time.Minute, Answer{About: TopicRefused, Verb: progress.VerbApprove, You: "bob", Refusal: refusal(progress.Conflict)}),
		answerOf("refused_nothing", running(), 0, Answer{About: TopicRefused, Verb: progress.VerbApprove, Refusal: refusal(progress.Conflict)}),
		answerOf("refused_controls", deaf, 0, Answer{About: TopicRefused, Verb: progress.VerbPause, Refusal: refusal(progress.Conflict)}),
		answerOf("refused_step", running(), 0, Answer{About: TopicRefused, Verb: progress.VerbSkip, Step: 1, Refusal: refusal(progress.Conflict)}),
		answerOf("refused_nostep", running(), 0, Answer{About: TopicRefused, Verb: progress.VerbSkip, Step: 9, Refusal: refusal(progress.NotFound)}),
		answerOf("moved", cancelled(), time.Hour, Answer{About: TopicMoved, Verb: progress.VerbPause, Presses: again[:1]}),
		answerAt("moved_any", Answer{About: TopicMoved}),
		answerOf("moved_decided", approved(), time.Hour, Answer{About: TopicMoved, Verb: progress.VerbReject, Step: 3}),
		answerOf("moved_changed", asked(), time.Hour, Answer{About: TopicMoved, Verb: progress.VerbApprove, Step: 3}),
		answerOf("moved_restarted", restarted(), time.Hour, Answer{About: TopicMoved, Verb: progress.VerbApprove, Step: 1, Decisions: []Decision{decisions()[1], decisions()[3]}}),
		answerOf("refused_paused", paused(), time.Minute, Answer{About: TopicRefused, Verb: progress.VerbPause, Refusal: refusal(progress.Conflict), Decisions: decisions()[:1]}),
		answerOf("trouble", running(), 0, Answer{About: TopicTrouble, Verb: progress.VerbCancel}),
	}
}
