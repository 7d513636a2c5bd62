package proc

import (
	"errors"
	"syscall"
)

// change waits until the command ends or is stopped. This system cannot look
// without taking note, so for some microseconds a signal may go to a number that
// is no longer the command's; the system does not give it away that soon.
func (k *kin) change() (status syscall.WaitStatus, used syscall.Rusage) {
	for {
		_, err := syscall.Wait4(k.pid, &status, syscall.WUNTRACED, &used)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		k.mu.Lock()
		defer k.mu.Unlock()
		k.ended = err != nil || !status.Stopped()
		return status, used
	}
}
