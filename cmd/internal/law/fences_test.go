package law

import (
	"slices"
	"strings"
)

// A fence says where an import may stand. Places and imports are patterns of
// match; our own packages are written with "./" when they are imported, "std"
// is the standard library.
type fence struct {
	imports []string // what is imported
	except  []string // but not these
	only    []string // the packages that may import it; no other may
	never   []string // the packages that may not; all others may
	tests   bool     // binds test files too
	because string
}

var (
	ledgers  = []string{"progress/db/...", "progress/store/...", "notify/ledger/...", "bot/store/..."}
	kits     = []string{".../*test/...", ".../*fake/..."}
	channels = []string{"notify/email", "notify/webpush", "notify/webhook", "bot/slack", "bot/discord", "bot/web"}
)

var fences = slices.Concat([]fence{
	// The domain and what stands on it.
	{imports: []string{"..."}, except: []string{"std"}, never: []string{"progress", "progress/estimate"},
		because: "the domain and the estimates are the standard library and nothing else, so that anything may import them"},
	{imports: []string{"os/...", "net/...", "io/fs", "io/ioutil", "path/filepath", "syscall", "database/sql/...", "log/...", "embed"},
		never: []string{"progress", "progress/estimate"}, because: "progress computes; it reads no clock, no disk, no network"},
	{imports: []string{"./..."}, except: []string{"./progress", "./intents/..."}, never: []string{"intents/..."},
		because: "understanding a sentence needs the domain's words and nothing else"},
	{imports: []string{"./..."}, except: []string{"./progress", "./templates/..."}, never: []string{"templates/..."},
		because: "the book renders facts; it fetches none"},
	{imports: []string{"./notify/...", "./bot/...", "./intents/..."}, never: []string{"progress/..."}, tests: true,
		because: "the core works without anyone to tell, and does not know who listens"},
	{imports: []string{"./bot/...", "./intents/..."}, never: []string{"notify/..."}, tests: true,
		because: "telling people does not depend on hearing them"},
	{imports: []string{"./config/..."}, only: []string{"cmd/...", "config/..."},
		because: "a package takes its options as arguments; only the command reads settings"},
	{imports: []string{"./cmd/..."}, only: []string{"cmd/..."}, tests: true,
		because: "the command assembles everything and is used by nothing"},

	// Storage.
	{imports: []string{"database/sql/..."}, only: ledgers,
		because: "SQL is behind four doors; everyone else speaks the domain"},
	{imports: []string{"modernc.org/sqlite/...", "github.com/jackc/pgx/..."}, only: []string{"progress/db/..."},
		because: "one place knows which database it is"},
	{imports: []string{"github.com/gofrs/flock/..."}, only: []string{"progress/db/...", "progress/client/...", "progress/runner"},
		because: "what processes lock from each other: a SQLite database, a folder of reports that were left unsent, the state of a pipeline's run"},
	{imports: []string{"github.com/nats-io/..."}, only: []string{"progress/bus/natsbus/..."},
		because: "the bell is an interface; NATS is one way to ring it"},

	// Surfaces.
	{imports: []string{"github.com/gin-gonic/...", "github.com/gin-contrib/..."}, only: []string{".../api/...", "bench/..."},
		because: "HTTP frameworks end at the handlers"},
	{imports: []string{"github.com/slack-go/..."}, only: []string{"bot/slack/...", "templates/slackcard/..."},
		because: "only Slack's platform and Slack's layout know Slack's types"},
	{imports: []string{"github.com/bwmarrin/discordgo/..."}, only: []string{"bot/discord/...", "templates/discordcard/..."},
		because: "only Discord's platform and Discord's layout know Discord's types"},
	{imports: []string{"github.com/wneessen/go-mail/..."}, only: []string{"notify/email/..."},
		because: "mail is one channel among others"},
	{imports: []string{"github.com/SherClockHolmes/webpush-go/..."}, only: []string{"notify/webpush/..."},
		because: "web push is one channel among others"},

	// Tests stay out of the binary.
	{imports: []string{"testing/...", "net/http/httptest", "./.../*test/...", "./.../*fake/..."}, only: kits,
		because: "kits and fakes are for tests and for each other, never in the binary"},
}, strangers(channels))

// strangers are packages that never see each other.
func strangers(packages []string) []fence {
	var all []fence
	for _, p := range packages {
		others := slices.DeleteFunc(slices.Clone(packages), func(q string) bool { return q == p })
		for i := range others {
			others[i] += "/..."
		}
		all = append(all, fence{imports: []string{"./" + p + "/..."}, never: others,
			because: "channels and platforms are plug-ins: each can be deleted without the others noticing"})
	}
	return all
}

// breaks tells whether a file of a package may not import a name.
func (w fence) breaks(place string, test bool, name string) bool {
	switch {
	case test && !w.tests, !w.about(name):
		return false
	case w.only != nil:
		return !matchAny(w.only, place)
	}
	return matchAny(w.never, place)
}

func (w fence) about(name string) bool {
	if slices.Contains(w.except, "std") && standard(name) {
		return false
	}
	return matchAny(w.imports, name) && !matchAny(w.except, name)
}

// standard tells the standard library by its first element, which has no dot.
func standard(name string) bool {
	first, _, _ := strings.Cut(name, "/")
	return !strings.Contains(first, ".")
}

// fenced finds imports on the wrong side of a fence.
func fenced(t *tree) []finding {
	var found findings
	for _, p := range t.packages {
		for _, f := range p.files {
			for _, name := range f.imports() {
				for _, w := range fences {
					if w.breaks(p.path, f.test, name) {
						found.add(f.path, "imports %s: %s", name, w.because)
					}
				}
			}
		}
	}
	return found
}
