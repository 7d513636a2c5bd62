package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"

	"github.com/taskherald/herald/bot/slack/setup"
	"github.com/taskherald/herald/config"
)

// The flags of herald setup slack.
const (
	httpFlag   = "http"
	groupsFlag = "groups"
	yamlFlag   = "yaml"
	checkFlag  = "check"
)

func setupSlackCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "slack", Short: "Print the manifest of a Slack app, or check the app", Args: cobra.NoArgs,
		Long: `Prints the manifest from which Slack makes the app, with the scopes and events that
Herald needs and no others. The app uses Socket Mode: Herald calls Slack, and needs
no public address. With --http Slack calls Herald instead.

The manifest goes to standard output. At a terminal standard error says what to do
with it, step by step; docs/slack.md has the whole way.

With --check it looks at the app that the settings name (slack.*): the tokens, the
scopes, Socket Mode, the clock, and the rooms that rules name. It changes nothing
and posts nothing. Exits with 1 if something is broken. "herald doctor" does the
same beside all else that it looks at.`,
		Example: `  herald setup slack
  herald setup slack --http https://herald.example.com > manifest.json
  herald setup slack --check --config herald.yaml`,
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.String(httpFlag, "", "where Slack calls the server, such as https://herald.example.com, instead of Socket Mode")
	f.Bool(groupsFlag, false, "user groups of Slack are to be groups of Herald (slack.groups)")
	f.Bool(yamlFlag, false, "print YAML instead of JSON")
	f.Bool(checkFlag, false, "check the app that the settings name")
	f.String(fileFlag, "", "with --check: YAML file of settings (HERALD_CONFIG)")
	addJSON(cmd, `with --check: print {"healthy": …, "checks": [{name, state, found, advice}]}`)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		s := slackSetup{results{p}, options{cmd}}
		if s.on(checkFlag) {
			return s.checkApp(cmd.Context())
		}
		return s.manifest()
	}
	return cmd
}

// slackSetup is herald setup slack.
type slackSetup struct {
	results
	options
}

// together refuses flags that mean nothing beside, or without, --check.
func (s slackSetup) together(refused ...string) error {
	word := "without"
	if s.on(checkFlag) {
		word = "with"
	}
	for _, name := range refused {
		if s.cmd.Flags().Changed(name) {
			return misused("--%s means nothing %s --%s", name, word, checkFlag)
		}
	}
	return nil
}

// manifest prints the manifest, and at a terminal what to do with it.
func (s slackSetup) manifest() error {
	if err := s.together(fileFlag, jsonFlag); err != nil {
		return err
	}
	address, err := s.named(httpFlag)
	if err != nil {
		return err
	}
	m, err := setup.NewManifest(setup.Wanted{HTTP: address, Groups: s.on(groupsFlag)})
	if err != nil {
		return misused("--%s: %w", httpFlag, err)
	}
	text := m.JSON()
	if s.on(yamlFlag) {
		if text, err = yaml.JSONToYAML(text); err != nil {
			return failure{err}
		}
	}
	if err := s.print(string(text)); err != nil {
		return err
	}
	if _, _, terminal := s.size(s.Stderr); terminal {
		fmt.Fprint(s.Stderr, steps(m, address))
	}
	return nil
}

// steps say how an app is made of its manifest.
func steps(m setup.Manifest, address string) string {
	secret := `Basic Information, App-Level Tokens, Generate: any name, the scope connections:write
     export HERALD_SLACK_APP_TOKEN=xapp-...`
	verify := ""
	if address != "" {
		secret = `Basic Information, App Credentials, Signing Secret
     export HERALD_SLACK_SIGNING_SECRET=...
     export HERALD_PUBLIC_URL=` + strings.TrimRight(address, "/")
		verify = "\n     and then, on the app's pages: Event Subscriptions, Retry"
	}
	return `
What to do with it:

  1. Open https://api.slack.com/apps?new_app=1, choose "From a manifest" and your workspace,
     and put it in. Or open the link at the end, which brings it along.
  2. ` + secret + `
  3. Install App, Install to Workspace, Bot User OAuth Token
     export HERALD_SLACK_BOT_TOKEN=xoxb-...
  4. herald setup slack --check
  5. herald serve` + verify + `
  6. In Slack, in a channel: /invite @herald, then: @herald help

docs/slack.md goes on from there. The link:
` + m.Link() + "\n"
}

// checkApp looks at the app that the settings name.
func (s slackSetup) checkApp(ctx context.Context) error {
	if err := s.together(httpFlag, groupsFlag, yamlFlag); err != nil {
		return err
	}
	c, err := config.Load(config.Source{File: s.text(fileFlag), Environ: s.Environ})
	if err != nil {
		return err
	}
	if c.Slack.BotToken.Reveal() == "" {
		return failure{fmt.Errorf("no app is set up: set HERALD_SLACK_BOT_TOKEN, and HERALD_SLACK_APP_TOKEN or HERALD_SLACK_SIGNING_SECRET; %q prints the manifest of one", "herald setup slack")}
	}
	return verdict(session{results: s.results, options: s.options}, checkSlack(ctx, c))
}
