//go:build linux || darwin

package proc

import (
	"os"
	"sync"
	"syscall"
	"time"
)

// patience is how long output that nobody takes is waited for once Stop has been
// called.
const patience = 2 * time.Second

// A command is what is behind a Process.
type command struct {
	kin
	lines   *plumbing
	term    *terminal // nil without a pty
	job     *job      // nil without a controlling terminal, and with a pty
	done    chan struct{}
	stopped chan struct{} // closed by the first stop
	quit    sync.Once
	exit    Exit // to be read once done is closed

	control sync.Mutex // held by one order to the command at a time
}

func (c *command) terminal() bool { return c.term != nil }

func (c *command) restore() {
	if c.term != nil {
		c.term.restore()
	}
	if c.job != nil {
		c.job.reclaim()
	}
}

func (c *command) wait() Exit {
	<-c.done
	return c.exit
}

// run sees the command through to its end.
func (c *command) run() {
	defer close(c.done)
	status, used := c.attend()
	c.exit.settle(status, used)
	c.lines.end()
	if c.job != nil {
		c.job.end(c.exit.Signal != 0)
	}
	c.drain()
	if c.lines.feed != nil {
		c.lines.feed.close()
	}
	closeAll(c.lines.kept)
	if c.term != nil {
		c.term.end()
	}
}

// attend waits for the command's end and deals with its stops.
func (c *command) attend() (syscall.WaitStatus, syscall.Rusage) {
	for {
		status, used := c.change()
		if !status.Stopped() {
			return status, used
		}
		if c.job != nil && !c.isPaused() {
			c.job.stopped(status.StopSignal())
		}
	}
}

// drain waits for the streams to be quiet. Output that nobody takes is waited
// for as long as it takes, unless the command was stopped.
func (c *command) drain() {
	stopped, late := c.stopped, (<-chan time.Time)(nil)
	for _, s := range c.lines.streams {
		for waiting := true; waiting; {
			select {
			case <-s.quiet:
				waiting = false
				c.exit.Open = c.exit.Open || s.open
				if c.exit.Output == nil {
					c.exit.Output = s.err
				}
			case <-stopped:
				stopped, late = nil, time.After(patience)
			case <-late:
				c.exit.Output = os.ErrDeadlineExceeded
				return
			}
		}
	}
}

// settle fills in how the command ended.
func (e *Exit) settle(status syscall.WaitStatus, used syscall.Rusage) {
	e.Ended = time.Now()
	e.Code = status.ExitStatus()
	if status.Signaled() {
		e.Signal = status.Signal()
		e.Code = 128 + int(e.Signal)
	}
	e.User = time.Duration(used.Utime.Nano())
	e.System = time.Duration(used.Stime.Nano())
}
