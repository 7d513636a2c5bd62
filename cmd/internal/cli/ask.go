package cli

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/taskherald/herald/progress/client"
	"github.com/taskherald/herald/templates"
)

// askTalk is the conversation of all questions that are asked alone: so "yes" is an answer
// to the one before. It is that of one account on one machine, as where nobody has to say who
// they are, all are the same to the server.
func askTalk(p Process) string {
	host, _ := os.Hostname() // "" is fine
	sum := sha256.Sum256([]byte(cmp.Or(p.variable("USER"), p.variable("USERNAME")) + "@" + host))
	return "ask " + hex.EncodeToString(sum[:8])
}

func askCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "ask TEXT…", Short: "Ask or say something about tasks in plain words",
		Long: `Asks one thing, or says one, in plain words, and prints what is answered. It does what you
may do yourself, and asks before it does what is risky or not sure: at a terminal it
waits for your answer; elsewhere the exit code is 1, and the next "herald ask" answers, within
15 minutes. Buttons of a choice are pressed by their numbers.

The exit code is 0 when what you wanted was said or done, and 1 when it was not.`,
		Example: `  herald ask "How's my CRM task going?"
  herald ask cancel the nightly backup, the disk is full
  herald ask yes
  herald ask --yes "restart the CRM task"
  herald ask --task 01k5m3 "why did it fail?"`,
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	cmd.Flags().BoolP("yes", "y", false, "where it asks whether it shall do it, answer yes")
	addTalk(cmd, "that of your account here")
	addJSON(cmd, "print the answer as the API gives it")
	completesTask(cmd, p)
	calls(cmd, p, ask)
	return cmd
}

func ask(ctx context.Context, s session, args []string) error {
	text := strings.Join(args, " ")
	if blank(text) {
		return misused("say what, such as: herald ask \"How's my CRM task going?\"")
	}
	ctx, stop := untilSignal(ctx)
	defer stop()
	t, err := newTalk(ctx, s, askTalk(s.Process))
	if err != nil {
		return interrupted(ctx, err)
	}
	a, err := t.hear(ctx, text)
	if err == nil {
		a, err = t.agreed(ctx, a)
	}
	if err != nil {
		return interrupted(ctx, err)
	}
	if s.on(jsonFlag) {
		if err := s.printJSON(a); err != nil {
			return err
		}
		return t.outcome(a)
	}
	return interrupted(ctx, t.askOn(ctx, a))
}

// agreed answers yes to whether it shall be done, where --yes says so.
func (t *talk) agreed(ctx context.Context, a client.ChatAnswer) (client.ChatAnswer, error) {
	if !t.on("yes") || templates.Topic(a.Reply.About) != templates.TopicConfirm || len(a.Reply.Buttons) == 0 {
		return a, nil
	}
	return t.press(ctx, a.Reply.Buttons[0]) // yes stands first
}

// askOn prints an answer, and as long as it is a question and there is somebody to answer
// it, takes their answer.
func (t *talk) askOn(ctx context.Context, a client.ChatAnswer) error {
	person := t.talks()
	asked, lines := false, (*typed)(nil)
	for {
		if err := t.show(a, person && asks(a)); err != nil {
			return err
		}
		if !person || !asks(a) {
			break
		}
		if lines == nil {
			lines = newTyped(t.Process, prompt)
		}
		text, err := lines.answer(ctx)
		if over(err) {
			break
		}
		if err == nil {
			asked = true
			if a, err = t.hear(ctx, text); err == nil {
				a, err = t.agreed(ctx, a)
			}
		}
		if err != nil {
			return err
		}
	}
	if asked && templates.Topic(a.Reply.About) == templates.TopicDropped {
		return exit(exitFailed) // as with every command that asks
	}
	return t.outcome(a)
}

// answer is the next line that says something. What ends it ends its line, too.
func (t *typed) answer(ctx context.Context) (string, error) {
	for {
		text, err := t.next(ctx)
		if err != nil && t.prompt != "" {
			fmt.Fprintln(t.Stdout)
		}
		if err != nil || !blank(text) {
			return text, err
		}
	}
}

// outcome is the exit code, with what to say next where something waits for an answer.
func (t *talk) outcome(a client.ChatAnswer) error {
	if served(a) {
		return nil
	}
	again := "herald ask"
	if name := t.text(conversationFlag); name != "" {
		again += fmt.Sprintf(" --%s %q", conversationFlag, name)
	}
	switch templates.Topic(a.Reply.About) {
	case templates.TopicConfirm:
		fmt.Fprintf(t.Stderr, "herald: nothing was done yet; answer with: %s yes (or no), or ask with --yes\n", printable(again))
	case templates.TopicChoose:
		fmt.Fprintf(t.Stderr, "herald: which one is not clear yet; answer with: %s 1 (its number, or its title)\n", printable(again))
	}
	return exit(exitFailed)
}
