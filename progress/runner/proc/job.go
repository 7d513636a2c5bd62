//go:build linux || darwin

package proc

import (
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// A job lends our controlling terminal to a command without a pty, and stops us
// when the command is stopped by the keyboard, as the shell that started us
// expects.
type job struct {
	tty     *os.File
	fd      int
	process *kin
	signals chan os.Signal
	over    chan struct{}
	saved   *term.State // the terminal's modes before

	mu     sync.Mutex
	wanted bool // the command is to have the terminal when we have it
	lent   bool
	closed bool
}

// openJob is nil if we have no controlling terminal.
func openJob(s Spec) *job {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return nil
	}
	j := &job{tty: tty, fd: int(tty.Fd()), signals: make(chan os.Signal, 4), over: make(chan struct{})}
	j.saved, _ = term.GetState(j.fd) // nil if it cannot be had, and nothing is restored then
	j.wanted = inForeground(j.fd) && areTerminals(s.Stdin) &&
		(s.Stdout == nil || !isPipe(s.Stdout)) && (s.Stderr == nil || !isPipe(s.Stderr))
	return j
}

// begin serves the command, which has started and has the terminal if wanted.
func (j *job) begin(k *kin) {
	j.process, j.lent = k, j.wanted
	signal.Notify(j.signals, syscall.SIGCONT, syscall.SIGTSTP)
	go j.listen()
}

// end takes the terminal back. One that was killed may have left it in any mode.
func (j *job) end(killed bool) {
	signal.Stop(j.signals)
	close(j.over)
	j.mu.Lock()
	defer j.mu.Unlock()
	had := j.lent
	j.take()
	if had && killed && j.saved != nil {
		term.Restore(j.fd, j.saved) //nolint:errcheck // a terminal that is gone needs no restoring
	}
	j.closed = true
	closeAll([]*os.File{j.tty})
}

// listen hears the shell continue us, and Ctrl-Z where we have kept the
// terminal.
func (j *job) listen() {
	for {
		select {
		case <-j.over:
			return
		case sig := <-j.signals:
			switch {
			case sig == syscall.SIGCONT:
				j.resume()
			case j.process.isPaused():
				j.suspend(unix.SIGTSTP)
			default:
				j.process.group(unix.SIGTSTP) //nolint:errcheck // if it has ended there is nothing to stop
			}
		}
	}
}

// stopped deals with a command that was stopped by a signal.
func (j *job) stopped(sig syscall.Signal) {
	switch {
	case sig != unix.SIGTSTP && sig != unix.SIGTTIN && sig != unix.SIGTTOU:
		return // somebody means it
	case sig != unix.SIGTSTP && j.lend():
		j.process.group(unix.SIGCONT) //nolint:errcheck // if it has ended there is nothing to continue
	default:
		j.suspend(sig)
	}
}

// suspend stops us, and the rest of our group as the keyboard would have, until
// the shell continues us. Then the command goes on.
func (j *job) suspend(sig syscall.Signal) {
	j.reclaim()
	signal.Stop(j.signals)
	unix.Kill(0, sig) //nolint:errcheck // we can always signal our own group
	if !orphaned() {
		// Having listened for SIGTSTP once, a Go program ignores it for ever.
		unix.Kill(unix.Getpid(), unix.SIGSTOP) //nolint:errcheck // we can always signal ourselves
	}
	time.Sleep(100 * time.Millisecond) // we are stopped during this at the latest
	signal.Notify(j.signals, syscall.SIGCONT, syscall.SIGTSTP)
	j.resume()
}

// orphaned tells whether nobody could continue our group: there is no shell of
// our session above it.
func orphaned() bool {
	ours, session := unix.Getpgrp(), sessionOf(0)
	for _, m := range listed() {
		if m.group != ours {
			continue
		}
		above, err := unix.Getpgid(m.parent)
		if err == nil && above != ours && sessionOf(m.parent) == session {
			return false
		}
	}
	return true
}

// sessionOf is the session of a process, 0 for ours, below 0 if there is none.
func sessionOf(pid int) int {
	session, err := unix.Getsid(pid)
	if err != nil {
		return -1
	}
	return session
}

// resume lets the command go on after the shell has continued us.
func (j *job) resume() {
	if j.process.isPaused() {
		return
	}
	j.lendAgain()
	j.process.group(unix.SIGCONT) //nolint:errcheck // if it has ended there is nothing to continue
}

// lend gives the command the terminal, if we have it.
func (j *job) lend() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.closed || !inForeground(j.fd) || setForeground(j.fd, j.process.pid) != nil {
		return false
	}
	j.wanted, j.lent = true, true
	return true
}

// lendAgain gives the terminal to a command that is meant to have it.
func (j *job) lendAgain() {
	j.mu.Lock()
	wanted := j.wanted
	j.mu.Unlock()
	if wanted {
		j.lend()
	}
}

// reclaim takes the terminal back from a command that is not to use it now.
func (j *job) reclaim() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.take()
}

func (j *job) take() {
	if j.lent && !j.closed {
		setForeground(j.fd, unix.Getpgrp()) //nolint:errcheck // a terminal that is gone needs no foreground
	}
	j.lent = false
}
