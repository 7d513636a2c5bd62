package intents

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/taskherald/herald/progress"
)

// labelled is a message of the corpus with what it means.
type labelled struct {
	world
	Text   string  `json:"text"`
	Lang   string  `json:"lang"`
	Trap   string  `json:"trap"`
	Intent Intent  `json:"intent"`
	Task   *string `json:"task"`
	Step   int     `json:"step"`
	Reason string  `json:"reason"`

	file string
	line int
}

// world are the tasks that messages can be about.
type world struct {
	Tasks []struct {
		ID     progress.TaskID `json:"id"`
		Title  string          `json:"title"`
		Status progress.Status `json:"status"`
	} `json:"tasks"`
	About progress.TaskID `json:"context_task"`
}

func (l labelled) input() Input {
	in := Input{Text: l.Text, About: l.About}
	for _, t := range l.Tasks {
		in.Tasks = append(in.Tasks, Task{t.ID, t.Title, t.Status})
	}
	return in
}

// corpus reads the messages of files. A line without a text is the world of those after it.
func corpus(t testing.TB, pattern string) (out []labelled) {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatal(pattern, err)
	}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		var w world
		lines := bufio.NewScanner(f)
		for n := 1; lines.Scan(); n++ {
			l := labelled{file: filepath.Base(name), line: n}
			if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
				t.Fatal(name, n, err)
			}
			if l.Text == "" {
				w = l.world
				continue
			}
			l.world = w
			out = append(out, l)
		}
	}
	return out
}

// tasked is how the corpus has the task of a reading.
func tasked(r Reading) string {
	if r.Ambiguous() {
		return "ambiguous"
	}
	return string(r.Task)
}

func changes(i Intent) bool {
	return slices.ContainsFunc(acts[:], func(a struct {
		intent Intent
		verb   progress.Verb
	}) bool {
		return a.intent == i
	})
}

// score is how well a corpus was read.
type tally struct {
	n, intent, tasks, task, steps, step, reasons, reason, wrongActs, wrongSure int
	byIntent                                                                   map[Intent]*[3]int // right, read so, labelled so
	byLang, byTrap                                                             map[string]*[2]int
	misses                                                                     []string
}

func tallied(p *Parser, all []labelled) *tally {
	s := &tally{byIntent: map[Intent]*[3]int{}, byLang: map[string]*[2]int{}, byTrap: map[string]*[2]int{}}
	for _, l := range all {
		s.add(l, p.Parse(l.input()))
	}
	return s
}

func (s *tally) add(l labelled, r Reading) {
	s.n++
	for _, i := range []Intent{l.Intent, r.Intent} {
		if s.byIntent[i] == nil {
			s.byIntent[i] = &[3]int{}
		}
	}
	bump := func(m map[string]*[2]int, k string, ok bool) {
		if m[k] == nil {
			m[k] = &[2]int{}
		}
		m[k][1]++
		if ok {
			m[k][0]++
		}
	}
	right := l.Intent == r.Intent
	bump(s.byLang, l.Lang, right)
	bump(s.byTrap, l.Trap, right)
	s.byIntent[l.Intent][2]++
	s.byIntent[r.Intent][1]++
	if right {
		s.intent++
		s.byIntent[l.Intent][0]++
	}
	bad := !right
	if l.Task != nil {
		s.tasks++
		if *l.Task == tasked(r) {
			s.task++
		} else if right {
			bad = true
		}
	}
	if l.Step > 0 || r.Step > 0 {
		s.steps++
		if l.Step == r.Step {
			s.step++
		} else if right {
			bad = true
		}
	}
	if l.Reason != "" || r.Reason != "" && changes(r.Intent) {
		s.reasons++
		if strings.EqualFold(l.Reason, r.Reason) {
			s.reason++
		}
	}
	wrong := changes(r.Intent) && r.Task != "" && (!right || l.Task != nil && *l.Task != string(r.Task))
	mark := " "
	if wrong {
		s.wrongActs++
		mark = "!"
		if r.Sure == SureAct {
			s.wrongSure++
			mark = "!!"
		}
	}
	if bad {
		want := "?"
		if l.Task != nil {
			want = *l.Task
		}
		s.misses = append(s.misses, fmt.Sprintf("%s %s:%d %q want %s %s %d got %s %s %d %s/%s/%s named=%q", mark, l.file, l.line, l.Text, l.Intent, want, l.Step, r.Intent, tasked(r), r.Step, r.Verb, r.Doubt, r.How, r.Named))
	}
}

