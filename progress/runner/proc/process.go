package proc

import (
	"os"
	"time"
)

// Process is a command that has been started. Its methods may be called from
// several goroutines at once.
type Process struct{ c *command }

// Start starts a command. Its error is a *StartError, whose text is for people
// and whose code is what a shell would exit with. Once it has started, the
// resources of the process are freed at its end, whether Wait is called or not.
func Start(s Spec) (*Process, error) {
	c, err := launch(s)
	if err != nil {
		return nil, err
	}
	return &Process{c}, nil
}

// PID is the number of the command and of its group.
func (p *Process) PID() int { return p.c.id() }

// Terminal tells whether the command has a pty, and ours is in raw mode until
// it has ended.
func (p *Process) Terminal() bool { return p.c.terminal() }

// Restore puts our terminal back as it was before the command, if it was
// changed. It is for a deferred call where the caller may panic; Wait does it by
// itself.
func (p *Process) Restore() { p.c.restore() }

// Wait waits until the command has ended and its output has been passed on, as
// the package's page tells. It may be called more than once.
func (p *Process) Wait() Exit { return p.c.wait() }

// Pause stops the command and its descendants where they are, until Resume. A
// second Pause does nothing. The error is os.ErrProcessDone if the command has
// ended, or says why it could not be stopped.
func (p *Process) Pause() error { return p.c.pause() }

// Resume lets what was paused go on; it does no harm to what was not. The error
// is os.ErrProcessDone if the command has ended.
func (p *Process) Resume() error { return p.c.resume() }

// Signal sends a signal to the command's group. It must be a syscall.Signal. The
// error is os.ErrProcessDone if the command has ended.
func (p *Process) Signal(sig os.Signal) error { return p.c.signal(sig) }

// Stop ends the command and all its descendants and returns when they have
// ended. They are asked by SIGTERM first; what is left after the grace, or as
// soon as something comes from hard or it is closed, is killed. A grace of 0
// kills at once, hard may be nil. After the command's end it ends the descendants
// that are left.
func (p *Process) Stop(grace time.Duration, hard <-chan struct{}) { p.c.stop(grace, hard) }
