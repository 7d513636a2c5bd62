//go:build linux || darwin

package proc

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// A plumbing is what lies between the command and our files.
type plumbing struct {
	child   [3]*os.File // what the command gets as 0, 1 and 2
	handed  []*os.File  // closed once it has started: they are its alone
	kept    []*os.File  // closed once it has ended
	streams []*stream
	input   *os.File // the end of a pipe that Input is written to, or nil
	feed    *feed    // or nil

	over       chan struct{} // closed when the command has ended
	wake, ring *os.File      // wake becomes readable when ring is closed
}

// lay lays the pipes that a Spec asks for, without a pty.
func (s Spec) lay() (*plumbing, error) {
	l := &plumbing{over: make(chan struct{})}
	err := errors.Join(l.stdin(s), l.stdout(s))
	if err == nil && len(l.streams) > 0 {
		err = l.bell()
	}
	if err != nil {
		l.abandon()
		return nil, err
	}
	return l, nil
}

func (l *plumbing) stdin(s Spec) (err error) {
	switch {
	case s.Input != nil:
		l.child[0], l.input, err = os.Pipe()
		l.handed, l.kept = append(l.handed, l.child[0]), append(l.kept, l.input)
	case s.Stdin != nil:
		l.child[0] = s.Stdin
	default:
		l.child[0], err = os.Open(os.DevNull)
		l.handed = append(l.handed, l.child[0])
	}
	return err
}

func (l *plumbing) stdout(s Spec) error {
	if s.Watch != nil {
		l.feed = newFeed(s)
		err := l.pipe(1, s.Stdout)
		if s.Stdout != nil && s.Stderr != nil && oneFile(s.Stdout, s.Stderr) {
			l.child[2] = l.child[1]
			return err
		}
		return errors.Join(err, l.pipe(2, s.Stderr))
	}
	return errors.Join(l.direct(1, s.Stdout), l.direct(2, s.Stderr))
}

// direct lets the command write into a file itself.
func (l *plumbing) direct(number int, to *os.File) (err error) {
	if to == nil {
		if to, err = os.OpenFile(os.DevNull, os.O_WRONLY, 0); err != nil {
			return err
		}
		l.handed = append(l.handed, to)
	}
	l.child[number] = to
	return nil
}

// pipe puts a pipe between the command and a file, which may be nil.
func (l *plumbing) pipe(number int, to *os.File) error {
	from, child, err := os.Pipe()
	if err != nil {
		return err
	}
	l.child[number] = child
	l.handed = append(l.handed, child)
	return l.stream(&stream{number: number, from: from}, to)
}

// stream adds a stream whose output goes to a file.
func (l *plumbing) stream(s *stream, to *os.File) error {
	s.over, s.feed, s.quiet, s.pipe = l.over, l.feed, make(chan struct{}), -1
	l.streams = append(l.streams, s)
	s.fd = int(s.from.Fd()) // asked once, because Fd makes it block again
	if err := unix.SetNonblock(s.fd, true); err != nil || to == nil {
		return err
	}
	var err error
	if s.to, err = to.SyscallConn(); err == nil && isPipe(to) {
		err = s.to.Control(func(fd uintptr) { s.pipe = int(fd) })
	}
	return err
}

// bell makes wake and ring.
func (l *plumbing) bell() (err error) {
	if l.wake, l.ring, err = os.Pipe(); err != nil {
		return err
	}
	l.kept = append(l.kept, l.wake)
	for _, s := range l.streams {
		s.wake = int(l.wake.Fd())
	}
	return nil
}

// flow begins to pass on, once the command has started. Restore is called if
// Watch panics.
func (l *plumbing) flow(input []byte, restore func()) {
	closeAll(l.handed)
	if l.input != nil {
		go func() {
			l.input.Write(input) //nolint:errcheck // a command that does not read it all is right to
			closeAll([]*os.File{l.input})
		}()
	}
	for _, s := range l.streams {
		go s.run()
	}
	if l.feed != nil {
		go func() {
			ended := false
			defer func() {
				if !ended {
					restore()
				}
			}()
			l.feed.run()
			ended = true
		}()
	}
}

// end tells the streams that the command has ended.
func (l *plumbing) end() {
	close(l.over)
	closeAll([]*os.File{l.ring})
}

// abandon closes everything of a command that did not start.
func (l *plumbing) abandon() {
	closeAll(l.handed)
	closeAll(l.kept)
	closeAll([]*os.File{l.ring})
	for _, s := range l.streams {
		closeAll([]*os.File{s.from})
	}
}

func closeAll(files []*os.File) {
	for _, f := range files {
		if f != nil {
			f.Close() //nolint:errcheck // pipes and terminals hold nothing back that a close could lose
		}
	}
}

// oneFile tells whether two files are one, but for the one that drops
// everything, where order is no matter and knowing which is which may be.
func oneFile(a, b *os.File) bool {
	x, errX := a.Stat()
	y, errY := b.Stat()
	null, errNull := os.Stat(os.DevNull)
	return errX == nil && errY == nil && os.SameFile(x, y) && (errNull != nil || !os.SameFile(x, null))
}

// isPipe tells whether a file is a pipe or a socket, whose far side may close.
func isPipe(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&(os.ModeNamedPipe|os.ModeSocket) != 0
}
