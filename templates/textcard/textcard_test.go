package textcard

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates/words"
)

var update = flag.Bool("update", false, "write the golden files")

// screens are those that the golden files show.
func screens(height int) []Screen {
	var all []Screen
	for _, width := range []int{40, 80, 120} {
		for _, kind := range []Screen{{Unicode: true}, {}, {Unicode: true, Colour: true}} {
			kind.Width, kind.Height, kind.Now = width, height, now
			all = append(all, kind)
		}
	}
	return all
}

var inks = regexp.MustCompile("\x1b\\[[0-9]+m")

// check holds of every text: it fits, and nothing but our own colours moves the
// screen.
func check(t *testing.T, s Screen, text string) {
	t.Helper()
	if s.Colour != strings.Contains(text, "\x1b") && text != "" {
		t.Errorf("%+v: coloured is %v", s, !s.Colour)
	}
	text = inks.ReplaceAllString(text, "")
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	if s.Height > 0 && len(lines) > s.Height {
		t.Errorf("%+v: %d lines:\n%s", s, len(lines), text)
	}
	for _, line := range lines {
		if wide(line) > max(s.Width, minWidth) {
			t.Errorf("%+v: %d columns: %s", s, wide(line), line)
		}
		if strings.TrimRight(line, " ") != line {
			t.Errorf("%+v: ends with spaces: %q", s, line)
		}
		for _, r := range line {
			if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) && r != joiner && r != nonJoiner || !s.Unicode && r > unicode.MaxASCII {
				t.Errorf("%+v: has %U: %q", s, r, line)
			}
		}
	}
}

