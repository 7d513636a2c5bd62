package templates

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/taskherald/herald/progress"
)

// Scene is a sample situation, which every surface has to show well.
type Scene struct {
	Name    string
	Subject Subject
	Events  []progress.Event // what is told of it
}

// Scenes are all of them: tasks that lived through real commands.
func Scenes() []Scene {
	return []Scene{
		running(), unknownTime(), rangeOfTime(), waiting(), paused(), asked(), reminded(), approved(), rejected(), expired(),
		failed(), retried(), cancelled(), quiet(), late(), completed(), patchy(), many(), hostile(), rightToLeftToo(), restarted(),
	}
}

// life is a task in the making.
type life struct {
	task progress.Task
	at   time.Time
	told []progress.Event
	eta  *progress.ETA
}

// sceneDay is when all scenes play.
var sceneDay = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)

func born(spec progress.Spec, steps ...progress.Plan) *life {
	l := &life{at: sceneDay}
	return l.does(progress.Timer(), progress.ViaREST, 0, progress.Create{Spec: spec, Steps: steps})
}

// does gives a command after a while. The milestones of the newest are told.
func (l *life) does(by progress.Actor, via progress.Via, after time.Duration, what progress.Change) *life {
	l.at = l.at.Add(after)
	id := l.task.ID
	if id == "" {
		id = "01k5m3q8x9abcdefgh"
	}
	task, events, err := progress.Act(l.task, progress.Command{Task: id, By: by, Via: via, Do: what}, l.at)
	if err != nil {
		l.told = nil
		return l
	}
	l.task, l.told = task, nil
	for _, e := range events {
		if e.Seq > 0 {
			l.told = append(l.told, e)
		}
	}
	return l
}

// reports is what its worker says after a while.
func (l *life) reports(after time.Duration, r progress.Report) *life {
	return l.does(progress.Actor{Person: "builder", Rights: progress.MayAdmin, All: true}, progress.ViaREST, after, r)
}

// step is a report that a step has a status.
func step(n int, status progress.StepStatus) progress.Report {
	return progress.Report{Step: progress.StepRef{Order: n}, StepStatus: status}
}

func person(name progress.Person, groups ...string) progress.Actor {
	return progress.Actor{Person: name, Groups: groups, Rights: progress.MayAdmin, All: true}
}

func plans(names ...string) []progress.Plan {
	out := make([]progress.Plan, len(names))
	for i, name := range names {
		out[i].Name = name
	}
	return out
}

// scene ends a life some time later.
func (l *life) scene(name string, later time.Duration) Scene {
	task := l.task
	return Scene{
		Name: name, Events: l.told,
		Subject: Subject{Task: &task, ETA: l.eta, Now: l.at.Add(later), Link: "https://herald.example.com/tasks/" + string(task.ID)},
	}
}

func running() Scene {
	steps := plans("Database created", "Generating application UI", "Go live", "Clean up")
	for _, name := range []string{"Customer list view", "Product list view", "Sales form", "Repair board"} {
		steps[1].Substeps = append(steps[1].Substeps, progress.Substep{Name: name})
	}
	l := born(progress.Spec{Title: "Cellphone Store CRM"}, steps...)
	l.reports(time.Second, step(1, progress.StepRunning))
	told := l.told
	l.reports(12*time.Second, step(1, progress.StepCompleted))
	told = append(told, l.told...)
	l.reports(0, step(2, progress.StepRunning))
	done := true
	for _, name := range []string{"Customer list view", "Product list view"} {
		l.reports(30*time.Second, progress.Report{Step: progress.StepRef{Order: 2}, Substep: name, SubstepDone: &done})
	}
	l.reports(30*time.Second, progress.Report{Progress: new(65.0)})
	l.eta, l.told = &progress.ETA{Low: 175, Likely: 180, High: 185, Basis: "12 similar runs and this run's pace"}, told
	s := l.scene("running", 0)
	s.Subject.Link = ""
	return s
}

func unknownTime() Scene {
	l := born(progress.Spec{Title: "Import customers", Kind: "import", Owner: "ann"}, plans("Download", "Load", "Check")...)
	message := "row 1,200 of nobody knows how many"
	l.reports(time.Second, progress.Report{Step: progress.StepRef{Order: 1}, StepStatus: progress.StepRunning, Message: &message, Progress: new(7.0)})
	return l.scene("unknown_time", time.Minute)
}

func rangeOfTime() Scene {
	steps := plans("Dump", "Upload", "Go live")
	steps[2].Gate = &progress.Gate{Prompt: "Go live?"}
	l := born(progress.Spec{Title: "Nightly backup", Owner: "group:ops"}, steps...)
	l.reports(time.Second, progress.Report{Step: progress.StepRef{Order: 1}, StepStatus: progress.StepRunning, StepProgress: new(40.0)})
	l.eta = &progress.ETA{Low: 170, Likely: 230, High: 310, Waits: 1}
	return l.scene("range_of_time", time.Minute)
}

