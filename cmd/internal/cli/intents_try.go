package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/taskherald/herald/intents"
)

func testIntentsCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "test [FILE.jsonl]", Short: "Say how messages of a file are understood", Args: cobra.MaximumNArgs(1),
		Long: `Reads messages, a line of JSON each, from a file, or from standard input without one or
with "-", and says how each is understood. It needs no server, and does nothing.

  {"text": "cancel the crm", "context_task": null,
   "tasks": [{"id": "t1", "title": "CRM", "status": "running"}]}    on one line

The tasks are those that the person may see, the oldest first; context_task is the one that
the thread is about. Both may be left out, and other fields are ignored. Blank lines are
skipped, every other one is answered in its place, as soon as it is there:

  {"text": …, "intent": …, "task": …, "step": …, "reason": …, "sure": …}

Every key is always there, null for none; task is an id, or "ambiguous" where several are
meant as well. What is sure: "act" is done at once, "ask" is asked about first, "answer"
changes nothing. Instead of a line that cannot be read there is {"error": …}, the
error names file, line and field, and the exit code is 2.`,
		Example: `  herald intents test phrases.jsonl
  herald intents test --bench < phrases.jsonl
  herald intents test phrases.jsonl | jq -c 'select(.sure == "ask")'`,
		ValidArgsFunction: cobra.FixedCompletions([]string{"jsonl", "ndjson", "json"}, cobra.ShellCompDirectiveFilterFileExt),
	}
	cmd.Flags().Bool("bench", false, "print what a message takes, measured for two seconds, instead of the answers")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		name := "-"
		if len(args) > 0 {
			name = args[0]
		}
		in, err := phrasesOf(name, p.Stdin)
		if err != nil {
			return failure{err}
		}
		defer in.Close()
		if name == "-" {
			name = "stdin"
		}
		t := &trial{Process: p, phrases: newPhrases(name, in), parser: intents.New()}
		if (options{cmd}).on("bench") {
			return t.bench()
		}
		return t.answer()
	}
	return cmd
}

// phrasesOf opens the file of that name; "-" is standard input.
func phrasesOf(name string, stdin io.Reader) (io.ReadCloser, error) {
	if name == "-" && stdin == nil {
		stdin = bytes.NewReader(nil)
	}
	return traceOf(name, stdin)
}

// trial has the messages of a file understood.
type trial struct {
	Process
	phrases *phrases
	parser  *intents.Parser
	bad     bool // a line could not be read
}

// each calls do with each message, in order, and refused with what is wrong with a line
// that holds none.
func (t *trial) each(do func(intents.Input) error, refused func(string) error) error {
	for {
		line, err := t.phrases.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil && !errors.Is(err, errLong):
			return failure{fmt.Errorf("%s cannot be read: %w", t.phrases.name, bare(err))}
		}
		in, wrong := intents.Input{}, err
		if wrong == nil {
			in, wrong = inputOf(line)
		}
		if wrong == nil {
			err = do(in)
		} else {
			err = t.refuse(wrong, refused)
		}
		if err != nil {
			return err
		}
	}
}

// bare is an error without the path that it repeats.
func bare(err error) error {
	if e, ok := errors.AsType[*os.PathError](err); ok {
		return e.Err
	}
	return err
}

// refuse says what is wrong with a line.
func (t *trial) refuse(wrong error, refused func(string) error) error {
	t.bad = true
	said := t.phrases.wrong(wrong)
	fmt.Fprintf(t.Stderr, "herald: %s\n", printable(said))
	return refused(said)
}

// ended is the exit code.
func (t *trial) ended() error {
	if t.bad {
		return exit(exitWrong)
	}
	return nil
}

// answer prints how each message is understood. It is written out before it waits for more.
func (t *trial) answer() error {
	out := bufio.NewWriterSize(t.Stdout, 64<<10)
	write := func(v any) error {
		if err := writeLine(out, v); err != nil {
			return err
		}
		if t.phrases.waits() {
			return written(out.Flush())
		}
		return nil
	}
	err := t.each(
		func(in intents.Input) error { return write(meantBy(in.Text, t.parser.Parse(in))) },
		func(wrong string) error { return write(map[string]string{"error": wrong}) },
	)
	if err := errors.Join(err, written(out.Flush())); err != nil {
		return err
	}
	return t.ended()
}

// writeLine writes one document on one line, texts as readable as they are safe.
func writeLine(w io.Writer, v any) error {
	var text bytes.Buffer
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return err
	}
	_, err := w.Write(tame(text.Bytes()))
	return written(err)
}

// written is the error of results that could not be written.
func written(err error) error {
	if err == nil {
		return nil
	}
	return failure{fmt.Errorf("cannot write the results: %w", err)}
}
