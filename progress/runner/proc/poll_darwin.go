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

type event int

const (
	toRead event = iota
	toWrite
	hangup // not told by this system: never ready
)

// await waits until one of the wanted is ready, or for the timeout (below 0:
// for ever), and tells whether one is. It uses select because poll does not
// serve terminals here.
func await(timeout time.Duration, wanted []want) bool {
	end := time.Now().Add(timeout)
	for {
		var read, write unix.FdSet
		highest := gather(wanted, &read, &write)
		n, err := unix.Select(highest+1, &read, &write, nil, timeval(timeout))
		if err == nil {
			for i, w := range wanted {
				wanted[i].ready = w.fd >= 0 && (w.what == toRead && read.IsSet(w.fd) || w.what == toWrite && write.IsSet(w.fd))
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

// gather fills the sets and gives the highest descriptor.
func gather(wanted []want, read, write *unix.FdSet) int {
	highest := -1
	for _, w := range wanted {
		if w.fd < 0 || w.fd >= unix.FD_SETSIZE {
			continue
		}
		switch w.what {
		case toRead:
			read.Set(w.fd)
		case toWrite:
			write.Set(w.fd)
		default:
			continue
		}
		highest = max(highest, w.fd)
	}
	return highest
}

func timeval(d time.Duration) *unix.Timeval {
	if d < 0 {
		return nil
	}
	tv := unix.NsecToTimeval(int64(d))
	return &tv
}
