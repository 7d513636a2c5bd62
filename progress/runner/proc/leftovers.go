//go:build linux || darwin

package proc

import (
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// Leftovers lists the processes that were started with a mark and still live,
// with their descendants, for a runner that comes back after a crash. A mark of
// "" finds none.
func Leftovers(mark string) []int {
	var pids []int
	for _, m := range leftovers(mark) {
		pids = append(pids, m.pid)
	}
	return pids
}

func leftovers(mark string) []member {
	if mark == "" {
		return nil
	}
	return related(listed(), mark, func(member) bool { return false })
}

// KillLeftovers ends what Leftovers lists: asks by SIGTERM, and kills what is
// left after the grace. The error says what could not be ended.
func KillLeftovers(mark string, grace time.Duration) error {
	for _, sig := range []unix.Signal{unix.SIGTERM, unix.SIGCONT} {
		for _, m := range leftovers(mark) {
			m.signal(sig)
		}
	}
	end := time.Now().Add(grace)
	for pause := 5 * time.Millisecond; len(leftovers(mark)) > 0 && time.Now().Before(end); pause = min(2*pause, 100*time.Millisecond) {
		time.Sleep(min(pause, max(time.Until(end), 0)))
	}
	left := vanish(func() []member { return leftovers(mark) }, func() {})
	var failed []error
	for _, m := range left {
		failed = append(failed, fmt.Errorf("process %d could not be ended; end it by hand (kill -9 %d)", m.pid, m.pid))
	}
	return errors.Join(failed...)
}
