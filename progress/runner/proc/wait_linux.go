package proc

import (
	"errors"
	"syscall"

	"golang.org/x/sys/unix"
)

// change waits until the command ends or is stopped. An end is taken note of
// under the lock, so that nobody signals a number that the system may have given
// away.
func (k *kin) change() (status syscall.WaitStatus, used syscall.Rusage) {
	for {
		err := unix.Waitid(unix.P_PID, k.pid, nil, unix.WEXITED|unix.WSTOPPED|unix.WNOWAIT, nil)
		if err != nil && !errors.Is(err, unix.EINTR) {
			return k.lost()
		}
		if k.reap(&status, &used) {
			return status, used
		}
	}
}

func (k *kin) reap(status *syscall.WaitStatus, used *syscall.Rusage) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	pid, err := syscall.Wait4(k.pid, status, syscall.WNOHANG|syscall.WUNTRACED, used)
	if err != nil || pid != k.pid {
		return false
	}
	k.ended = !status.Stopped()
	return true
}

// lost is the end of a command that somebody else has taken note of.
func (k *kin) lost() (syscall.WaitStatus, syscall.Rusage) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.ended = true
	return syscall.WaitStatus(255 << 8), syscall.Rusage{}
}
