package proc

import (
	"errors"
	"time"

	"golang.org/x/sys/unix"
)

// A want is one descriptor that somebody waits for.
type want struct {
	fd    int // below 0 for none
	what  event
	ready bool
}

type event int16

const (
	toRead  event = unix.POLLIN
	toWrite event = unix.POLLOUT
	hangup  event = 0 // its far side is closed
)

// await waits until one of the wanted is ready, or for the timeout (below 0:
// for ever), and tells whether one is.
func await(timeout time.Duration, wanted []want) bool {
	var room [4]unix.PollFd
	fds := room[:0]
	for _, w := range wanted {
		fds = append(fds, unix.PollFd{Fd: int32(w.fd), Events: int16(w.what)})
	}
	end := time.Now().Add(timeout)
	for {
		n, err := unix.Ppoll(fds, timespec(timeout), nil)
		if n > 0 || err == nil {
			for i := range wanted {
				wanted[i].ready = fds[i].Revents != 0
			}
			return n > 0
		}
		if !errors.Is(err, unix.EINTR) && !errors.Is(err, unix.EAGAIN) {
			return false
		}
		if timeout >= 0 {
			timeout = max(time.Until(end), 0)
		}
	}
}

func timespec(d time.Duration) *unix.Timespec {
	if d < 0 {
		return nil
	}
	ts := unix.NsecToTimespec(int64(d))
	return &ts
}
