package live

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/taskherald/herald/progress"
)

// TestFrames is each type of frame with exactly its fields.
func TestFrames(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		c := d.dial(h, Subscription{Actor: root, Logs: true, Worker: "w"})
		synctest.Wait()
		const by = `"by":"ci","via":"rest"`
		const ann1 = `"by":"ann","via":"rest"`
		step := func(n, name, status, progress string) string {
			return `"step":{"order":` + n + `,"name":"` + name + `","status":"` + status + `","progress":` + progress
		}
		do := func(who progress.Actor, change progress.Change, want ...string) {
			d.Helper()
			d.do("t", who, change)
			for _, w := range want {
				f, ok := c.next()
				if !ok {
					d.Fatal(c.end, c.lost, "want", w)
				}
				kind, body, _ := strings.Cut(w, " ")
				head := `{"type":"` + kind + `","task_id":"t",`
				if !strings.HasPrefix(f.text, head) || !strings.HasSuffix(f.text, `.000Z"`+body+"}") {
					d.Fatalf("got\n%s\nwant %s … %s}", f.text, head, body)
				}
			}
		}
		gate := &progress.Gate{Prompt: "Sure?"}
		do(root, progress.Create{Spec: progress.Spec{Title: "CRM", Open: true}, Steps: []progress.Plan{{Name: "a"}, {Name: "b", Gate: gate}}})
		if f := c.want("task_created"); !strings.Contains(f.text, `"task":{"task_id":"t","title":"CRM","status":"pending","progress":0,`) {
			d.Fatal(f.text)
		}
		do(worker, progress.Report{Worker: "w", Step: progress.StepRef{Order: 1}, StepProgress: new(40.0), Message: new("<hi>")},
			"task_started ,"+by,
			"step_started ,"+step("1", "a", "running", "0")+"},"+by,
			`progress ,"percent":20,`+step("1", "a", "running", "40")+`},"step_percent":40,"eta_seconds":null,"eta":null,"message":"\u003chi\u003e"`)
		do(worker, progress.Report{Step: progress.StepRef{Order: 1}, Substep: "x"},
			`plan_changed ,"steps":[{"order":1,"name":"a","status":"running","progress":40}],"total_steps":2,"substep":{"name":"x","done":false,"status":"running"},`+by)
		do(worker, progress.Log{Lines: []progress.LogLine{{Level: "info", Line: "hello"}}},
			`log ,"lines":[{"n":1,"level":"info","line":"hello","at":"2000-01-01T00:00:00.000Z"}]`)
		do(ann, progress.Pause{Reason: "lunch"}, "task_paused ,"+ann1+`,"reason":"lunch"`, `control ,"control":"pause","step":null,"run":1,"attempt":1`)
		do(ann, progress.Resume{}, "task_resumed ,"+ann1, `control ,"control":"resume","step":null,"run":1,"attempt":1`)
		named := func(r progress.Report) progress.Report {
			r.Worker = "w"
			return r
		}
		do(worker, named(at(1, progress.StepCompleted)), "step_complete ,"+step("1", "a", "completed", "100")+`,"duration_ms":0},`+by,
			`progress ,"percent":50,`+step("2", "b", "pending", "0")+`},"step_percent":0,"eta_seconds":null,"eta":null,"message":"\u003chi\u003e"`)
		do(worker, named(at(2, progress.StepRunning)))
		if f := c.want("approval_needed"); !strings.Contains(f.text, `"approval":{"prompt":"Sure?","step":2,"step_name":"b","id":"ap_`) {
			d.Fatal(f.text)
		}
		if f := c.want("control"); !strings.HasSuffix(f.text, `"control":"wait",`+step("2", "b", "approval", "0")+`},"run":1,"attempt":1}`) {
			d.Fatal(f.text)
		}
		d.do("t", ann, progress.Approve{Reason: "go"})
		if f := c.want("approval_decided"); !strings.Contains(f.text, `"status":"approved"`) || !strings.Contains(f.text, `"decided_by":"ann"`) {
			d.Fatal(f.text)
		}
		c.want("step_started")
		if f := c.want("control"); f.Control != "proceed" || f.Step.Name != "b" {
			d.Fatal(f.text)
		}
		do(worker, progress.Report{Worker: "w", Step: progress.StepRef{Name: "c"}, StepStatus: progress.StepSkipped},
			`plan_changed ,"steps":[{"order":3,"name":"c","status":"pending","progress":0}],"total_steps":3,`+by,
			`step_skipped ,`+step("3", "c", "skipped", "0")+`,"duration_ms":0},`+by,
			`progress ,"percent":66.67,`+step("2", "b", "running", "0")+`},"step_percent":0,"eta_seconds":null,"eta":null,"message":"\u003chi\u003e"`)
		do(worker, progress.Report{Step: progress.StepRef{Order: 2}, StepStatus: progress.StepFailed, Error: &progress.Fault{Type: "E", Message: "no"}},
			`step_failed ,`+step("2", "b", "failed", "0")+`,"duration_ms":0},"error":{"type":"E","message":"no"},`+by,
			`control ,"control":"fail",`+step("2", "b", "failed", "0")+`,"duration_ms":0},"run":1,"attempt":1`,
			`task_failed ,"percent":66.67,"error":{"type":"E","message":"no","step":2},`+by)
		do(ann, progress.Retry{Reason: "again"}, `task_retried ,`+step("2", "b", "pending", "0")+`},"attempt":2,`+ann1+`,"reason":"again"`,
			`control ,"control":"retry",`+step("2", "b", "pending", "0")+`},"run":1,"attempt":2`)
		do(ann, progress.Cancel{}, `control ,"control":"cancel","step":null,"run":1,"attempt":2`, `task_cancelled ,"percent":66.67,`+ann1)
		do(ann, progress.Restart{}, `task_restarted ,"run":2,`+ann1, `control ,"control":"restart","step":null,"run":2,"attempt":1`,
			`progress ,"percent":0,`+step("1", "a", "pending", "0")+`},"step_percent":0,"eta_seconds":null,"eta":null,"message":""`)
		do(root, progress.Stall{Cause: progress.CauseNoWorker, Reason: progress.NoWorker},
			`task_stalled ,"by":"root","via":"rest","reason":"`+progress.NoWorker+`","cause":"no_worker"`)
		do(worker, progress.Report{Worker: "x", Status: progress.Running}, "task_started ,"+by) // it moves again
		do(worker, progress.Report{Worker: "x", Status: progress.Failed},
			`control ,"control":"fail","step":null,"run":2,"attempt":1`, `task_failed ,"percent":0,"error":null,`+by)
		d.do("u", root, progress.Create{Spec: progress.Spec{Title: "bare"}})
		c.want("task_created")
		d.do("u", worker, progress.Report{Progress: new(5.0)})
		if f, g := c.want("task_started"), c.want("progress"); f.Step != nil || !strings.HasSuffix(g.text, `"percent":5,"step":null,"step_percent":null,"eta_seconds":null,"eta":null,"message":""}`) {
			d.Fatal(g.text)
		}
		d.do("u", worker, progress.Report{Status: progress.Completed})
		if f := c.want("task_complete"); !strings.HasSuffix(f.text, `"percent":100,"result":null,`+by+"}") {
			d.Fatal(f.text)
		}
		d.do("u", ann, progress.Restart{})
		c.want("task_restarted", "progress")
		d.do("u", worker, progress.Report{Worker: "y", Status: progress.Running})
		d.do("u", worker, progress.Report{Worker: "y", Status: progress.Completed, Result: []byte(`{"url": "x"}`)})
		c.want("task_started")
		if f := c.want("task_complete"); !strings.HasSuffix(f.text, `"percent":100,"result":{"url":"x"},`+by+"}") {
			d.Fatal(f.text)
		}
	})
}