func golden(t *testing.T, name string, height int, write func(Screen) string) {
	t.Helper()
	var all strings.Builder
	for _, s := range screens(height) {
		text := write(s)
		check(t, s, text)
		fmt.Fprintf(&all, "== %d columns, unicode %v, colour %v\n%s", s.Width, s.Unicode, s.Colour, strings.ReplaceAll(text, "\x1b", "^"))
	}
	path := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.WriteFile(path, []byte(all.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := all.String(); got != string(want) {
		t.Errorf("%s is now (-update takes it over)\n%s", path, got)
	}
}

func TestScenes(t *testing.T) {
	t.Parallel()
	for _, c := range scenes() {
		golden(t, c.name, c.height, func(s Screen) string { return s.Task(c.task) })
	}
}

func TestTasks(t *testing.T) {
	t.Parallel()
	golden(t, "tasks", 0, func(s Screen) string { return s.Tasks(listed()) })
	golden(t, "tasks_low", 5, func(s Screen) string { return s.Tasks(listed()) })
}

func TestFacts(t *testing.T) {
	t.Parallel()
	golden(t, "facts", 0, func(s Screen) string {
		w := listed()[0]
		w.Kind, w.CreatedBy, w.Worker, w.HeartbeatAt = "build", "ann", "w\x1b1", before(4*time.Second)
		w.Labels = map[string]string{"env": "prod", "team": "a\u202eb"}
		w.Metrics = map[string]jsonText{"rows": jsonText("4000")}
		w.Result = jsonText(`{"url": "https://example.com/a/very/long/path/that/does/not/fit/in/forty/columns"}`)
		return s.Facts(w)
	})
}

type jsonText = json.RawMessage

// TestEverySize is that nothing is ever too wide or too high.
func TestEverySize(t *testing.T) {
	t.Parallel()
	for width := 0; width < 130; width += 7 {
		for height := range 50 {
			s := Screen{Width: width, Height: height, Now: now, Unicode: width%2 == 0}
			for _, c := range scenes() {
				check(t, s, s.Task(c.task))
			}
			check(t, s, s.Tasks(listed()))
		}
	}
}

// TestAttentionStays is that what is to be done is seen on every screen of ten
// rows.
func TestAttentionStays(t *testing.T) {
	t.Parallel()
	for _, c := range scenes() {
		for height := 10; height < 40; height++ {
			text := Screen{Width: 60, Height: height, Now: now}.Task(c.task)
			if c.task.Status == progress.Waiting && !strings.Contains(text, "herald approve "+string(c.task.ID)+" 3\n") {
				t.Errorf("%s at %d rows does not say how to approve:\n%s", c.name, height, text)
			}
			if c.task.Title != "" && !strings.Contains(text, "%  [") {
				t.Errorf("%s at %d rows has no bar:\n%s", c.name, height, text)
			}
		}
	}
}

// TestFoldKeepsTheCurrentStep is that a step under way is seen wherever it is,
// and that the lines account for every step.
func TestFoldKeepsTheCurrentStep(t *testing.T) {
	t.Parallel()
	const n = 300
	hidden := regexp.MustCompile(`(?m)^\.\.\. (?:(\d+) completed)?(?:, )?(?:(\d+) pending)?$`)
	for at := range n {
		steps := make([]progress.WireStep, n)
		for i := range steps {
			status := progress.StepCompleted
			if i > at {
				status = progress.StepPending
			}
			steps[i] = step(i+1, fmt.Sprint("s", i+1), status, 0, 0)
		}
		steps[at] = step(at+1, "HERE", progress.StepRunning, 1, 0)
		text := Screen{Width: 80, Height: 15, Now: now}.Task(task("x", progress.Running, 1, at+1, steps...))
		sum := strings.Count(text, "\n[")
		for _, m := range hidden.FindAllStringSubmatch(text, -1) {
			for _, number := range m[1:] {
				var k int
				_, _ = fmt.Sscan(number, &k)
				sum += k
			}
		}
		if !strings.Contains(text, " HERE ") || sum != n || strings.Count(text, "\n") < 14 {
			t.Fatalf("at %d it accounts for %d steps:\n%s", at+1, sum, text)
		}
	}
}

func TestClean(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, unicode, ascii string }{
		{"plain text", "plain text", "plain text"},
		{"a\x1b[31;1mb\x1b[0mc", "abc", "abc"},
		{"a\x1b]0;evil\ab\x1b]8;;http://x\x1b\\c", "abc", "abc"},
		{"a\x1bPq#0\x1b\\b\x1b_x\x1b\\c\x1b^y\u009cd", "abcd", "abcd"},
		{"a\x1bcb\x1b(Bc\x1b7d", "abcd", "abcd"},
		{"\x1b[12;34", "", ""},
		{"\x1b]never ends", "", ""},
		{"\x1b", "", ""},
		{"a\x1b[3\x1b[31mb", "ab", "ab"},
		{"a\u009b31mb\u009dx\u009cc", "abc", "abc"},
		{"\x1b[1", "", ""},
		{"a\b\b\x7fb\x00\u0085c", "ab c", "ab c"},
		{"a\r\nb\tc\u2028d\u00a0e", "a b c d e", "a b c d e"},
		{"\u202eabc\u202c\u2066x\u2069\u200e\u061c", "abcx", "abcx"},
		{"a\u200bb\ufeffc\u00add\U000e0041", "abcd", "abcd"},
		{"na\u00efve \u6f22 e\u0301", "na\u00efve \u6f22 e\u0301", "na?ve ? e"},
		{"\u0646\u200c\u0645 \U0001f469\u200d\U0001f467", "\u0646\u200c\u0645 \U0001f469\u200d\U0001f467", "?? ??"},
		{"a\xff\xfeb", "a\ufffd\ufffdb", "a??b"},
		{"\ue000", "\ufffd", "?"},
		{"x" + strings.Repeat("\u0301", 40), "x" + strings.Repeat("\u0301", maxMarks), "x"},
	} {
		if got := (Screen{Unicode: true}).Clean(c.in); got != c.unicode {
			t.Errorf("%q is %q, want %q", c.in, got, c.unicode)
		}
		if got := (Screen{}).Clean(c.in); got != c.ascii {
			t.Errorf("%q is %q without UTF-8, want %q", c.in, got, c.ascii)
		}
	}
}

func FuzzClean(f *testing.F) {
	for _, seed := range []string{"", "\x1b[31mx", "\x1b]0;a\a", "\u009b1m", "\u202e", "漢字e\u0301", "a\tb", "\xff"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, s := range []Screen{{Unicode: true}, {}} {
			once := s.Clean(text)
			check(t, Screen{Width: 1 << 30, Unicode: s.Unicode}, once)
			if again := s.Clean(once); again != once {
				t.Errorf("%q cleaned again is %q", once, again)
			}
			for _, line := range s.card().wrap(text, 10, 0) {
				if wide(line) > 10 {
					t.Errorf("%q is too wide", line)
				}
			}
			check(t, Screen{Width: 1 << 30, Unicode: s.Unicode}, strings.TrimRight(s.Output(text), " "))
		}
	})
}