func waiting() Scene {
	l := born(progress.Spec{Title: "Nightly backup task"}, plans("Dump", "Upload")...)
	told := l.told
	l.does(progress.Timer(), progress.ViaTimer, 30*time.Second, progress.Stall{Cause: progress.CauseNoWorker, Reason: "no worker has taken it for 30 seconds"})
	l.told, l.eta = append(told, l.told...), &progress.ETA{Low: 3000, Likely: 5000, High: 7500}
	return l.scene("pending", 0)
}

func paused() Scene {
	l := born(progress.Spec{Title: "Copy 4 TB"}, plans("Copy", "Compare")...)
	l.reports(time.Second, progress.Report{Step: progress.StepRef{Order: 1}, StepStatus: progress.StepRunning, Progress: new(99.97)})
	l.does(person("ann"), progress.ViaChat, time.Hour, progress.Pause{Reason: "the disk is needed elsewhere"})
	l.eta = &progress.ETA{Low: 20, Likely: 30, High: 40, Waits: 1}
	return l.scene("paused", 0)
}

// inquiry is a task that asks for an approval of its third step.
func inquiry() *life {
	steps := plans("Download", "Load", "Go live", "Say so")
	steps[2].Gate = &progress.Gate{
		Prompt:  "Switch production over to the new database?\nThe old one stays for a week.",
		Effects: []string{"All traffic moves", "About a minute without writes"}, Options: []string{"now", "tonight"},
		Approvers: []string{"ann", "group:ops"}, Quorum: 2, Risk: "high", ExpiresIn: 1800,
	}
	l := born(progress.Spec{Title: "Import customers", Owner: "ann"}, steps...)
	for n := 1; n <= 2; n++ {
		l.reports(time.Second, step(n, progress.StepRunning)).reports(4*time.Minute, step(n, progress.StepCompleted))
	}
	l.reports(time.Second, step(3, progress.StepRunning))
	l.eta = &progress.ETA{Low: 5, Likely: 100, High: 600, Waits: 1}
	return l
}

func asked() Scene {
	l := inquiry()
	told := l.told
	l.does(person("bob", "ops"), progress.ViaButton, time.Minute, progress.Approve{Step: 3, Option: "tonight", Reason: "looks good"})
	l.told = append(told, l.told...)
	return l.scene("approval", 0)
}

func reminded() Scene {
	s := inquiry().scene("reminder", 25*time.Minute)
	s.Subject.Again = 1
	return s
}

func approved() Scene {
	l := inquiry()
	l.does(person("bob", "ops"), progress.ViaButton, time.Minute, progress.Approve{Step: 3, Option: "tonight"})
	l.does(person("ann"), progress.ViaMail, time.Minute, progress.Approve{Step: 3, Option: "tonight", Reason: "checked the dump"})
	told := l.told
	l.eta.Waits = 0
	l.reports(time.Minute, step(3, progress.StepRunning))
	l.told = told
	return l.scene("approved", 0)
}

func rejected() Scene {
	l := inquiry()
	l.does(person("ann"), progress.ViaPush, 2*time.Minute, progress.Reject{Step: 3, Reason: "not before the holidays"})
	return l.scene("rejected", 0)
}

func expired() Scene {
	l := inquiry()
	l.does(progress.Timer(), progress.ViaTimer, time.Hour, progress.Expire{Step: 3})
	return l.scene("expired", 0)
}

func failed() Scene {
	l := born(progress.Spec{Title: "Train the model", Kind: "training"}, plans("Prepare", "Epoch 3", "Publish")...)
	l.reports(time.Second, step(1, progress.StepRunning)).reports(time.Minute, step(1, progress.StepCompleted))
	l.reports(time.Second, progress.Report{Step: progress.StepRef{Order: 2}, StepStatus: progress.StepRunning, StepProgress: new(26.0)})
	fault := &progress.Fault{Type: "OutOfMemory", Message: "the process needed 64 GiB and was killed; make the batch smaller"}
	l.reports(time.Hour, progress.Report{Step: progress.StepRef{Order: 2}, StepStatus: progress.StepFailed, Error: fault})
	return l.scene("failed", 0)
}

func retried() Scene {
	l := &life{}
	s := failed()
	l.task, l.at = *s.Subject.Task, s.Subject.Now
	l.does(person("ann"), progress.ViaBrowser, time.Minute, progress.Retry{Reason: "with a smaller batch"})
	return l.scene("retried", 0)
}

func cancelled() Scene {
	l := born(progress.Spec{Title: "Deploy"}, plans("Build", "Ship")...)
	l.reports(time.Second, step(1, progress.StepRunning))
	l.does(person("ann"), progress.ViaButton, 90*time.Second, progress.Cancel{Reason: "wrong branch"})
	return l.scene("cancelled", 0)
}

func quiet() Scene {
	l := born(progress.Spec{Title: "Crawl the archive", StallAfter: 5 * time.Minute}, plans("Crawl", "Index")...)
	l.reports(time.Second, progress.Report{Step: progress.StepRef{Order: 1}, StepStatus: progress.StepRunning, StepProgress: new(33.0)})
	l.does(progress.Timer(), progress.ViaTimer, 6*time.Minute, progress.Stall{Cause: progress.CauseQuiet})
	return l.scene("stalled", 0)
}

