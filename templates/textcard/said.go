package textcard

import "strings"

// Said is what the bot has said, line by line, safe and in the colours and symbols that the
// screen has. A line is not cut: a terminal wraps it. Each line ends with a line feed.
func (s Screen) Said(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		lines = append(lines, pen{s}.said(line))
	}
	return joined(lines)
}

// said is a line of it: the symbol that it begins with, after what makes it an item of a
// list, is painted.
func (s pen) said(line string) string {
	line = Screen{Unicode: true}.Output(line)
	rest := strings.TrimLeft(line, " -.0123456789")
	lead := strings.TrimSuffix(line, rest)
	for _, sign := range signs() {
		after, ok := strings.CutPrefix(rest, sign.as)
		after = strings.TrimPrefix(after, string(emojiStyle))
		if !ok || after != "" && after[0] != ' ' {
			continue
		}
		shown := s.pick(strings.TrimSuffix(rest, after), sign.ascii)
		if shown == "" {
			after = strings.TrimPrefix(after, " ")
		}
		return s.plain(lead) + s.paint(sign.ink, shown) + s.plain(after)
	}
	return s.plain(line)
}

// sign is a symbol that the bot uses, and how it looks here.
type sign struct {
	as string
	mark
}

// signs are those that lines begin with. What is only for the eye has no ASCII.
func signs() []sign {
	done, runs, waits, failed, held := markOf("completed"), markOf("running"), attention(), markOf("failed"), markOf("paused")
	return []sign{
		{"✓", done}, {"✅", done}, {"◐", runs}, {"⏳", runs}, {"⚠", waits}, {"✕", failed}, {"❌", failed}, {"⏸", held},
		{"○", markOf("pending")}, {"–", markOf("skipped")}, {"📊", mark{}},
	}
}

// plain is a text in the characters that the screen has.
func (s pen) plain(text string) string {
	if s.Unicode {
		return text
	}
	return s.Output(asciiOnly.Replace(text))
}

// asciiOnly writes signs of good typography as typewriters do.
var asciiOnly = strings.NewReplacer(
	"…", "...", "–", "-", "—", "-", "•", "-", "·", "-", "“", `"`, "”", `"`, "„", `"`, "«", `"`, "»", `"`, "‘", "'", "’", "'", "\u00a0", " ", "\u202f", " ",
)
