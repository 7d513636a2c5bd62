package templates

import (
	"slices"
	"time"

	"github.com/taskherald/herald/progress"
)

// SceneDigest is a digest that every surface has to show well: of some of the scenes.
func SceneDigest() Digest {
	d := Digest{At: sceneDay.Add(2 * time.Hour), More: 2, Link: "https://herald.example.com/notifications"}
	for i, it := range []DigestItem{
		recovered().held(progress.TaskFailed, progress.TaskRetried),
		running().held(), asked().held(), failed().held(progress.StepStarted), rejected().held(), patchy().held(), retried().held(progress.TaskFailed),
		approved().held(), quiet().held(), cancelled().held(), waiting().held(), hostile().held(), rightToLeftToo().held(progress.TaskRestarted),
	} {
		task := *it.Task
		task.ID += progress.TaskID('a' + rune(i))
		it.Subject = Subject{Task: &task, ETA: it.ETA, Now: d.At, Link: "https://herald.example.com/tasks/" + string(task.ID)}
		d.Items = append(d.Items, it)
	}
	return d
}

// held is a scene in a digest, with what happened before it.
func (s Scene) held(before ...progress.Kind) DigestItem {
	it := DigestItem{Subject: s.Subject, Kinds: before}
	for _, e := range s.Events {
		if !slices.Contains(it.Kinds, e.Kind) {
			it.Kinds = append(it.Kinds, e.Kind)
		}
	}
	return it
}

func recovered() Scene {
	s := failed()
	l := &life{task: *s.Subject.Task, at: s.Subject.Now}
	l.does(person("ann"), progress.ViaBrowser, time.Minute, progress.Retry{})
	for n := 2; n <= 3; n++ {
		l.reports(time.Second, step(n, progress.StepRunning)).reports(time.Minute, step(n, progress.StepCompleted))
	}
	return l.reports(time.Second, progress.Report{Status: progress.Completed}).scene("", 0)
}
