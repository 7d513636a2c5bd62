package bottest_test

import (
	"context"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/bot/bottest"
	"github.com/taskherald/herald/progress"
)

// remark is something that is said in a thread of the bot's, and whether it is to answer.
type remark struct {
	scene, lang, text string
	answer            bool
	unseen            bool // nothing was tuned on it
}

// remarks reads testdata/threads.txt.
func remarks(t *testing.T) (out []remark) {
	t.Helper()
	text, err := os.ReadFile("testdata/threads.txt")
	if err != nil {
		t.Fatal(err)
	}
	scene, unseen := "", false
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		name, begins := strings.CutPrefix(line, "== ")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case begins:
			scene = name
		case line == "-- unseen":
			unseen = true
		default:
			lang, rest, _ := strings.Cut(line, " ")
			want, said, ok := strings.Cut(rest, " ")
			if !ok || want != "answer" && want != "silent" {
				t.Fatalf("what does this line mean? %s", line)
			}
			out = append(out, remark{scene, lang, said, want == "answer", unseen})
		}
	}
	return out
}

// crew is the worker of all tasks, and ann may do everything with them.
var (
	crew = progress.Actor{Person: "builder", Rights: progress.MayAdmin, All: true}
	ann  = progress.Actor{Person: "ann", Rights: progress.MayRead | progress.MayOperate | progress.MayApprove, All: true}
)

// staged is a world in which the task of the thread stands as the scene says, and another runs.
func staged(t *testing.T, scene string) *bottest.World {
	t.Helper()
	w := bottest.Open(t, nil)
	crm, web := bottest.ID("crm"), bottest.ID("web")
	steps := []progress.Plan{{Name: "Schema"}, {Name: "Screens"}}
	must := func(id progress.TaskID, do progress.Change) {
		if _, err := w.Do(id, crew, do); err != nil {
			t.Fatal(scene, err)
		}
	}
	must(web, progress.Create{Spec: progress.Spec{Title: "Deploy website"}})
	must(web, progress.Report{Status: progress.Running})
	must(crm, progress.Create{Spec: progress.Spec{Title: "Cellphone Store CRM"}, Steps: steps})
	must(crm, progress.Report{Step: progress.StepRef{Order: 1}, StepStatus: progress.StepRunning})
	switch scene {
	case "running":
	case "waiting":
		must(crm, progress.Ask{Step: progress.StepRef{Order: 1}})
	case "failed":
		must(crm, progress.Report{Step: progress.StepRef{Order: 1}, Status: progress.Failed, Error: &progress.Fault{Message: "disk full"}})
	default:
		t.Fatalf("there is no scene %q", scene)
	}
	return w
}

// overhear says something in a thread of its own about the task, and reports whether the bot
// answers; it fails if that does anything.
func overhear(t *testing.T, w *bottest.World, n int, r remark) (answers bool) {
	t.Helper()
	place := strconv.Itoa(n)
	turn := bot.Turn{Room: "room" + place, Thread: "t", Who: ann, Via: progress.ViaChat, Text: "status of " + string(bottest.ID("crm"))}
	if _, _, err := w.Bot.Hear(context.Background(), turn); err != nil {
		t.Fatal(err)
	}
	before := stands(t, w)
	turn.ID, turn.Text, turn.Overheard = "m"+place, r.text, true
	reply, _, err := w.Bot.Hear(context.Background(), turn)
	if err != nil {
		t.Fatal(err)
	}
	if stands(t, w) != before {
		t.Errorf("%q was done", r.text)
	}
	return reply.About != ""
}

// stands is how far both tasks have come.
func stands(t *testing.T, w *bottest.World) [2]int64 {
	t.Helper()
	var out [2]int64
	for i, name := range []string{"crm", "web"} {
		task, err := w.Task(bottest.ID(name))
		if err != nil {
			t.Fatal(err)
		}
		out[i] = task.Seq
	}
	return out
}

// count is how many remarks there are, and how many of them the bot took rightly.
type count struct{ right, all int }

func (c *count) add(right bool) {
	c.all++
	if right {
		c.right++
	}
}

func (c count) share() float64 { return float64(c.right) / float64(max(c.all, 1)) }

// TestThreads holds how well the bot tells what people say to each other in a thread of its own
// from what they ask of it. Nothing that it overhears is done at once.
func TestThreads(t *testing.T) {
	t.Parallel()
	var talk, asked [2]count // of those that were looked at, and of those unseen
	worlds := map[string]*bottest.World{}
	for n, r := range remarks(t) {
		if worlds[r.scene] == nil {
			worlds[r.scene] = staged(t, r.scene)
		}
		half := 0
		if r.unseen {
			half = 1
		}
		answers := overhear(t, worlds[r.scene], n, r)
		if r.answer {
			asked[half].add(answers)
		} else {
			talk[half].add(!answers)
		}
		if answers != r.answer && (!r.unseen || os.Getenv("UNSEEN") != "") {
			t.Logf("%s: %q is answered: %v", r.scene, r.text, answers)
		}
	}
	for half, name := range []string{"seen", "unseen"} {
		t.Logf("%s: silent at %d of %d that are not for it, answers %d of %d that are", name, talk[half].right, talk[half].all, asked[half].right, asked[half].all)
		if talk[half].share() < 0.97 || asked[half].share() < 0.9 {
			t.Errorf("%s: of those not for it 3 %% may be answered, of those that ask 90 %% have to be", name)
		}
	}
	if talk[0].all+talk[1].all < 100 || asked[0].all+asked[1].all < 40 {
		t.Error("there are too few remarks")
	}
}
