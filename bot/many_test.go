package bot_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/taskherald/herald/bot/bottest"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// TestManyTasks holds that somebody with very many tasks is understood too: of the newest
// without ado, of the others where they are named.
func TestManyTasks(t *testing.T) {
	t.Parallel()
	w := bottest.Open(t, nil)
	oldest := running(t, w, "oldest", "Spring cleaning")
	var wg sync.WaitGroup
	for i := range 230 {
		wg.Go(func() {
			do := progress.Create{Spec: progress.Spec{Title: fmt.Sprintf("Import number %d", i)}}
			if _, err := w.Engine.Execute(t.Context(), progress.Command{Task: bottest.ID(fmt.Sprint(i)), By: builder, Do: do}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	list, _ := hear(t, w.Bot, turn(1, "list my tasks"))
	if list.About != templates.TopicList || len(list.Items) != 10 || list.More != 221 {
		t.Errorf("%s with %d of them, and %d more", list.About, len(list.Items), list.More)
	}
	if reply, got := hear(t, w.Bot, turn(2, "how is the Spring cleaning task?")); got.Task != oldest {
		t.Errorf("%+v: %s", got, reply.Text)
	}
	other := turn(3, "pause "+string(oldest))
	other.Room = "another room"
	if reply, _ := hear(t, w.Bot, other); reply.About != templates.TopicDone {
		t.Errorf("%s: %s", reply.About, reply.Text)
	}
}