func TestDuration(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		-time.Second: "0.0 s", 0: "0.0 s", 420 * time.Millisecond: "0.4 s", 9949 * time.Millisecond: "9.9 s", 9960 * time.Millisecond: "9 s", 59999 * time.Millisecond: "59 s",
		time.Minute: "1 min", 65 * time.Second: "1 min 5 s", time.Hour: "1 h", 2*time.Hour + 3*time.Minute + time.Second: "2 h 3 min", 76 * time.Hour: "3 d 4 h",
	} {
		if got := Duration(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
	for d, want := range map[time.Duration]string{
		0: "about 1 second", 40 * time.Second: "about 40 seconds", 55 * time.Second: "about 1 minute", 185 * time.Second: "about 3 minutes",
		55 * time.Minute: "about 1 hour", 30 * time.Hour: "about 30 hours", 40 * time.Hour: "about 2 days",
	} {
		if got := About(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}

func TestAboutRange(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ low, high, want string }{
		{"0s", "0s", "less than a minute"}, {"1s", "50s", "less than a minute"}, {"40s", "40s", "less than a minute"},
		{"50s", "61s", "about 1 minute"}, {"5s", "70s", "about 1 minute"}, {"5s", "5m", "up to 5 minutes"}, {"45s", "5m", "about 1 to 5 minutes"},
		{"170s", "310s", "about 3 to 5 minutes"}, {"230s", "250s", "about 4 minutes"}, {"12m", "23m", "about 12 to 25 minutes"},
		{"19m40s", "20m", "about 20 minutes"}, {"51m", "2h", "about 50 minutes to 2 hours"}, {"57m", "62m", "about 60 minutes"},
		{"80m", "90m", "about 80 to 90 minutes"}, {"100m", "114m", "about 100 to 110 minutes"}, {"110m", "118m", "about 110 minutes to 2 hours"}, {"2h", "5h20m", "about 2 to 5 hours"}, {"30h", "50h", "about 30 hours to 2 days"},
		{"240h", "400h", "about 10 to 17 days"}, {"3m", "1m", "about 3 minutes"},
	} {
		low, _ := time.ParseDuration(c.low)
		high, _ := time.ParseDuration(c.high)
		if got := AboutRange(low, high); got != c.want {
			t.Errorf("%v to %v is %q, want %q", low, high, got, c.want)
		}
	}
}

// TestTimesAsTheBook is that a time is the same in the terminal and in messages.
func TestTimesAsTheBook(t *testing.T) {
	t.Parallel()
	en := words.Open(words.Options{}).Tongue("en")
	for low := time.Duration(0); low < 80*time.Hour; low = low*5/4 + 7*time.Second {
		for high := low / 2; high < 4*low+4*time.Minute; high = high*6/5 + 9*time.Second {
			if got, want := AboutRange(low, high), en.About(low, high); got != want {
				t.Fatalf("%v to %v is %q, and %q in messages", low, high, got, want)
			}
		}
	}
	for d := time.Duration(0); d < 80*time.Hour; d = d*21/20 + 37*time.Millisecond {
		if got, want := Duration(d), en.Took(d); got != want {
			t.Fatalf("%v is %q, and %q in messages", d, got, want)
		}
	}
}

func TestRemaining(t *testing.T) {
	t.Parallel()
	begun := before(time.Minute)
	secs := int64(600)
	eta := func(waits int) *progress.ETA { return &progress.ETA{Low: 180, Likely: 240, High: 300, Waits: waits} }
	for want, w := range map[string]progress.Wire{
		"":                           {Status: progress.Running},
		"takes about 3 to 5 minutes": {Status: progress.Pending, Left: eta(0)},
		"takes about 3 to 5 minutes, plus 2 approvals":               {Status: progress.Pending, Left: eta(2)},
		"about 3 to 5 minutes left":                                  {Status: progress.Pending, StartedAt: begun, Left: eta(0)},
		"about 3 to 5 minutes left, plus 1 approval":                 {Status: progress.Waiting, StartedAt: begun, Left: eta(1)},
		"about 3 to 5 minutes left once it goes on":                  {Status: progress.Paused, StartedAt: begun, Left: eta(1)},
		"about 3 to 5 minutes left once it goes on, plus 1 approval": {Status: progress.Paused, StartedAt: begun, Left: eta(2)},
		"about 10 minutes left":                                      {Status: progress.Running, StartedAt: begun, ETA: &secs},
	} {
		if got := Remaining(w); got != want {
			t.Errorf("is %q, want %q", got, want)
		}
		w.Status = progress.Completed
		if got := Remaining(w); got != "" {
			t.Errorf("an ended task: %q", got)
		}
	}
}

func TestLogged(t *testing.T) {
	t.Parallel()
	line := progress.WireLine{LogLine: progress.LogLine{Step: "Lo\x1b[1mad", Level: "WARN", Line: "a\tb\x1b[31m\x1b]0;x\a \u202ec\r"}, At: before(0)}
	if got, want := (Screen{Now: now, Unicode: true}).Logged(line), "14:05:00 Load warn a       b c"; got != want {
		t.Errorf("is %q, want %q", got, want)
	}
	if got, want := (Screen{Now: now, Unicode: true, Colour: true}).Logged(progress.WireLine{LogLine: progress.LogLine{Level: "error", Line: "no"}}), "\x1b[31merror\x1b[0m \x1b[31mno\x1b[0m"; got != want {
		t.Errorf("is %q, want %q", got, want)
	}
}

// TestNews is a task's life as lines.
func TestNews(t *testing.T) {
	t.Parallel()
	s := Screen{Now: now}
	all := scenes()
	crm, asks, failed := all[0].task, all[2].task, all[3].task
	created := crm
	created.Status, created.Progress, created.ETA = progress.Pending, 0, nil
	created.Steps = []progress.WireStep{step(1, "Database", progress.StepPending, 0, 0), step(2, "UI", progress.StepPending, 0, 0)}
	created.TotalSteps = 2
	paused, restarted := crm, crm
	paused.Status = progress.Paused
	restarted.Run = 2
	decided := asks
	decided.Steps = append([]progress.WireStep(nil), asks.Steps...)
	decided.Status = progress.Running
	decided.Steps[2].Status = progress.StepRunning
	decided.Steps[2].Approval = &progress.WireApproval{Step: 3, StepName: "Go live", Status: progress.ApprovalApproved, DecidedBy: "ann", Via: progress.ViaButton, Reason: "looks \x1b[5mgood"}
	stalled := crm
	stalled.Stalled = "no sign for 60 s"
	overrun := stalled
	overrun.StallCause = progress.CauseOverrun
	notFailed := failed
	notFailed.Status, notFailed.Steps = progress.Running, append([]progress.WireStep(nil), failed.Steps...)
	notFailed.Steps[1].Status = progress.StepRunning
	asked := asks
	asked.Status, asked.Steps = progress.Running, append([]progress.WireStep(nil), asks.Steps...)
	asked.Steps[2].Status, asked.Steps[3].Status = progress.StepPending, progress.StepPending
	for name, c := range map[string]struct {
		was, now progress.Wire
		want     []string
	}{
		"first":     {progress.Wire{}, crm, []string{"[>] Cellphone Store CRM: running", "[>] 65%, step 2 of 4: Generating application UI, about 3 to 5 minutes left"}},
		"over":      {progress.Wire{}, failed, []string{"[E] Train the model: failed", "[E] failed at step 2 after 5 min 3 s: the process needed 64 GiB and was killed; make the batch smaller"}},
		"started":   {created, crm, []string{"[>] started", "[x] step 1 complete: Database created (12 s)", "[>] step 2 of 4: Generating application UI"}},
		"same":      {crm, crm, nil},
		"paused":    {crm, paused, []string{"[=] paused"}},
		"resumed":   {paused, crm, []string{"[>] resumed"}},
		"stalled":   {crm, stalled, []string{"[!] stalled: no sign for 60 s"}},
		"overrun":   {crm, overrun, []string{"[!] takes long: no sign for 60 s"}},
		"restarted": {crm, restarted, []string{"[>] restarted: run 2", "[x] step 1 complete: Database created (12 s)", "[>] step 2 of 4: Generating application UI"}},
		"asked": {asked, asks, []string{
			"[!] approval needed for step 3 (Go live): Switch production over to the new database? The old one stays for a week.",
			"[!] herald approve 01k5m3q8x9abcdefgh 3, or herald reject 01k5m3q8x9abcdefgh 3",
			"[!] approval needed for step 4 (Say so)", "[!] herald approve 01k5m3q8x9abcdefgh 4, or herald reject 01k5m3q8x9abcdefgh 4",
		}},
		"decided": {asks, decided, []string{"[x] step 3 (Go live) approved by ann via button: looks good", "[>] step 3 of 4: Go live"}},
		"failed": {notFailed, failed, []string{"[E] step 2 failed: Epoch 3 (1 h 2 min)",
			"[E] failed at step 2 after 5 min 3 s: the process needed 64 GiB and was killed; make the batch smaller"}},
	} {
		got := s.News("", c.was, c.now)
		for i := range got {
			got[i] = strings.TrimPrefix(got[i], "14:05:00 ")
		}
		if fmt.Sprintf("%q", got) != fmt.Sprintf("%q", c.want) && len(got)+len(c.want) > 0 {
			t.Errorf("%s is\n%q, want\n%q", name, got, c.want)
		}
	}
}