// TestOverrunNamesItsStep is that the frame of a step that takes too long has it.
func TestOverrunNamesItsStep(t *testing.T) {
	t.Parallel()
	task := progress.Task{ID: "t", Spec: &progress.Spec{Title: "x"}, Steps: progress.SetSteps([]progress.Step{{Order: 1, Plan: progress.Plan{Name: "Build"}, Status: progress.StepRunning}})}
	e := progress.Event{Kind: progress.TaskStalled, Step: 1, Data: progress.Data{Reason: "long", Cause: progress.CauseOverrun}}
	o := Options{}.orDefaults()
	const want = `"step":{"order":1,"name":"Build","status":"running","progress":0},"reason":"long","cause":"overrun"}`
	if got := string(o.lifecycle(&e, &task, &task).json); !strings.HasSuffix(got, want) {
		t.Errorf("the frame is %s", got)
	}
}

// TestFramesNameEveryKind is that every kind of milestone has a frame that
// encodes.
func TestFramesNameEveryKind(t *testing.T) {
	t.Parallel()
	task := progress.Task{ID: "t", Spec: &progress.Spec{Title: "x"}, End: &progress.End{}, Steps: progress.SetSteps([]progress.Step{{Order: 1}})}
	ends := map[progress.Kind]progress.Status{
		progress.TaskCompleted: progress.Completed, progress.TaskFailed: progress.Failed, progress.TaskCancelled: progress.Cancelled,
	}
	o := Options{}.orDefaults()
	for _, k := range progress.Kinds() {
		if !k.Milestone {
			continue
		}
		task.Status = ends[k.Kind]
		f := o.lifecycle(&progress.Event{Kind: k.Kind, Step: 1, Data: progress.Data{Approval: &progress.Approval{}}}, &task, &task)
		if f.kind != k.Frame || !json.Valid(f.json) || f.ends != (task.Status != "") {
			t.Errorf("%s: %s", k.Kind, f.json)
		}
	}
}

// TestBigFrames is our own framing, around the sizes where its header
// changes, read by somebody else's reader.
func TestBigFrames(t *testing.T) {
	one(t, func(d *desk) {
		h := d.hub()
		d.create("t", "a")
		c := d.dial(h, Subscription{Task: "t", Actor: ann, Logs: true})
		c.want("snapshot")
		rest := 0 // of a frame beside its line
		for _, size := range []int{0, 1<<16 - 2, 1<<16 - 1, 1 << 16, 1<<16 + 1, 1<<20 + 1} {
			line := strings.Repeat("x", max(size-rest, 0))
			d.do("t", worker, progress.Log{Lines: []progress.LogLine{{Line: line}}})
			f := c.want("log")
			if f.Lines[0]["line"] != line || (rest > 0 && len(f.text) != size) {
				d.Fatal(size, len(f.text))
			}
			rest = len(f.text) - len(line)
		}
	})
}

// TestSmallHeader is a size that none of our frames has yet.
func TestSmallHeader(t *testing.T) {
	t.Parallel()
	if got := textHeader(125); !bytes.Equal(got, []byte{0x81, 125}) {
		t.Fatalf("%x", got)
	}
}