func late() Scene {
	steps := plans("Compile", "Test")
	steps[0].Late = 10 * time.Minute
	l := born(progress.Spec{Title: "Build"}, steps...)
	l.reports(time.Second, step(1, progress.StepRunning))
	l.does(progress.Timer(), progress.ViaTimer, 12*time.Minute, progress.Stall{Cause: progress.CauseOverrun})
	l.eta = &progress.ETA{Low: 60, Likely: 300, High: 5400}
	return l.scene("late", 0)
}

func completed() Scene {
	l := born(progress.Spec{Title: "CRM task", Owner: "ann"}, plans("Database created", "Application ready")...)
	l.reports(time.Second, step(1, progress.StepRunning)).reports(time.Minute, step(1, progress.StepCompleted))
	l.reports(0, step(2, progress.StepRunning)).reports(2*time.Minute, step(2, progress.StepCompleted))
	l.reports(24*time.Second, progress.Report{Status: progress.Completed, Result: json.RawMessage(`{"url": "https://crm.example.com", "tables": 12, "log": ["…"]}`)})
	return l.scene("completed", 26*time.Hour)
}

func patchy() Scene {
	steps := plans("Fetch", "Optimise", "Publish")
	steps[1].AllowFailure = true
	l := born(progress.Spec{Title: "Website"}, steps...)
	l.reports(time.Second, step(1, progress.StepRunning)).reports(time.Minute, step(1, progress.StepCompleted))
	l.reports(0, step(2, progress.StepRunning))
	l.reports(time.Minute, progress.Report{Step: progress.StepRef{Order: 2}, StepStatus: progress.StepFailed, Error: &progress.Fault{Message: "no optimiser is installed"}})
	told := l.told
	l.reports(0, step(3, progress.StepSkipped))
	told = append(told, l.told...)
	l.reports(time.Second, progress.Report{Status: progress.Completed, Result: json.RawMessage(`"published without pictures"`)})
	l.told = append(told, l.told...)
	return l.scene("patchy", 0)
}

func many() Scene {
	names := make([]string, 500)
	for i := range names {
		names[i] = fmt.Sprintf("Chapter %d", i+1)
	}
	l := born(progress.Spec{Title: "Print the book"}, plans(names...)...)
	for n := 1; n <= 250; n++ {
		l.reports(time.Second, step(n, progress.StepRunning)).reports(time.Second, step(n, progress.StepCompleted))
	}
	l.reports(time.Second, progress.Report{Step: progress.StepRef{Order: 251}, StepStatus: progress.StepRunning, StepProgress: new(10.0)})
	l.eta = &progress.ETA{Low: 3000, Likely: 5000, High: 7500}
	return l.scene("many_steps", 0)
}

func hostile() Scene {
	const title = "\x1b[31mred\x1b]0;title\a \u202egnp.exe\r\n# <b onclick=alert(1)>*bold* [here](https://evil.example) <@U123> @everyone & `code` www.evil.example"
	steps := plans("</li><script>alert(2)</script>", strings.Repeat("loud ", 30)+"_end_")
	steps[0].Substeps = []progress.Substep{{Name: "\u2066e\u0301a" + strings.Repeat("\u0300", 50) + "\u2069 1. one\n- two"}, {Name: "![x](http://evil.example/p.png)"}}
	l := born(progress.Spec{Title: title, Kind: "<kind>", Owner: "group:<ops>"}, steps...)
	message := "line 1\nline 2\x1b[5A\u2028✅ Your bank is ready!\n\n---\n> quoted \xff\xfe"
	l.reports(time.Second, progress.Report{Step: progress.StepRef{Order: 1}, StepStatus: progress.StepRunning, Progress: new(50.0), Message: &message})
	told := l.told
	l.reports(time.Second, progress.Report{Step: progress.StepRef{Order: 1}, StepStatus: progress.StepFailed, Error: &progress.Fault{Type: "</p>", Message: "<img src=x onerror=alert(3)> ||spoiler|| ~~gone~~"}})
	told = append(told, l.told...)
	l.told = told
	return l.scene("hostile", 0)
}

func rightToLeftToo() Scene {
	l := born(progress.Spec{Title: "نظام متجر الهواتف"}, plans("إنشاء قاعدة البيانات", "توليد الواجهة", "הפעלה")...)
	l.reports(time.Second, step(1, progress.StepRunning)).reports(time.Minute, step(1, progress.StepCompleted))
	told := l.told
	l.reports(time.Second, progress.Report{Step: progress.StepRef{Order: 2}, StepStatus: progress.StepRunning, StepProgress: new(40.0)})
	l.told = append(told, l.told...)
	l.eta = &progress.ETA{Low: 50, Likely: 70, High: 130}
	return l.scene("right_to_left", 0)
}

func restarted() Scene {
	s := cancelled()
	l := &life{task: *s.Subject.Task, at: s.Subject.Now}
	l.does(person("bob"), progress.ViaCLI, 24*time.Hour, progress.Restart{Reason: "the right branch"})
	return l.scene("restarted", 0)
}
