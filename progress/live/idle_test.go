package live

import (
	"bufio"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
)

// idleVar is set for a process that serves idle sockets and says what they cost.
const idleVar = "HERALD_LIVE_TEST_IDLE"

// serveIdle serves sockets, each of a task of its own or all of one, and answers
// GET /cost with the bytes of its heap and stacks in use, and those resident.
func serveIdle() {
	d := newDesk(&testing.T{})
	for i := range 5000 {
		_ = d.try(fmt.Sprint("t", i), root, created("design", "build", "test", "deploy"))
	}
	h := New(d.options())
	up := NewUpgrader(nil)
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/cost" {
			fmt.Fprint(w, inUse(), resident())
			return
		}
		if c, err := up.Upgrade(w, r, nil); err == nil {
			h.ServeSocket(c, Subscription{Task: progress.TaskID(r.URL.Path[1:]), Actor: ann})
		}
	}))
	fmt.Println(web.URL)
	_, _ = bufio.NewReader(os.Stdin).ReadString('\n') // until the parent has gone
}

func inUse() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}

// resident is how much memory the process has, in bytes; 0 where that is not told.
func resident() (kib uint64) {
	text, _ := os.ReadFile("/proc/self/status")
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	_, _ = fmt.Sscan(rest, &kib)
	return kib << 10
}

// BenchmarkIdle is what an idle socket costs its server, in a process of its own.
func BenchmarkIdle(b *testing.B) {
	for _, n := range []int{500, 5000} {
		b.Run(fmt.Sprintf("sockets=%d/tasks=%d", n, n), func(b *testing.B) { idle(b, n, n) })
		b.Run(fmt.Sprintf("sockets=%d/tasks=1", n), func(b *testing.B) { idle(b, n, 1) })
	}
}

func idle(b *testing.B, sockets, tasks int) {
	server := exec.Command(os.Args[0])
	server.Env = append(os.Environ(), idleVar+"=1")
	server.Stderr = os.Stderr
	in, _ := server.StdinPipe()
	out, _ := server.StdoutPipe()
	if err := server.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() {
		in.Close()
		if err := server.Wait(); err != nil {
			b.Error(err)
		}
	}()
	url, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		b.Fatal(err)
	}
	s := &site{url: strings.TrimSpace(url)}
	before, residentBefore := s.cost(b)
	readers := make([]*reader, sockets)
	for i := range readers {
		readers[i] = s.dial(b, fmt.Sprint("t", i%tasks))
		defer readers[i].conn.Close()
		if _, err := readers[i].next(); err != nil {
			b.Fatal(err)
		}
	}
	time.Sleep(time.Second)
	after, residentAfter := s.cost(b)
	b.ReportMetric(float64(after-before)/float64(sockets)/1024, "KiB-in-use/socket")
	b.ReportMetric(float64(residentAfter-residentBefore)/float64(sockets)/1024, "KiB-resident/socket")
	b.ReportMetric(0, "ns/op")
}

func (s *site) cost(b *testing.B) (used, resident uint64) {
	r, err := http.Get(s.url + "/cost")
	if err != nil {
		b.Fatal(err)
	}
	defer r.Body.Close()
	if _, err := fmt.Fscan(r.Body, &used, &resident); err != nil {
		b.Fatal(err)
	}
	return used, resident
}
