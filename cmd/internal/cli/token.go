package cli

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/client"
	"github.com/taskherald/herald/templates/textcard"
)

// group is a command that only holds others.
func group(cmd *cobra.Command, parts ...*cobra.Command) *cobra.Command {
	cmd.Args = cobra.NoArgs
	cmd.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() }
	cmd.AddCommand(parts...)
	return cmd
}

func tokenCommand(p Process) *cobra.Command {
	return group(&cobra.Command{
		Use: "token", Short: "Make, list and revoke tokens",
		Long: `Tokens are what programs log in with. A token has scopes: read, report, operate,
approve, admin. It is good for those that its person's role has too.`,
	}, createTokenCommand(p), listTokensCommand(p), revokeTokenCommand(p))
}

// scopes are what a token may be good for.
var scopes = [...]string{"read", "report", "operate", "approve", "admin"}

func createTokenCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "create", Short: "Make a token, and print it once", Args: cobra.NoArgs,
		Long: `Makes a token. It is printed alone on stdout, this once: nobody can show it again.
What there is to say goes to stderr.`,
		Example: `  T=$(herald token create --name ci --scope report --expires 30d)
  herald token create --name dashboard --scope read --person ann`,
	}
	f := cmd.Flags()
	f.String("name", "", "what it is for; lists show it")
	f.StringSlice("scope", nil, "what it is good for: "+strings.Join(scopes[:], ", ")+"; may be repeated")
	f.String("expires", "", "how long it is good, such as 12h, 30d or 52w, or until when, such as 2027-01-31 (never ends without)")
	f.String("person", "", "whose it is; yours without")
	addJSON(cmd, "print the token with its facts as the API gives it")
	_ = cmd.MarkFlagRequired("name")                                                                                   // the flags
	_ = cmd.MarkFlagRequired("scope")                                                                                  // are
	_ = cmd.RegisterFlagCompletionFunc("scope", cobra.FixedCompletions(scopes[:], cobra.ShellCompDirectiveNoFileComp)) // there
	calls(cmd, p, createToken)
	return cmd
}

func createToken(ctx context.Context, s session, _ []string) error {
	until, err := expiry(s.text("expires"), time.Now())
	if err != nil {
		return err
	}
	t, err := s.Access().MakeToken(ctx, client.NewToken{
		Name: s.text("name"), Person: progress.Person(s.text("person")), Scopes: s.list("scope"), Expires: until,
	})
	if err != nil {
		return err
	}
	if s.on(jsonFlag) {
		return s.printJSON(t)
	}
	screen := s.screen()
	fmt.Fprintf(s.Stderr, "Token %s (%s) of %s may %s, %s. It is shown this once; keep it.\n",
		screen.Clean(t.Name), screen.Clean(t.ID), screen.Clean(string(t.Person)), screen.Clean(strings.Join(t.Scopes, ", ")), ends(t.ExpiresAt))
	return s.print(screen.Clean(t.Secret) + "\n")
}

func ends(at progress.Instant) string {
	if at.IsZero() {
		return "without end"
	}
	return "until " + time.Time(at).Local().Format("2006-01-02 15:04")
}

// expiry reads how long, or until when, something is good.
func expiry(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if at, ok := moment(text, now.Location()); ok {
		return at, nil
	}
	d, err := duration(text)
	if err != nil || d <= 0 {
		return time.Time{}, misused("--expires must be a time such as 12h, 30d, 52w or 2027-01-31, not %q", text)
	}
	return now.Add(d), nil
}

// maxCount keeps days and weeks within what a duration holds.
const maxCount = 10_000

// duration reads a duration in which days and weeks are known too.
func duration(text string) (time.Duration, error) {
	for unit, length := range map[string]time.Duration{"d": 24 * time.Hour, "w": 7 * 24 * time.Hour} {
		if count, ok := strings.CutSuffix(text, unit); ok {
			n, err := strconv.Atoi(count)
			if err != nil || n > maxCount {
				return 0, fmt.Errorf("%q is no duration", text)
			}
			return time.Duration(n) * length, nil
		}
	}
	return time.ParseDuration(text)
}

func listTokensCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{Use: "list", Aliases: []string{"ls"}, Short: "List tokens, with their last use", Args: cobra.NoArgs}
	cmd.Flags().String("person", "", "whose; yours without")
	cmd.Flags().Bool("all", false, "everybody's, which admins may see")
	cmd.MarkFlagsMutuallyExclusive("person", "all")
	addJSON(cmd, "print them as the API gives them")
	calls(cmd, p, listTokens)
	return cmd
}

func listTokens(ctx context.Context, s session, _ []string) error {
	tokens, err := s.Access().Tokens(ctx, client.TokenQuery{Person: progress.Person(s.text("person")), All: s.on("all")})
	if err != nil {
		return err
	}
	if s.on(jsonFlag) {
		return s.printJSON(map[string]any{"tokens": tokens})
	}
	if len(tokens) == 0 {
		fmt.Fprintln(s.Stderr, "No tokens.")
		return nil
	}
	rows := make([][]string, len(tokens))
	for i, t := range tokens {
		rows[i] = []string{t.ID, t.Name, string(t.Person), strings.Join(t.Scopes, ","), tokenState(t, time.Now()), day(t.UsedAt), day(t.ExpiresAt)}
	}
	return s.print(s.screen().Grid([]textcard.Column{
		{Title: "ID"}, {Title: "NAME", Want: 12, Min: 6}, {Title: "PERSON", Want: 8, Min: 6, Drop: 2}, {Title: "SCOPES", Want: 12, Min: 6, Drop: 3},
		{Title: "STATE"}, {Title: "USED", Drop: 1}, {Title: "EXPIRES", Drop: 4},
	}, rows))
}

// tokenState is whether a token is good.
func tokenState(t client.Token, now time.Time) string {
	switch {
	case !t.RevokedAt.IsZero():
		return "revoked"
	case !t.ExpiresAt.IsZero() && time.Time(t.ExpiresAt).Before(now):
		return "expired"
	}
	return "good"
}

// day is a time in a list.
func day(at progress.Instant) string {
	if at.IsZero() {
		return "never"
	}
	return time.Time(at).Local().Format("2006-01-02 15:04")
}

func revokeTokenCommand(p Process) *cobra.Command {
	cmd := &cobra.Command{
		Use: "revoke ID", Short: "End a token at once, and all that was made with it", Args: cobra.ExactArgs(1),
		Long: `Ends a token at once: programs that use it are refused, their sockets are closed,
and what was made with it, tokens and logins, ends too. "herald token list" has
the ids.`,
	}
	addJSON(cmd, "print the token as the API gives it")
	calls(cmd, p, func(ctx context.Context, s session, args []string) error {
		if blank(args[0]) {
			return misused("%q is no id of a token; \"herald token list\" has the ids", args[0])
		}
		t, err := s.Access().RevokeToken(ctx, args[0])
		if err != nil {
			return err
		}
		if s.on(jsonFlag) {
			return s.printJSON(t)
		}
		return s.print(s.screen().Clean(fmt.Sprintf("Revoked token %s (%s) of %s.", t.Name, t.ID, t.Person)) + "\n")
	})
	return cmd
}
