//go:build linux || darwin

package proc

import (
	"errors"
	"os"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// A terminal is the pty of a command, and ours in raw mode.
type terminal struct {
	ours      *os.File
	ptmx, tty *os.File
	fd        int // of ptmx, which does not block
	wake      *os.File
	signals   chan os.Signal
	ended     chan struct{}
	users     atomic.Int32 // goroutines that use ptmx and wake; the last closes them

	mu       sync.Mutex
	saved    *term.State // of ours before raw mode, nil if it is not raw
	released bool        // it is not to become raw again
}

// openTerminal makes a pty as large as our terminal and in the same modes. It
// is nil where a Spec asks for none or none can be had.
func openTerminal(s Spec) *terminal {
	if !s.Terminal || !areTerminals(s.Stdin, s.Stdout, s.Stderr) || !inForeground(int(s.Stdin.Fd())) {
		return nil
	}
	ptmx, tty, err := pty.Open()
	if err != nil {
		return nil
	}
	t := &terminal{ours: s.Stdin, ptmx: ptmx, tty: tty, signals: make(chan os.Signal, 8), ended: make(chan struct{})}
	if modes, err := unix.IoctlGetTermios(int(s.Stdin.Fd()), getModes); err == nil {
		unix.IoctlSetTermios(int(tty.Fd()), setModes, modes) //nolint:errcheck // the system's usual modes do as well
	}
	t.fd = int(ptmx.Fd())
	t.resize()
	return t
}

func areTerminals(files ...*os.File) bool {
	for _, f := range files {
		if f == nil || !term.IsTerminal(int(f.Fd())) {
			return false
		}
	}
	return true
}

// inForeground tells whether a terminal is our controlling one and our group is
// in its foreground.
func inForeground(fd int) bool {
	group, err := unix.IoctlGetInt(fd, unix.TIOCGPGRP)
	return err == nil && group == unix.Getpgrp()
}

// lay puts the pty between the command and our terminal.
func (t *terminal) lay(s Spec) (*plumbing, error) {
	l := &plumbing{over: make(chan struct{}), child: [3]*os.File{t.tty, t.tty, t.tty}, handed: []*os.File{t.tty}}
	if s.Watch != nil {
		l.feed = newFeed(s)
	}
	err := l.stream(&stream{number: 1, from: t.ptmx, release: t.release}, s.Stdout)
	if err = errors.Join(err, l.bell()); err != nil {
		l.abandon()
		return nil, err
	}
	l.kept, t.wake = nil, l.wake
	return l, nil
}

// raw puts our terminal into raw mode, if it is ours to change.
func (t *terminal) raw() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.released || !inForeground(int(t.ours.Fd())) {
		return
	}
	state, err := term.MakeRaw(int(t.ours.Fd()))
	if err == nil && t.saved == nil {
		t.saved = state
	}
}

// restore takes our terminal out of raw mode, for good.
func (t *terminal) restore() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.released = true
	if t.saved != nil {
		term.Restore(int(t.ours.Fd()), t.saved) //nolint:errcheck // a terminal that is gone needs no restoring
		t.saved = nil
	}
}

// resize gives the pty the size of our terminal.
func (t *terminal) resize() {
	if size, err := unix.IoctlGetWinsize(int(t.ours.Fd()), unix.TIOCGWINSZ); err == nil {
		unix.IoctlSetWinsize(t.fd, unix.TIOCSWINSZ, size) //nolint:errcheck // the size is a courtesy
	}
}

// begin serves the command, which has started.
func (t *terminal) begin() {
	t.users.Store(3) // the two here, and the stream
	signal.Notify(t.signals, syscall.SIGWINCH, syscall.SIGCONT,
		syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	t.resize() // it may have changed before we listened
	go t.keys()
	go t.listen()
}

// end restores our terminal.
func (t *terminal) end() {
	signal.Stop(t.signals)
	close(t.ended)
	t.restore()
}

// release is called by each user when it is done.
func (t *terminal) release() {
	if t.users.Add(-1) <= 0 {
		closeAll([]*os.File{t.ptmx, t.wake})
	}
}

// listen keeps the pty as our terminal is. What ends us comes to the caller as
// well; here it restores the terminal, whatever the caller does.
func (t *terminal) listen() {
	defer t.release()
	for {
		select {
		case <-t.ended:
			return
		case sig := <-t.signals:
			t.obey(sig)
		}
	}
}

func (t *terminal) obey(sig os.Signal) {
	switch sig {
	case syscall.SIGWINCH:
		t.resize()
	case syscall.SIGCONT: // a shell has changed it meanwhile
		t.raw()
		t.resize()
	case syscall.SIGQUIT: // nobody else listens, and it shall show all goroutines
		t.restore()
		signal.Stop(t.signals)
		unix.Kill(unix.Getpid(), unix.SIGQUIT) //nolint:errcheck // a process can always signal itself
	default:
		t.restore()
	}
}

// keys passes on what is typed. It never reads before there is something, so
// that it takes nothing from whoever reads after the command.
func (t *terminal) keys() {
	defer t.release()
	buf := make([]byte, 4096)
	in, wake := int(t.ours.Fd()), int(t.wake.Fd())
	for {
		wanted := []want{{fd: in, what: toRead}, {fd: wake, what: toRead}}
		await(-1, wanted)
		if wanted[1].ready {
			return
		}
		n, err := unix.Read(in, buf)
		if n <= 0 && !errors.Is(err, unix.EINTR) && !errors.Is(err, unix.EAGAIN) {
			return
		}
		if !t.write(buf[:max(n, 0)], wake) {
			return
		}
	}
}

// write writes to the command's terminal; false says that it has ended.
func (t *terminal) write(b []byte, wake int) bool {
	for len(b) > 0 {
		n, err := unix.Write(t.fd, b)
		switch {
		case n > 0:
			b = b[n:]
		case errors.Is(err, unix.EAGAIN):
			wanted := []want{{fd: t.fd, what: toWrite}, {fd: wake, what: toRead}}
			await(-1, wanted)
			if wanted[1].ready {
				return false
			}
		case !errors.Is(err, unix.EINTR):
			return false
		}
	}
	return true
}
