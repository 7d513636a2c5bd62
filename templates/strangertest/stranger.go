package strangertest

import (
	"math/rand/v2"
	"slices"
	"strings"
	"time"
)

// Noon is when all tasks are looked at.
func Noon() time.Time { return time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC) }

// Page is where all links lead that lead anywhere.
const Page = "https://herald.example.com/tasks/t?a=1&b=2"

// Bites are what strangers write to make something of it.
func Bites() []string { return slices.Clone(bites) }

var bites = []string{
	"<!channel>", "<!here|here>", "<@U1>", "<#C1|general>", "<https://evil.example|ok>", "[x](http://evil.example)", "https://evil.example/a?b=c", "www.evil.example",
	"mailto:a@evil.example", "ann@evil.example", "@everyone", "@here", "@channel", ":fire:", ":+1::skin-tone-2:", "*bold*", "_it_", "~gone~", "`code`", "```", "> quote", "&lt;!channel&gt;", "&amp;",
	"<!subteam^S1>", "<!date^1^{date}|x>", "\x1b[31m", "\x00", "\u202e", "\u2066", "\u200b", "\r\n", "\t", "\xff", "😀", "👩‍👩‍👧", "🇧🇷", "é", "نظام متجر", "הפעלה", "字字字", "\"", "\\", "{n}", "{{.}}", "%s", "</b>",
	"1. one", "- two", "# three", "| four |", "tel:+123", "//evil.example", "<", ">", "&",
	"<@&1>", "<@!12345>", "<t:1700000000:R>", "<a:wave:123>", "</deploy:12>", "<id:home>", "<https:/x>", "<a@evil.example>", "||gone||", "__under__", "***", "-# tiny", ">>> all", "+ plus", "1) one",
	"](http://evil.example)", "](x)", "[", "]", "](", "(", ")", "``", "````", "```sh", "\\\\", "\\`", "¯\\_(ツ)_/¯", "steam://run/1", "discord.gg/abc", "HTTP://EVIL.example", "C#", "##", "12:30:45", "a:b:c", "\u2060", "™",
}

// Stranger makes tasks and what is told of them as nobody would write them.
type Stranger struct{ *rand.Rand }

// New is a stranger who writes the same each time, by a number.
func New(seed uint64) Stranger { return Stranger{rand.New(rand.NewPCG(seed, 7))} }

// Text is of words and bites, of at most so many of them.
func (s Stranger) Text(most int) string {
	var out strings.Builder
	for range s.IntN(most + 1) {
		out.WriteString(bites[s.IntN(len(bites))])
		if s.IntN(3) > 0 {
			out.WriteByte(' ')
		}
		if s.IntN(2) == 0 {
			out.WriteString("word ")
		}
	}
	return out.String()
}

// Long is a text that may have 10,000 characters.
func (s Stranger) Long() string {
	switch s.IntN(6) {
	case 0:
		return strings.Repeat(bites[s.IntN(len(bites))], 10_000/4)
	case 1:
		return ""
	}
	return s.Text(40)
}

func (s Stranger) list(most int) []string {
	out := make([]string, s.IntN(most+1))
	for i := range out {
		out[i] = s.Long()
	}
	return out
}
