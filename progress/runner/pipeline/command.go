package pipeline

import (
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// maxArgs is how many arguments a command may have.
const maxArgs = 1_000

// shellInto reads what runs the texts of run, which become its last argument.
func shellInto(to *[]string) func(value) {
	return func(v value) {
		if v.null() {
			return
		}
		if _, list := v.node.(*ast.SequenceNode); list {
			if args, ok := words(v); ok {
				*to = args
			}
			return
		}
		s, ok := v.word()
		switch args := strings.Fields(s); {
		case !ok:
		case strings.ContainsAny(s, `'"\`):
			v.wrong("is parted at spaces only; with quotes write a list, such as [bash, -c]")
		case len(args) == 0:
			v.wrong("must not be empty; write sh -eu -c, or leave it out")
		default:
			*to = args
		}
	}
}

// command reads a command: a text for the shell, or a list that needs none.
func command(v value, shell []string) []string {
	if _, list := v.node.(*ast.SequenceNode); list {
		args, _ := words(v)
		return args
	}
	if _, mapping := pairsOf(v.node); mapping {
		v.wrong("must be a text for the shell, or a list such as [go, vet, ./...]")
		return nil
	}
	s, ok := v.word()
	if ok && strings.TrimSpace(s) == "" {
		v.wrong("must not be empty")
	}
	return append(slices.Clip(shell), strings.TrimRight(s, "\n"))
}

// words reads a command word by word.
func words(v value) ([]string, bool) {
	items := v.items()
	if len(items) == 0 || len(items) > maxArgs {
		v.wrong("must be a command with its arguments, 1 to %d words", maxArgs)
		return nil, false
	}
	args := make([]string, len(items))
	good := true
	for i, item := range items {
		s, ok := item.word()
		args[i], good = s, good && ok
	}
	if good && strings.TrimSpace(args[0]) == "" {
		items[0].wrong("must name a command")
		return nil, false
	}
	return args, good
}
