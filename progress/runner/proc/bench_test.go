//go:build linux || darwin

package proc

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"
)

// BenchmarkThrough compares what goes through us with "cmd | cat". Each round
// runs all ways, so that they meet the same machine; the median of the ratios is
// told.
func BenchmarkThrough(b *testing.B) {
	ways := map[string]func(int, []byte){
		"unwatched": nil,
		"watched":   func(int, []byte) {},
		"slow":      func(int, []byte) { time.Sleep(time.Millisecond) },
	}
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		b.Fatal(err)
	}
	defer null.Close()
	ratios := map[string][]float64{}
	for b.Loop() {
		cat := timed(b, null, "head -c 1G /dev/zero | cat", nil)
		for name, watch := range ways {
			ours := timed(b, null, "exec head -c 1G /dev/zero", watch)
			ratios[name] = append(ratios[name], cat.Seconds()/ours.Seconds())
		}
	}
	for name, all := range ratios {
		slices.Sort(all)
		b.ReportMetric(all[len(all)/2], name+"/cat")
	}
}

func timed(b *testing.B, to *os.File, script string, watch func(int, []byte)) time.Duration {
	b.Helper()
	began := time.Now()
	p, err := Start(Spec{Args: []string{"sh", "-c", script}, Stdout: to, Watch: watch})
	if err != nil {
		b.Fatal(err)
	}
	if exit := p.Wait(); exit.Code != 0 {
		b.Fatal(exit)
	}
	return time.Since(began)
}

// BenchmarkStart tells the median milliseconds that a watched command takes, and
// the same command with os/exec.
func BenchmarkStart(b *testing.B) {
	var ours, theirs, added []float64
	for b.Loop() {
		began := time.Now()
		if err := exec.Command("true").Run(); err != nil {
			b.Fatal(err)
		}
		middle := time.Now()
		p, err := Start(Spec{Args: []string{"true"}, Watch: func(int, []byte) {}, Mark: fmt.Sprint(b.N)})
		if err != nil {
			b.Fatal(err)
		}
		p.Wait()
		end := time.Now()
		theirs = append(theirs, ms(middle.Sub(began)))
		ours = append(ours, ms(end.Sub(middle)))
		added = append(added, ms(end.Sub(middle)-middle.Sub(began)))
	}
	for name, all := range map[string][]float64{"exec-ms": theirs, "ours-ms": ours, "added-ms": added} {
		slices.Sort(all)
		b.ReportMetric(all[len(all)/2], name)
	}
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