// f1 is the mean of the intents' F1.
func (s *tally) f1() float64 {
	sum, n := 0.0, 0
	for _, c := range s.byIntent {
		if c[2] == 0 {
			continue
		}
		n++
		sum += 2 * float64(c[0]) / float64(c[1]+c[2])
	}
	return sum / float64(n)
}

func share(a, b int) float64 { return float64(a) / float64(max(b, 1)) }

func (s *tally) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d messages: intent %.3f, macro-F1 %.3f, task %.3f, step %.3f, reason %.3f, wrong acts %d (at once %d)\n", s.n, share(s.intent, s.n), s.f1(), share(s.task, s.tasks), share(s.step, s.steps), share(s.reason, s.reasons), s.wrongActs, s.wrongSure)
	for _, i := range []Intent{Status, List, Logs, Cancel, Restart, Pause, Resume, Approve, Reject, Retry, Skip, ETA, History, Subscribe, Unsubscribe, Help, Unknown, Clarify} {
		if c := s.byIntent[i]; c != nil {
			fmt.Fprintf(&b, "  %-12s precision %.3f recall %.3f of %d\n", i, share(c[0], c[1]), share(c[0], c[2]), c[2])
		}
	}
	for _, m := range []map[string]*[2]int{s.byLang, s.byTrap} {
		for k, c := range m {
			fmt.Fprintf(&b, "  %s %.3f of %d;", k, share(c[0], c[1]), c[1])
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// floors are the least shares that a half of the corpus may have.
type floors struct{ intent, f1, task float64 }

// TestCorpus holds how well the corpus is understood: the files that rules were tuned on, and
// those that none was, which are kept for measuring. docs/understanding.md has the figures.
func TestCorpus(t *testing.T) {
	t.Parallel()
	p := New()
	total := 0
	for pattern, least := range map[string]floors{
		"testdata/corpus/seen-*.jsonl":   {0.96, 0.965, 0.97},
		"testdata/corpus/unseen-*.jsonl": {0.92, 0.92, 0.95},
	} {
		s := tallied(p, corpus(t, pattern))
		total += s.n
		t.Logf("%s\n%s", pattern, s)
		if got := share(s.intent, s.n); got < least.intent {
			t.Errorf("%s: intents %.3f, less than %.3f", pattern, got, least.intent)
		}
		if got := s.f1(); got < least.f1 {
			t.Errorf("%s: macro-F1 %.3f, less than %.3f", pattern, got, least.f1)
		}
		if got := share(s.task, s.tasks); got < least.task {
			t.Errorf("%s: tasks %.3f, less than %.3f", pattern, got, least.task)
		}
		if most := s.n * 3 / 1000; s.wrongSure > most {
			t.Errorf("%s: %d wrong acts at once, more than %d", pattern, s.wrongSure, most)
		}
		if t.Failed() && !strings.Contains(pattern, "unseen") {
			t.Log(strings.Join(s.misses, "\n"))
		}
	}
	if total < 1500 {
		t.Errorf("the corpus has %d messages", total)
	}
}

// TestMisses prints what is misunderstood in the files that CORPUS names, as in
// CORPUS=testdata/corpus/seen-1.jsonl go test ./intents -run Misses -v.
func TestMisses(t *testing.T) {
	pattern := os.Getenv("CORPUS")
	if pattern == "" {
		return // it holds nothing: it is for those who tune a lexicon
	}
	s := tallied(New(), corpus(t, pattern))
	fmt.Println(s)
	fmt.Println(strings.Join(s.misses, "\n"))
}
