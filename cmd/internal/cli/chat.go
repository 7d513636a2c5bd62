package cli

import (
	"context"
	"crypto/rand"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/taskherald/herald/progress/client"
)

// prompt is where somebody types what they say.
const prompt = "> "

func chatCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "chat", Short: "Talk about tasks in plain words", Args: cobra.NoArgs,
		Long: `Talks with you about tasks: say in plain words what you want to know or have done; "help"
says what that can be. It remembers what you speak of ("cancel it", "and the logs?"), and asks
before it does what is risky or not sure. Buttons are pressed by their numbers. The arrow
keys bring back what you have said; Ctrl-D or Ctrl-C ends it.

What comes through a pipe is answered line by line.`,
		Example: `  herald chat
  herald chat --task 01k5m3
  printf 'list\nwhy did the second one fail?\n' | herald chat`,
	}
	addTalk(cmd, "one of its own")
	addJSON(cmd, "print each answer as the API gives it, one a line")
	completesTask(cmd, p)
	calls(cmd, p, chat)
	return cmd
}

func chat(ctx context.Context, s session, _ []string) error {
	ctx, stop := untilSignal(ctx)
	defer stop()
	t, err := newTalk(ctx, s, "chat "+rand.Text())
	if err != nil {
		return interrupted(ctx, err)
	}
	if s.talks() {
		fmt.Fprintln(s.Stderr, `What about your tasks? Such as "list", or "how is my CRM task going?"; "help" says more, Ctrl-D ends it.`)
	}
	lines := newTyped(s.Process, prompt)
	for {
		text, err := lines.answer(ctx)
		if over(err) {
			return nil
		}
		if err == nil {
			err = t.turn(ctx, text)
		}
		if err != nil {
			return interrupted(ctx, err)
		}
	}
}

// turn says something and prints what is answered. What goes wrong ends the conversation,
// unless somebody is there who can say it again.
func (t *talk) turn(ctx context.Context, text string) error {
	a, err := t.hear(ctx, text)
	if err == nil {
		return t.tell(a)
	}
	if !t.talks() || ctx.Err() != nil {
		return err
	}
	fmt.Fprintf(t.Stderr, "herald: %s\n", printable(trouble(t.Client, err).Error()))
	return nil
}

// tell prints an answer, with an empty line below it.
func (t *talk) tell(a client.ChatAnswer) error {
	if t.on(jsonFlag) {
		return t.printLine(a)
	}
	if err := t.show(a, true); err != nil {
		return err
	}
	return t.print("\n")
}
