package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/taskherald/herald/intents"
	"github.com/taskherald/herald/progress"
)

func intentsCommand(p Process) *cobra.Command {
	return group(&cobra.Command{
		Use: "intents", Short: "What can be said in plain words, and how it is understood",
		Long: `What "herald ask", "herald chat" and the box of the pages understand, and how. These
commands need no server.`,
	}, listIntentsCommand(p), testIntentsCommand(p))
}

const (
	langFlag = "lang"
	allLangs = "all"
)

func listIntentsCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "list [INTENT]...", Short: "List what can be meant, with examples",
		Long: `Lists what a message can mean, or only the intents that are named, each with messages
that mean it of a task with the title CRM.`,
		Example: `  herald intents list
  herald intents list cancel restart --lang pt
  herald intents list --lang all --json | jq -r '.intents[].examples[].text'`,
	}
	cmd.Flags().String(langFlag, "en", "examples in this language: "+strings.Join(append(langsOf(intents.Catalogue()), allLangs), ", "))
	addJSON(cmd, `print {"intents": […]}`)
	completesFlag(cmd, langFlag, append(langsOf(intents.Catalogue()), allLangs))
	cmd.ValidArgsFunction = completesIntents
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		kinds, err := catalogued(args, flag(cmd, langFlag))
		if err != nil {
			return err
		}
		if (options{cmd}).on(jsonFlag) {
			return results{p}.printJSON(listedIntents(kinds))
		}
		return results{p}.print(p.intents(kinds))
	}
	return cmd
}

// completesIntents completes intents that were not named yet.
func completesIntents(_ *cobra.Command, args []string, _ string) (out []string, _ cobra.ShellCompDirective) {
	for _, k := range intents.Catalogue() {
		if !slices.Contains(args, string(k.Intent)) {
			out = append(out, described(string(k.Intent), k.About))
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}

// langsOf are the languages that there are examples in.
func langsOf(kinds []intents.Kind) (out []string) {
	for _, k := range kinds {
		for _, e := range k.Examples {
			if !slices.Contains(out, e.Lang) {
				out = append(out, e.Lang)
			}
		}
	}
	return out
}

// catalogued are the intents of those names, none: all, with their examples in a language.
func catalogued(names []string, lang string) (out []intents.Kind, err error) {
	all := intents.Catalogue()
	if langs := append(langsOf(all), allLangs); !slices.Contains(langs, lang) {
		return nil, misused("--%s must be one of %s, not %q", langFlag, strings.Join(langs, ", "), lang)
	}
	for _, name := range names {
		if !slices.ContainsFunc(all, func(k intents.Kind) bool { return string(k.Intent) == name }) {
			return nil, misused("there is no intent %q; \"herald intents list\" lists them", name)
		}
	}
	for _, k := range all {
		if len(names) > 0 && !slices.Contains(names, string(k.Intent)) {
			continue
		}
		var examples []intents.Example
		for _, e := range k.Examples {
			if lang == allLangs || e.Lang == lang {
				examples = append(examples, e)
			}
		}
		k.Examples = examples
		out = append(out, k)
	}
	return out, nil
}

// intents are rows of the catalogue as a text, examples below each.
func (p Process) intents(kinds []intents.Kind) string {
	pg := page{screen: p.screen()}
	for i, k := range kinds {
		if i > 0 {
			pg.line("", "")
		}
		name := string(k.Intent)
		if k.Changes() {
			name += " (changes the task)"
		}
		pg.line("", name+": "+k.About)
		for _, e := range k.Examples {
			pg.line("  ", e.Text)
		}
	}
	return pg.text.String()
}

// listedIntent is a row of the catalogue for programs.
type listedIntent struct {
	Intent   intents.Intent  `json:"intent"`
	Verb     progress.Verb   `json:"verb,omitempty"` // of one that changes a task
	About    string          `json:"about"`
	Examples []listedExample `json:"examples"`
}

type listedExample struct {
	Lang string `json:"lang"`
	Text string `json:"text"`
}

// listedIntents are rows of the catalogue for programs.
func listedIntents(kinds []intents.Kind) map[string][]listedIntent {
	out := make([]listedIntent, len(kinds))
	for i, k := range kinds {
		out[i] = listedIntent{k.Intent, k.Verb, k.About, make([]listedExample, len(k.Examples))}
		for j, e := range k.Examples {
			out[i].Examples[j] = listedExample(e)
		}
	}
	return map[string][]listedIntent{"intents": out}
}
