package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
	"github.com/taskherald/herald/templates/textcard"
)

func userCommand(p Process) *cobra.Command {
	return group(&cobra.Command{
		Use: "user", Short: "Add, list, change and invite people",
		Long: `People have a role: admin, operator (sees and does everything but this), member
(their own tasks, those of their groups, and those that nobody owns) or viewer
(sees everything). This is for admins; anyone may invite themselves.`,
	}, addUserCommand(p), listUsersCommand(p), editUserCommand(p), inviteCommand(p))
}

// roles are what people may be.
var roles = [...]string{"admin", "operator", "member", "viewer"}

// addRole gives a command the flags for what somebody is.
func addRole(cmd *cobra.Command, usual string) {
	cmd.Flags().String("role", usual, strings.Join(roles[:], ", "))
	cmd.Flags().StringSlice("group", nil, "a group that they are in; may be repeated")
	_ = cmd.RegisterFlagCompletionFunc("role", cobra.FixedCompletions(roles[:], cobra.ShellCompDirectiveNoFileComp)) // the flag is there
}

func addUserCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "add NAME", Short: "Add a person", Args: cobra.ExactArgs(1),
		Example: "  herald user add ann --role member --group ops\n  herald user invite ann",
	}
	addRole(cmd, "member")
	addJSON(cmd, "print the person as the API gives them")
	calls(cmd, p, func(ctx context.Context, s session, args []string) error {
		who, err := s.Access().AddPerson(ctx, client.NewPerson{Name: args[0], Role: s.text("role"), Groups: s.list("group")})
		if err != nil {
			return err
		}
		return s.person("Added", who)
	})
	return cmd
}

func editUserCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "edit NAME", Short: "Change somebody's role or groups, or disable them", Args: cobra.ExactArgs(1),
		Example: "  herald user edit ann --role operator\n  herald user edit ann --group ops --group dev   # these groups and no other\n  herald user edit ann --disable",
	}
	addRole(cmd, "")
	cmd.Flags().Bool("no-groups", false, "take them out of all groups")
	cmd.Flags().Bool("disable", false, "refuse them from now on")
	cmd.Flags().Bool("enable", false, "let them in again")
	cmd.MarkFlagsMutuallyExclusive("disable", "enable")
	cmd.MarkFlagsMutuallyExclusive("group", "no-groups")
	cmd.MarkFlagsOneRequired("role", "group", "no-groups", "disable", "enable")
	addJSON(cmd, "print the person as the API gives them")
	calls(cmd, p, func(ctx context.Context, s session, args []string) error {
		if blank(args[0]) {
			return nobody(args[0])
		}
		who, err := s.Access().EditPerson(ctx, progress.Person(args[0]), s.edit())
		if err != nil {
			return err
		}
		return s.person("Changed", who)
	})
	return cmd
}

func nobody(name string) error {
	return misused("%q is nobody's name; \"herald user list\" lists people", name)
}

// edit is what the flags change.
func (s options) edit() client.PersonEdit {
	var e client.PersonEdit
	if role := s.text("role"); role != "" {
		e.Role = &role
	}
	if groups := s.list("group"); len(groups) > 0 || s.on("no-groups") {
		groups = append([]string{}, groups...)
		e.Groups = &groups
	}
	if s.on("disable") || s.on("enable") {
		e.Disabled = new(s.on("disable"))
	}
	return e
}

// person says what somebody is now.
func (s session) person(done string, who client.Person) error {
	if s.on(jsonFlag) {
		return s.printJSON(who)
	}
	said := fmt.Sprintf("%s %s: %s", done, who.Name, who.Role)
	if len(who.Groups) > 0 {
		said += ", groups " + strings.Join(who.Groups, ", ")
	}
	if who.Disabled {
		said += ", disabled"
	}
	return s.print(s.screen().Clean(said+".") + "\n")
}

func listUsersCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{Use: "list", Aliases: []string{"ls"}, Short: "List people", Args: cobra.NoArgs}
	addJSON(cmd, "print them as the API gives them")
	calls(cmd, p, func(ctx context.Context, s session, _ []string) error {
		people, err := s.Access().People(ctx)
		if err != nil {
			return err
		}
		if s.on(jsonFlag) {
			return s.printJSON(map[string]any{"people": people})
		}
		rows := make([][]string, len(people))
		for i, who := range people {
			state := "active"
			if who.Disabled {
				state = "disabled"
			}
			rows[i] = []string{string(who.Name), who.Role, strings.Join(who.Groups, ","), state, day(who.CreatedAt)}
		}
		return s.print(s.screen().Grid([]textcard.Column{
			{Title: "NAME", Want: 12, Min: 8}, {Title: "ROLE"}, {Title: "GROUPS", Want: 12, Min: 8, Drop: 1}, {Title: "STATE"}, {Title: "ADDED", Drop: 2},
		}, rows))
	})
	return cmd
}

func inviteCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "invite NAME", Short: "Print a URL that somebody can log in with, once", Args: cobra.ExactArgs(1),
		Long: `Prints a login URL, alone on stdout. It is good once, for an hour. Who has it is
that person to Herald: send it to nobody else.`,
		Example: "  herald user invite ann",
	}
	addJSON(cmd, "print it as the API gives it")
	calls(cmd, p, func(ctx context.Context, s session, args []string) error {
		if blank(args[0]) {
			return nobody(args[0])
		}
		i, err := s.Access().Invite(ctx, progress.Person(args[0]))
		if err != nil {
			return err
		}
		if s.on(jsonFlag) {
			return s.printJSON(i)
		}
		fmt.Fprintf(s.Stderr, "%s can log in with this once, %s.\n", s.screen().Clean(args[0]), ends(i.Expires))
		return s.print(s.screen().Clean(i.URL) + "\n")
	})
	return cmd
}
