package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
	"github.com/taskherald/herald/templates/textcard"
)

func linkCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "link", Short: "Link your account in Slack or Discord, and list and remove links", Args: cobra.NoArgs,
		Long: `Gets a code that makes an account in chat yours, and prints what to send to Herald
there. It is printed alone on stdout, and links one account, once, within ten
minutes; what there is to say goes to stderr.

What is pressed and said from a linked account is done in your name, with all
that you may do, so your token has to be good for all of it.`,
		Example: `  herald link
  herald link list
  herald link remove U0456DEF`,
	}
	addJSON(cmd, "print the code as the API gives it")
	calls(cmd, p, makeLink)
	cmd.AddCommand(listLinksCommand(p), removeLinkCommand(p))
	return cmd
}

func makeLink(ctx context.Context, s session, _ []string) error {
	code, err := client.ChatAccountsOf(s.Client).Code(ctx)
	if err != nil {
		return err
	}
	if s.on(jsonFlag) {
		return s.printJSON(code)
	}
	fmt.Fprintf(s.Stderr, "In chat, with the account that is to be yours, send this to Herald in a direct message\nbefore %s. Show it to nobody: whoever sends it acts as you.\n",
		time.Time(code.Expires).Local().Format("15:04"))
	return s.print(s.screen().Clean(code.Say) + "\n")
}

func listLinksCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{Use: "list", Aliases: []string{"ls"}, Short: "List the accounts that are linked to you", Args: cobra.NoArgs}
	cmd.Flags().String("person", "", "whose, which admins may see; yours without")
	addJSON(cmd, "print them as the API gives them")
	calls(cmd, p, func(ctx context.Context, s session, _ []string) error {
		name, err := s.named("person")
		if err != nil {
			return err
		}
		all, err := client.ChatAccountsOf(s.Client).List(ctx, progress.Person(name))
		if err != nil {
			return err
		}
		if s.on(jsonFlag) {
			return s.printJSON(map[string]any{"accounts": all})
		}
		if len(all) == 0 {
			fmt.Fprintln(s.Stderr, "No linked accounts.")
			return nil
		}
		return s.print(links(s.screen(), all))
	})
	return cmd
}

// links are accounts as a list.
func links(screen textcard.Screen, all []client.ChatAccount) string {
	rows := make([][]string, len(all))
	for i, a := range all {
		rows[i] = []string{linkID(a), a.Name, string(a.Person), day(a.LinkedAt)}
	}
	return screen.Grid([]textcard.Column{{Title: "ACCOUNT"}, {Title: "NAME", Want: 16, Min: 6, Drop: 2}, {Title: "PERSON", Want: 8, Min: 6, Drop: 3}, {Title: "SINCE", Drop: 1}}, rows)
}

// noTeam stands for the team of a platform that has none.
const noTeam = "-"

// linkID names an account: its platform, its team and its id there.
func linkID(a client.ChatAccount) string {
	if a.Team == "" {
		a.Team = noTeam
	}
	return a.Platform + "/" + a.Team + "/" + a.Account
}

func removeLinkCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "remove ACCOUNT", Aliases: []string{"rm"}, Short: "Unlink an account at once", Args: cobra.ExactArgs(1),
		Long: `Unlinks an account at once: nothing is done for it any more, and nothing is sent to
it. It is named as "herald link list" lists it, by its id or its name, or by its
platform if you have one account there. Admins name those of others as they are
listed with --person.`,
	}
	addJSON(cmd, "print the account as the API gave it")
	completesIDs(cmd, p, func(ctx context.Context, c *client.Client) (out [][2]string, err error) {
		all, err := client.ChatAccountsOf(c).List(ctx, "")
		for _, a := range all {
			out = append(out, [2]string{linkID(a), a.Name})
		}
		return out, err
	})
	calls(cmd, p, removeLink)
	return cmd
}

func removeLink(ctx context.Context, s session, args []string) error {
	api := client.ChatAccountsOf(s.Client)
	a, err := findLink(ctx, s, api, args[0])
	if err == nil {
		err = api.Unlink(ctx, a)
	}
	if err != nil {
		return err
	}
	if s.on(jsonFlag) {
		return s.printJSON(a)
	}
	return s.print(s.screen().Clean("Unlinked "+linkID(a)+".") + "\n")
}

// findLink is the account that a word names: as it is listed, else by its id, its name or its
// platform; else one of somebody else, for admins.
func findLink(ctx context.Context, s session, c client.ChatAccounts, name string) (a client.ChatAccount, err error) {
	if blank(name) {
		return a, misused("%q names no account; \"herald link list\" lists them", name)
	}
	all, err := c.List(ctx, "")
	if err != nil {
		return a, err
	}
	fit := fitting(all, func(a client.ChatAccount) bool { return linkID(a) == name }, func(a client.ChatAccount) bool { return a.Account == name },
		func(a client.ChatAccount) bool { return strings.EqualFold(a.Name, name) }, func(a client.ChatAccount) bool { return strings.EqualFold(a.Platform, name) })
	parts := strings.Split(name, "/")
	switch {
	case len(fit) == 1:
		return fit[0], nil
	case len(fit) > 1:
		return a, misused("%q may mean %d accounts; name one as it is listed:\n%s", name, len(fit), links(s.screen(), fit))
	case len(parts) == 3:
		a = client.ChatAccount{Platform: parts[0], Team: parts[1], Account: parts[2]}
		return a, nil
	}
	return a, failure{fmt.Errorf("no account of yours is called %q; \"herald link list\" lists them", name)}
}
