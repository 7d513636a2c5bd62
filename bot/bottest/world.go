package bottest

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/taskherald/herald/bot"
	botstore "github.com/taskherald/herald/bot/store"
	"github.com/taskherald/herald/intents"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/dbtest"
	"github.com/taskherald/herald/progress/engine"
	"github.com/taskherald/herald/progress/store"
	"github.com/taskherald/herald/progress/ticket"
	"github.com/taskherald/herald/templates"
)

// World is what a conversation is about: people and tasks, and the bot that knows them.
type World struct {
	Bot    *bot.Bot
	Engine *engine.Engine
	Index  *store.Index
	People map[string]Person

	// Notices is what people are told of; it stays over a restart.
	Notices *Notices

	// Sealer seals what buttons do, those of cards too.
	Sealer *ticket.Sealer

	stock
	t       testing.TB
	url     string
	db      *db.DB
	change  func(*bot.Options)
	mu      sync.Mutex
	passed  time.Duration
	created []progress.TaskID
}

// Person is somebody in a conversation.
type Person struct {
	progress.Actor
	Name string // in the script
	Lang string

	Stranger bool              // nobody has linked their account: they have no rights, and are no Actor
	Sight    []progress.TaskID // of a stranger: what the room was shown, the newest first
}

// stock is what worlds have in common, and takes longer to make than a conversation takes.
type stock struct {
	file   []byte // an empty database
	parser *intents.Parser
	book   *templates.Book
}

func newStock(t testing.TB) stock {
	t.Helper()
	file, err := os.ReadFile(dbtest.Migrated(t))
	if err != nil {
		t.Fatal(err)
	}
	return stock{file, intents.New(), templates.New(templates.Options{})}
}

// Open opens a world without people and tasks, which ends with the test. Change, if it is
// not nil, may change what the bot stands on, each time when the world is started.
func Open(t testing.TB, change func(*bot.Options)) *World {
	t.Helper()
	return newStock(t).open(t, change)
}

func (s stock) open(t testing.TB, change func(*bot.Options)) *World {
	t.Helper()
	sealer, err := ticket.New(bytes.Repeat([]byte("k"), 32))
	if err != nil {
		t.Fatal(err)
	}
	if change == nil {
		change = func(*bot.Options) {}
	}
	w := &World{
		t: t, stock: s, url: dbtest.URL(t, dbtest.SQLite), Sealer: sealer, change: change,
		People: map[string]Person{}, Notices: &Notices{silent: map[string]bool{}},
	}
	if err := os.WriteFile(w.url, s.file, 0o600); err != nil {
		t.Fatal(err)
	}
	w.start()
	t.Cleanup(w.stop)
	return w
}

// Restart closes everything, and opens it again on the same database.
func (w *World) Restart() {
	w.t.Helper()
	w.stop()
	w.start()
}

func (w *World) start() {
	w.t.Helper()
	var err error
	if w.db, err = db.Open(context.Background(), w.url); err != nil {
		w.t.Fatal(err)
	}
	kept := store.New(w.db)
	w.Engine, w.Index = engine.New(kept, engine.Options{Log: slog.New(slog.DiscardHandler)}), store.NewIndex(w.db)
	o := bot.Options{
		Tasks: w.Engine, Index: w.Index, Past: kept, Store: botstore.New(w.db, w.Now), Notices: w.Notices,
		Parser: w.parser, Book: w.book, Sealer: w.Sealer, Now: w.Now,
		Log:  slog.New(slog.DiscardHandler),
		Link: func(id progress.TaskID) string { return "https://herald.example.com/tasks/" + string(id) },
	}
	w.change(&o)
	w.Bot = bot.New(o)
}

func (w *World) stop() {
	w.Engine.Close()
	if err := w.db.Close(); err != nil {
		w.t.Error(err)
	}
}

// Now is the world's time: what has passed beyond the real one.
func (w *World) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return time.Now().Add(w.passed)
}

// Pass lets time pass.
func (w *World) Pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.passed += d
}

// ID is the id of the task that scripts call by a name: one as they are made, which has no
// words in it.
func ID(name string) progress.TaskID {
	sum := sha256.Sum256([]byte(name))
	return progress.NewTaskID(time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC), [5]byte(sum[:5]))
}

// Button is the text of a button that names nobody, about a task as it is now.
func (w *World) Button(id progress.TaskID, v progress.Verb, step int) (string, error) {
	t, err := w.Task(id)
	if err != nil {
		return "", err
	}
	b := ticket.Button{Verb: v, Task: id, Step: step, Run: t.Run, Attempt: t.Attempt}
	if step > 0 && step <= t.Steps.Len() {
		if ap := t.Steps.At(step).Approval; ap != nil {
			b.Digest = ap.Digest
		}
	}
	return w.Sealer.SealButton(b), nil
}

// Do gives a command to a task, as somebody does elsewhere.
func (w *World) Do(id progress.TaskID, by progress.Actor, do progress.Change) (progress.Task, error) {
	out, err := w.Engine.Execute(context.Background(), progress.Command{Task: id, By: by, Via: progress.ViaREST, Do: do})
	if _, ok := do.(progress.Create); ok && err == nil {
		w.created = append(w.created, id)
	}
	return out.Task, err
}

// Task is a task as it is now.
func (w *World) Task(id progress.TaskID) (progress.Task, error) {
	return w.Engine.Task(context.Background(), id)
}

// state is how all tasks stand, to see whether one of them changes.
func (w *World) state() string {
	var out bytes.Buffer
	for _, id := range w.created {
		t, err := w.Task(id)
		fmt.Fprintln(&out, id, t.Version, t.Seq, t.Status, t.Run, t.Attempt, err)
	}
	return out.String()
}

// worker is who reports, and who made the tasks of which nobody else did.
func worker() progress.Actor {
	return progress.Actor{Person: "builder", Rights: progress.MayAdmin, All: true}
}

// Notices notes what people want to be told of. Everybody has an e-mail address.
type Notices struct {
	mu     sync.Mutex
	silent map[string]bool
}

// Follow is that of bot.Notices.
func (n *Notices) Follow(_ context.Context, who progress.Actor, task progress.TaskID) ([]string, error) {
	n.set(who, task, false)
	return []string{"email"}, nil
}

// Hush is that of bot.Notices.
func (n *Notices) Hush(_ context.Context, who progress.Actor, task progress.TaskID, wait time.Duration) (until time.Time, err error) {
	n.set(who, task, true)
	if wait > 0 {
		until = time.Now().Add(wait)
	}
	return until, nil
}

// Silent reports whether somebody wants to hear nothing of a task, of all for "".
func (n *Notices) Silent(who progress.Person, task progress.TaskID) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.silent[string(who)+"/"+string(task)]
}

func (n *Notices) set(who progress.Actor, task progress.TaskID, silent bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.silent[string(who.Person)+"/"+string(task)] = silent
}
