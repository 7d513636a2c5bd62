package chattest

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
)

// Parrot is a bot that notes each turn, and answers with what it heard.
type Parrot struct {
	mu    sync.Mutex
	turns []bot.Turn
	say   func(t bot.Turn) (templates.Reply, error) // nil: what it heard
	stall func(t bot.Turn) time.Duration            // nil: not at all
}

// Hear is chat.Hearer's.
func (p *Parrot) Hear(ctx context.Context, t bot.Turn) (templates.Reply, error) {
	p.mu.Lock()
	p.turns = append(p.turns, t)
	say, stall := p.say, p.stall
	p.mu.Unlock()
	if stall != nil {
		select {
		case <-time.After(stall(t)):
		case <-ctx.Done():
			return templates.Reply{}, ctx.Err()
		}
	}
	if say != nil {
		return say(t)
	}
	return templates.Reply{About: templates.TopicDone, Text: "heard " + t.Text + t.Press}, nil
}

// Answer changes what it answers.
func (p *Parrot) Answer(say func(bot.Turn) (templates.Reply, error)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.say = say
}

// Stall changes how long it takes.
func (p *Parrot) Stall(stall func(bot.Turn) time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stall = stall
}

// Heard are the turns so far.
func (p *Parrot) Heard() []bot.Turn {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.turns)
}

// About answers how a task stands.
func About(id progress.TaskID, title string) func(bot.Turn) (templates.Reply, error) {
	return Answers(templates.TopicStatus, id, title)
}

// Output answers what a task printed.
func Output(id progress.TaskID, title string) func(bot.Turn) (templates.Reply, error) {
	return Answers(templates.TopicLogs, id, title)
}

// Answers answers something about a task.
func Answers(about templates.Topic, id progress.TaskID, title string) func(bot.Turn) (templates.Reply, error) {
	return func(bot.Turn) (templates.Reply, error) {
		d := progress.Task{ID: id, Spec: &progress.Spec{Title: title}, Status: progress.Running, Run: 1, Attempt: 1}
		return templates.New(templates.Options{}).Reply(templates.Answer{About: about, Task: &templates.Subject{Task: &d}}, templates.Reader{}, time.Now()), nil
	}
}
