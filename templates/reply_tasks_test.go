package templates

import (
	"regexp"
	"slices"
	"testing"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates/words"
)

// mark is a title that tells whose it is.
func mark(id progress.TaskID) string { return "Zq" + string(id) + "qZ" }

var marks = regexp.MustCompile(`Zq([\w-]+)qZ`)

// marked is a subject whose title tells its id.
func marked(s Subject) Subject {
	task := *s.Task
	spec := *task.Spec
	spec.Title = mark(task.ID)
	task.Spec, s.Task, s.Link = &spec, &task, "https://herald.example.com/tasks/"+mark(task.ID)
	return s
}

// markedAnswer is an answer in which each title tells its task's id.
func markedAnswer(a Answer) Answer {
	if a.Task != nil {
		s := marked(*a.Task)
		a.Task = &s
	}
	a.Tasks, a.Wishes, a.Presses = slices.Clone(a.Tasks), slices.Clone(a.Wishes), slices.Clone(a.Presses)
	for i, s := range a.Tasks {
		a.Tasks[i] = marked(s)
	}
	for i, w := range a.Wishes {
		a.Wishes[i].Title = mark(w.Task)
	}
	for i, b := range a.Presses {
		if b.Title != "" {
			a.Presses[i].Title = mark(b.Task)
		}
	}
	return a
}

// TestRepliesKnowTheirTasks holds that a reply reports each task whose title or link is in its
// words, its card or its buttons: whoever shows it where others read looks at those.
func TestRepliesKnowTheirTasks(t *testing.T) {
	t.Parallel()
	b := book(t)
	found := map[Topic]int{}
	for _, s := range SceneAnswers() {
		for _, lang := range words.Langs() {
			reply := b.Reply(markedAnswer(s.Answer), Reader{Lang: lang}, s.Now)
			text := b.Layout(JSON, reply, Fit{}) + b.Layout(Text, reply, Fit{})
			for _, m := range marks.FindAllStringSubmatch(text, -1) {
				found[reply.About]++
				if !slices.Contains(reply.Tasks(), progress.TaskID(m[1])) {
					t.Errorf("%s in %s tells of %s, and reports %v:\n%s", s.Name, lang, m[1], reply.Tasks(), text)
				}
			}
		}
	}
	for _, about := range []Topic{
		TopicStatus, TopicList, TopicLogs, TopicETA, TopicHistory, TopicDone, TopicFollow, TopicHush, TopicHelp,
		TopicConfirm, TopicChoose, TopicClarify, TopicDropped, TopicMoved, TopicRefused, TopicMissing, TopicNothing, TopicUnknown,
	} {
		if found[about] == 0 {
			t.Errorf("no answer of the topic %s tells of a task: this test is of no use", about)
		}
	}
}

// TestTasksAreTheReplysOwn holds that who gets the tasks of a reply cannot change them, and that
// each is there once.
func TestTasksAreTheReplysOwn(t *testing.T) {
	t.Parallel()
	s := running()
	tasks := several(running(), failed())
	a := Answer{About: TopicChoose, Task: &s.Subject, Tasks: append(tasks, tasks[0]), Presses: []Press{{Task: "other"}, {Say: "help"}}}
	reply := book(t).Reply(a, Reader{}, sceneDay)
	reply.Tasks()[0] = "changed"
	if got := reply.Tasks(); !slices.Equal(got, []progress.TaskID{s.Subject.Task.ID, tasks[0].Task.ID, tasks[1].Task.ID, "other"}) {
		t.Error(got)
	}
}
