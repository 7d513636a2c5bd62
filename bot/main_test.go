package bot_test

import (
	"context"
	"strconv"
	"testing"
	"time"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/bot/bottest"
	"github.com/taskherald/herald/intents"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db/dbtest"
	"github.com/taskherald/herald/templates"
)

func TestMain(m *testing.M) { dbtest.Main(m) }

var noon = time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)

// ann may operate and approve.
var ann = progress.Actor{Person: "ann", Rights: progress.MayRead | progress.MayOperate | progress.MayApprove}

// builder reports.
var builder = progress.Actor{Person: "builder", Rights: progress.MayAdmin, All: true}

// running makes a task that runs.
func running(t *testing.T, w *bottest.World, name, title string) progress.TaskID {
	t.Helper()
	id := bottest.ID(name)
	for _, do := range []progress.Change{
		progress.Create{Spec: progress.Spec{Title: title}, Steps: []progress.Plan{{Name: "Design"}, {Name: "Build"}}},
		progress.Report{Status: progress.Running},
	} {
		if _, err := w.Do(id, builder, do); err != nil {
			t.Fatal(err)
		}
	}
	return id
}

// turn is something that ann says.
func turn(id int, text string) bot.Turn {
	return bot.Turn{ID: strconv.Itoa(id), Room: "room", Who: ann, Via: progress.ViaChat, Text: text}
}

// hear gives a bot a turn that goes well.
func hear(t *testing.T, b *bot.Bot, said bot.Turn) (templates.Reply, intents.Reading) {
	t.Helper()
	reply, reading, err := b.Hear(context.Background(), said)
	if err != nil {
		t.Error(err)
	}
	return reply, reading
}

// task is a task as it is now.
func task(t *testing.T, w *bottest.World, id progress.TaskID) progress.Task {
	t.Helper()
	out, err := w.Task(id)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
