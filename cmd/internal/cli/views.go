package cli

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
	"github.com/taskherald/herald/templates/textcard"
)

// view chooses how one task, or all, are shown.
func (s session) view(one bool) view {
	switch {
	case s.on(jsonFlag):
		return rawView{s}
	case s.redraws():
		return &liveView{session: s, one: one, canvas: canvas{w: s.Stdout}}
	}
	return &lineView{session: s, one: one, told: map[progress.TaskID]*told{}}
}

// rawView prints frames.
type rawView struct{ session }

func (v rawView) frame(f client.Frame) error         { return v.printRaw(f.Raw) }
func (v rawView) show([]*progress.Wire, error) error { return nil }
func (v rawView) close()                             {}

// liveView redraws in place.
type liveView struct {
	session
	canvas
	one bool
}

func (v *liveView) frame(client.Frame) error { return nil }
func (v *liveView) close()                   { v.canvas.close() }

// show draws if something looks different: a percent, a second more, the size of
// the terminal.
func (v *liveView) show(tasks []*progress.Wire, away error) error {
	screen := v.screen()
	columns, rows, _ := v.size(v.Stdout)
	screen.Height = max(rows-1, 2) // the cursor stands below
	notice := ""
	if away != nil {
		screen.Height = max(screen.Height-1, 1)
		notice = screen.Notice("The server is away, connecting again …")
	}
	var text string
	switch {
	case !v.one:
		text = screen.Tasks(inOrder(tasks))
	case len(tasks) > 0:
		text = screen.Task(*tasks[0])
	}
	return v.draw(text+notice, columns, rows)
}

// inOrder puts what needs somebody first, then what is under way, then what has
// ended, the newest of it first.
func inOrder(tasks []*progress.Wire) []progress.Wire {
	ranks := []progress.Status{progress.Waiting, progress.Running, progress.Paused, progress.Pending}
	out := make([]progress.Wire, len(tasks))
	for i, t := range tasks {
		out[i] = *t
	}
	rank := func(t progress.Wire) int {
		if i := slices.Index(ranks, t.Status); i >= 0 {
			return i
		}
		return len(ranks)
	}
	slices.SortStableFunc(out, func(a, b progress.Wire) int {
		if c := cmp.Compare(rank(a), rank(b)); c != 0 || !a.Status.Ended() {
			return c
		}
		return time.Time(b.EndedAt).Compare(time.Time(a.EndedAt))
	})
	return out
}

// lineView prints a line for each thing that happens.
type lineView struct {
	session
	one  bool
	told map[progress.TaskID]*told
	away bool
}

// told is what was said of a task.
type told struct {
	task progress.Wire
	tens int // of percent
	at   time.Time
}

// pace is how often a line says how far a task is, if nothing else does.
const pace = 30 * time.Second

func (v *lineView) frame(client.Frame) error { return nil }
func (v *lineView) close()                   {}

func (v *lineView) show(tasks []*progress.Wire, away error) error {
	screen := v.screen()
	var lines []string
	if (away != nil) != v.away {
		v.away = away != nil
		note := "the server is back"
		if v.away {
			note = "the server is away, connecting again"
		}
		lines = append(lines, screen.Note(note))
	}
	for _, t := range tasks {
		lines = append(lines, v.news(screen, t)...)
	}
	if len(lines) == 0 {
		return nil
	}
	return v.print(strings.Join(lines, "\n") + "\n")
}

// news says what has happened to a task since it was last spoken of.
func (v *lineView) news(screen textcard.Screen, t *progress.Wire) []string {
	tens := int(t.Progress / 10)
	had := v.told[t.ID]
	if had == nil {
		had = &told{at: screen.Now, tens: tens}
		v.told[t.ID] = had
	} else if had.task.Version == t.Version && screen.Now.Sub(had.at) < pace {
		return nil
	}
	name := ""
	if !v.one {
		name = t.Title
	}
	lines := screen.News(name, had.task, *t)
	late := screen.Now.Sub(had.at) >= pace
	if len(lines) == 0 && t.Status == progress.Running && (tens > had.tens || late) {
		lines = append(lines, screen.Pace(name, *t))
		had.tens = tens
	}
	if len(lines) > 0 || late {
		had.at = screen.Now
	}
	had.tens = min(had.tens, tens) // a restart begins at 0
	had.task = *t
	had.task.Steps = slices.Clone(t.Steps)
	return lines
}
