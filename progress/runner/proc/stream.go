//go:build linux || darwin

package proc

import (
	"errors"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// silence is how long descendants that hold the output open may be quiet
	// after the command has ended, talk how long they are listened to at most.
	silence = 250 * time.Millisecond
	talk    = 2 * time.Second

	piece = 64 << 10 // bytes read at once, as much as a pipe holds
)

// A stream passes on what the command writes into one pipe, or its pty.
type stream struct {
	number int
	from   *os.File
	fd     int // of from, which does not block
	// release is called in place of from.Close when from is a pty, which others use.
	release func()
	to      syscall.RawConn
	pipe    int           // the descriptor of to if its far side can be seen closing, else -1
	feed    *feed         // nil once nobody watches
	over    chan struct{} // closed when the command has ended
	wake    int           // becomes readable then

	quiet chan struct{} // closed when all that Wait waits for is done; then these may be read:
	err   error         // why it could not be passed on
	open  bool          // others hold the pipe open

	late  bool      // the command has ended
	owed  int       // bytes that it had written then and that are still in the pipe
	limit time.Time // of listening to its descendants
}

// run passes on until the end of the stream, which may come after the command's
// and after Wait has returned.
func (s *stream) run() {
	buf := make([]byte, piece)
	for s.step(buf) {
		s.look()
	}
	if s.release != nil {
		s.release()
	} else {
		closeAll([]*os.File{s.from})
	}
	if !s.isQuiet() {
		close(s.quiet)
	}
}

// step passes on what there is, or waits for more; false ends the stream.
func (s *stream) step(buf []byte) bool {
	n, err := syscall.Read(s.fd, buf)
	switch {
	case n > 0:
		s.owed -= n
		return s.pass(buf[:n])
	case errors.Is(err, unix.EAGAIN):
		s.owed = 0
		return s.idle()
	case errors.Is(err, unix.EINTR):
		return true
	case s.release != nil && !s.late:
		// Nobody holds the terminal now, but the command may open it again.
		await(100*time.Millisecond, []want{{fd: s.wake, what: toRead}})
		return true
	}
	return false
}

// look notices that the command has ended, and that its descendants were
// listened to for long enough.
func (s *stream) look() {
	if !s.late {
		select {
		case <-s.over:
			s.late, s.limit = true, time.Now().Add(talk)
			s.owed, _ = unix.IoctlGetInt(s.fd, inQueue)
		default:
		}
		return
	}
	if s.owed <= 0 && !s.isQuiet() && !time.Now().Before(s.limit) {
		s.leave()
	}
}

// idle waits for more; false says that none will be wanted.
func (s *stream) idle() bool {
	wanted := []want{{fd: s.fd, what: toRead}, {fd: s.pipe, what: hangup}, {fd: -1, what: toRead}}
	timeout := time.Duration(-1)
	switch {
	case !s.late:
		wanted[2].fd = s.wake
	case !s.isQuiet():
		timeout = max(min(silence, time.Until(s.limit)), 0)
	}
	if !await(timeout, wanted) && s.late && !s.isQuiet() {
		s.leave()
	}
	return !wanted[1].ready || wanted[0].ready
}

// leave lets Wait return while descendants hold the stream open.
func (s *stream) leave() {
	s.open, s.feed, s.pipe = true, nil, -1
	close(s.quiet)
}

func (s *stream) isQuiet() bool {
	select {
	case <-s.quiet:
		return true
	default:
		return false
	}
}

// pass passes bytes on; false says that our side is closed.
func (s *stream) pass(b []byte) bool {
	err := s.write(b)
	if s.feed != nil {
		s.feed.put(s.number, b)
	}
	if err == nil {
		return true
	}
	if !s.isQuiet() {
		s.err = err
	}
	s.to = nil
	return s.release != nil
}

// write writes all bytes to our side. It does not use os.File.Write, which ends
// the whole program when standard output is a closed pipe.
func (s *stream) write(b []byte) error {
	if s.to == nil {
		return nil
	}
	var failed error
	err := s.to.Write(func(fd uintptr) bool {
		failed = writeAll(int(fd), b)
		return true
	})
	return errors.Join(err, failed)
}

func writeAll(fd int, b []byte) error {
	for len(b) > 0 {
		n, err := unix.Write(fd, b)
		switch {
		case n > 0:
			b = b[n:]
		case errors.Is(err, unix.EAGAIN):
			await(-1, []want{{fd: fd, what: toWrite}})
		case err != nil && !errors.Is(err, unix.EINTR):
			return os.NewSyscallError("write", err)
		}
	}
	return nil
}
