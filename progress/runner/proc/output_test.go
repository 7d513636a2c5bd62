//go:build linux || darwin

package proc

import (
	"bytes"
	"crypto/sha256"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestOutputIsUntouched(t *testing.T) {
	t.Parallel()
	const script = `head -c 9000000 /dev/urandom | tee sum; printf 'a\0b\r\n\377' | tee -a sum >&2`
	out, outText := file(t, "out")
	errs, errText := file(t, "err")
	var dir string
	p, w := start(t, script, func(s *Spec) { s.Stdout, s.Stderr, dir = out, errs, s.Dir })
	if exit := ended(t, p); exit.Code != 0 || exit.Output != nil || exit.Open {
		t.Fatalf("the end is %+v", exit)
	}
	want, err := os.ReadFile(filepath.Join(dir, "sum"))
	if err != nil {
		t.Fatal(err)
	}
	if got := outText() + errText(); got != string(want) {
		t.Errorf("%d bytes were passed on of %d, or others", len(got), len(want))
	}
	if got := w.text(1) + w.text(2); got != string(want) {
		t.Errorf("%d bytes were seen of %d, or others", len(got), len(want))
	}
}

func TestBigOutput(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	sum := make(chan [32]byte)
	go func() {
		h := sha256.New()
		_, _ = io.Copy(h, r)
		sum <- [32]byte(h.Sum(nil))
	}()
	const size = 200 << 20
	var seen int64
	p, _ := start(t, "head -c 209715200 /dev/zero", func(s *Spec) {
		s.Stdout = w
		s.Watch = func(_ int, b []byte) { seen += int64(len(b)) }
		s.Gap = func(_ int, n int64) { seen += n }
	})
	ended(t, p)
	w.Close()
	if got := <-sum; got != sha256.Sum256(make([]byte, size)) {
		t.Error("what was passed on is not what was written")
	}
	if seen != size {
		t.Errorf("Watch and Gap were told of %d bytes of %d", seen, size)
	}
}

func TestOrderOfOneFile(t *testing.T) {
	t.Parallel()
	out, text := file(t, "out")
	p, w := start(t, "i=0; while [ $i -lt 2000 ]; do echo out; echo err >&2; i=$((i+1)); done",
		func(s *Spec) { s.Stdout, s.Stderr = out, out })
	ended(t, p)
	if want := strings.Repeat("out\nerr\n", 2000); text() != want || w.text(1) != want {
		t.Error("the order of the two is not as it was written")
	}
}

func TestStreamsAreTold(t *testing.T) {
	t.Parallel()
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	for _, to := range []*os.File{nil, null} {
		p, w := start(t, "echo out; echo err >&2", func(s *Spec) { s.Stdout, s.Stderr = to, to })
		if ended(t, p); w.text(1) != "out\n" || w.text(2) != "err\n" {
			t.Errorf("seen: %q and %q", w.text(1), w.text(2))
		}
	}
}

func TestUnwatchedIsDirect(t *testing.T) {
	t.Parallel()
	out, text := file(t, "out")
	p, _ := start(t, "echo out; echo err >&2; [ -f /dev/stdout ] && echo direct",
		func(s *Spec) { s.Stdout, s.Watch = out, nil })
	if ended(t, p); text() != "out\ndirect\n" || len(p.c.lines.streams) != 0 {
		t.Errorf("it wrote %q", text())
	}
}

// The Watch here waits for the end of the output: if that waited for Watch, it
// would never come.
func TestSlowWatchHoldsNothingUp(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	all, first := make(chan struct{}), sync.Once{}
	go func() {
		_, _ = io.CopyN(io.Discard, r, 100<<20)
		_, _ = io.ReadFull(r, make([]byte, 4))
		close(all)
		_, _ = io.Copy(io.Discard, r)
	}()
	var seen, lost int64
	var tail []byte
	p, _ := start(t, "head -c 104857600 /dev/zero; echo end", func(s *Spec) {
		s.Stdout = w
		s.Watch = func(_ int, b []byte) {
			first.Do(func() { <-all })
			seen += int64(len(b))
			tail = append(tail[:0], b...)
		}
		s.Gap = func(_ int, n int64) { lost += n }
	})
	ended(t, p)
	w.Close()
	if seen+lost != 100<<20+4 || lost == 0 || seen < backlog/4 {
		t.Errorf("seen %d, lost %d", seen, lost)
	}
	if !bytes.HasSuffix(tail, []byte("end\n")) {
		t.Error("the end was not seen")
	}
}

func TestGrandchildThatHoldsTheOutput(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	dir := t.TempDir()
	p, seen := start(t, "(while ! [ -e go ]; do sleep 0.02; done; echo late) & echo early",
		func(s *Spec) { s.Stdout, s.Dir = w, dir })
	exit := ended(t, p)
	if exit.Code != 0 || !exit.Open || seen.text(1) != "early\n" {
		t.Fatalf("the end is %+v after %q", exit, seen.text(1))
	}
	write(t, dir, "go", "", 0o600)
	got := make([]byte, len("early\nlate\n"))
	if _, err := io.ReadFull(r, got); err != nil || string(got) != "early\nlate\n" {
		t.Errorf("passed on: %q, %v", got, err)
	}
	w.Close()
	if seen.text(1) != "early\n" {
		t.Errorf("after Wait was seen %q", seen.text(1))
	}
}

func TestTalkativeGrandchild(t *testing.T) {
	t.Parallel()
	p, seen := start(t, "yes & echo $! >pid; echo early; exit 5")
	if exit := ended(t, p); exit.Code != 5 || !exit.Open || seen.lost == 0 && !strings.Contains(seen.text(1), "early\n") {
		t.Errorf("the end is %+v", exit)
	}
	p.Stop(patient, nil)
	if left := p.c.family(); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// What was written right before the end is never lost, whoever holds the pipe.
func TestLastWords(t *testing.T) {
	t.Parallel()
	for range 20 {
		p, w := start(t, "sleep 1000 & head -c 65536 /dev/zero; kill -9 $$")
		if exit := ended(t, p); len(w.text(1)) != 65536 || exit.Code != 137 {
			t.Fatalf("%d bytes seen, %+v", len(w.text(1)), exit)
		}
		p.Stop(0, nil)
	}
}

func TestClosedOutput(t *testing.T) {
	t.Parallel()
	for script, want := range map[string]string{
		`"$0" yes | head -1`: "code=141",
		// tail notices that nobody reads, before it has anything to write.
		`"$0" tail -f log | head -1`: "code=",
	} {
		dir := t.TempDir()
		write(t, dir, "log", "one\n", 0o600)
		c := exec.Command("sh", "-c", script, testBinary(t))
		c.Dir = dir
		c.Env = append(os.Environ(), asHelper+"=plain", "REPORT="+filepath.Join(dir, "report"))
		out, err := c.CombinedOutput()
		if err != nil || len(bytes.TrimSpace(out)) == 0 {
			t.Fatalf("%s: %v, %q", script, err, out)
		}
		var report []byte
		eventually(t, "the report", func() bool {
			report, err = os.ReadFile(filepath.Join(dir, "report"))
			return err == nil
		})
		if !strings.HasPrefix(string(report), want) {
			t.Errorf("%s: %s", script, report)
		}
	}
}

// A reader that takes nothing holds up the output, but not what was stopped.
func TestStuckOutput(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := w.SetWriteDeadline(time.Now().Add(20 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	for err == nil { // until it is full
		_, err = w.Write(make([]byte, 1<<20))
	}
	if err := w.SetWriteDeadline(time.Time{}); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	p, _ := start(t, "echo stuck; touch said; exec sleep 1000", func(s *Spec) { s.Stdout, s.Dir = w, dir })
	eventually(t, "the output", func() bool { _, err := os.Stat(filepath.Join(dir, "said")); return err == nil })
	p.Stop(patient, nil)
	if exit := ended(t, p); exit.Code != 143 || exit.Output == nil {
		t.Errorf("the end is %+v", exit)
	}
	r.Close()
}

func testBinary(t *testing.T) string {
	t.Helper()
	name, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return name
}
