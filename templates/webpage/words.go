package webpage

import "github.com/taskherald/herald/progress"

// sign is a status as a symbol and a word; colour only adds to them.
type sign struct{ Symbol, Word, Class string }

// statuses show those of tasks.
var statuses = map[progress.Status]sign{
	progress.Pending:   {"○", "pending", "pending"},
	progress.Running:   {"◐", "running", "running"},
	progress.Paused:    {"⏸", "paused", "paused"},
	progress.Waiting:   {"⚠", "waiting for approval", "approval"},
	progress.Completed: {"✓", "completed", "completed"},
	progress.Failed:    {"✕", "failed", "failed"},
	progress.Cancelled: {"⊘", "cancelled", "cancelled"},
}

// stepStatuses show those of steps and substeps.
var stepStatuses = map[progress.StepStatus]sign{
	progress.StepPending:   {"○", "pending", "pending"},
	progress.StepRunning:   {"◐", "running", "running"},
	progress.StepPaused:    {"⏸", "paused", "paused"},
	progress.StepWaiting:   {"⚠", "waiting for approval", "approval"},
	progress.StepCompleted: {"✓", "completed", "completed"},
	progress.StepFailed:    {"✕", "failed", "failed"},
	progress.StepSkipped:   {"–", "skipped", "skipped"},
}

func taskStatus(s progress.Status) sign     { return statuses[s] }
func stepStatus(s progress.StepStatus) sign { return stepStatuses[s] }

// vias say by which road a command came.
var vias = map[progress.Via]string{
	progress.ViaREST:    "through the API",
	progress.ViaBrowser: "in the browser",
	progress.ViaChat:    "in chat",
	progress.ViaButton:  "with a button in chat",
	progress.ViaMail:    "by mail",
	progress.ViaPush:    "from a push message",
	progress.ViaCLI:     "on the command line",
	progress.ViaTimer:   "when time was up",
}

func via(v progress.Via) string { return vias[v] }

// who names a person.
func who(p progress.Person) string {
	switch p {
	case "":
		return "somebody"
	case progress.System:
		return "Herald"
	}
	return string(p)
}
