//go:build linux || darwin

package proc

import (
	"os"
	"os/exec"
	"runtime"
	"testing"
	"time"
)

func TestNothingLeaks(t *testing.T) {
	t.Parallel()
	c := exec.Command(testBinary(t))
	c.Env = append(os.Environ(), asHelper+"=leaks")
	out, err := c.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Errorf("something leaks: %v", err)
	}
}

// leftBy counts descriptors and goroutines, when they have come down to a
// number, or after a while.
func leftBy(down int) (descriptors, goroutines int) {
	for end := time.Now().Add(patient / 4); ; time.Sleep(10 * time.Millisecond) {
		entries, _ := os.ReadDir("/dev/fd")
		descriptors, goroutines = len(entries), runtime.NumGoroutine()
		if down == 0 || descriptors <= down && goroutines <= 2 || time.Now().After(end) {
			return descriptors, goroutines
		}
	}
}
