package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
	"github.com/taskherald/herald/templates"
)

// talk is a conversation with the bot of a server.
type talk struct {
	session
	bot  client.Chat
	open []client.ChatButton // of the newest reply
}

const conversationFlag = "conversation"

// addTalk gives a command the flags of a conversation.
func addTalk(cmd *cobra.Command, conversation string) {
	cmd.Flags().String("task", "", "the task that \"it\" is, to begin with")
	cmd.Flags().String(conversationFlag, "", "name of the conversation that it belongs to (default "+conversation+")")
}

// newTalk begins or goes on with a conversation: the one that a flag names, else another.
func newTalk(ctx context.Context, s session, conversation string) (*talk, error) {
	name, err := s.named(conversationFlag)
	if err != nil {
		return nil, err
	}
	if name != "" {
		conversation = name
	}
	task, err := hooks{session: s}.taskFlag(ctx)
	place := client.ChatPlace{Conversation: conversation, Task: task, Via: progress.ViaCLI}
	return &talk{session: s, bot: client.ChatOf(s.Client).At(place)}, err
}

// hear says something. The number of a button presses it.
func (t *talk) hear(ctx context.Context, text string) (client.ChatAnswer, error) {
	if n, err := strconv.Atoi(strings.TrimSpace(text)); err == nil && n >= 1 && n <= len(t.open) {
		return t.press(ctx, t.open[n-1])
	}
	return t.say(ctx, text)
}

// press presses a button.
func (t *talk) press(ctx context.Context, b client.ChatButton) (client.ChatAnswer, error) {
	if b.Press == "" {
		return t.say(ctx, b.Say)
	}
	defer t.thinks()()
	return t.answered(t.bot.Press(ctx, b.Press))
}

func (t *talk) say(ctx context.Context, text string) (client.ChatAnswer, error) {
	defer t.thinks()()
	return t.answered(t.bot.Say(ctx, text, rand.Text()))
}

// answered keeps the buttons of an answer. Those of the one before are gone then.
func (t *talk) answered(a client.ChatAnswer, err error) (client.ChatAnswer, error) {
	if err == nil {
		t.open = a.Reply.Buttons
	}
	return a, err
}

// thinks shows that an answer is awaited, where that can be taken away again.
func (t *talk) thinks() (stop func()) {
	if !t.redraws() || t.on(jsonFlag) {
		return func() {}
	}
	dots := "..."
	if t.unicode() {
		dots = "…"
	}
	_ = t.print(dots) // what follows tells
	return func() { _ = t.print("\r\x1b[K") }
}

// show prints what is answered, and the buttons where they can be pressed by their numbers.
func (t *talk) show(a client.ChatAnswer, buttons bool) error {
	var out strings.Builder
	out.WriteString(t.screen().Said(strings.TrimRight(a.Text, "\n") + "\n"))
	if buttons && !numbered(a) {
		for i, b := range a.Reply.Buttons {
			fmt.Fprintf(&out, "  %d) %s\n", i+1, t.screen().Clean(b.Label))
		}
	}
	return t.print(out.String())
}

// numbered reports whether each button is that of an item with its number.
func numbered(a client.ChatAnswer) bool {
	for i, it := range a.Reply.Items {
		if it.Number != i+1 {
			return false
		}
	}
	return len(a.Reply.Items) == len(a.Reply.Buttons)
}

// asks reports whether it is a question that has to be answered before anything is done.
func asks(a client.ChatAnswer) bool {
	about := templates.Topic(a.Reply.About)
	return about == templates.TopicConfirm || about == templates.TopicChoose
}

// served reports whether what somebody wanted was said or done.
func served(a client.ChatAnswer) bool {
	return slices.Contains([]templates.Topic{
		templates.TopicStatus, templates.TopicList, templates.TopicLogs, templates.TopicETA, templates.TopicHistory,
		templates.TopicDone, templates.TopicFollow, templates.TopicHush, templates.TopicHelp, templates.TopicDropped,
	}, templates.Topic(a.Reply.About))
}

// over reports whether a conversation has come to its end.
func over(err error) bool { return errors.Is(err, io.EOF) }

// completesTask makes the flag of a conversation's task complete ids.
func completesTask(cmd *cobra.Command, p Process) {
	_ = cmd.RegisterFlagCompletionFunc("task", func(cmd *cobra.Command, _ []string, begun string) ([]string, cobra.ShellCompDirective) { // the flag is there
		c, err := connect(cmd, p)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		ctx, cancel := context.WithTimeout(cmd.Context(), completionPatience)
		defer cancel()
		return newSession(p, c, cmd).ids(ctx, begun, nil), cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
	})
}
