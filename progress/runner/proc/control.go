//go:build linux || darwin

package proc

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

func (c *command) pause() error {
	c.control.Lock()
	defer c.control.Unlock()
	if c.isPaused() {
		return nil
	}
	select {
	case <-c.stopped:
		return errors.New("the command is being stopped for good and cannot be paused")
	default:
	}
	c.setPaused(true)
	if err := c.group(unix.SIGSTOP); err != nil {
		c.setPaused(false)
		return err
	}
	c.stopOthers()
	if c.job != nil {
		c.job.reclaim()
	}
	return nil
}

func (c *command) resume() error {
	c.control.Lock()
	defer c.control.Unlock()
	c.setPaused(false)
	if c.job != nil {
		c.job.lendAgain()
	}
	return c.everyone(unix.SIGCONT)
}

func (c *command) signal(sig os.Signal) error {
	s, ok := sig.(syscall.Signal)
	if !ok {
		return fmt.Errorf("%v is no signal of this system", sig)
	}
	return c.group(s)
}

func (c *command) stop(grace time.Duration, hard <-chan struct{}) {
	c.quit.Do(func() { close(c.stopped) })
	if grace > 0 {
		c.ask()
		if c.gone(grace, hard) {
			return
		}
	}
	vanish(c.family, func() { c.group(unix.SIGKILL) }) //nolint:errcheck // family tells what is left
}

// ask sends SIGTERM to all, and SIGCONT since what is stopped cannot hear it.
func (c *command) ask() {
	c.control.Lock()
	defer c.control.Unlock()
	c.setPaused(false)
	c.everyone(unix.SIGTERM) //nolint:errcheck // what cannot be asked will be killed
	c.everyone(unix.SIGCONT) //nolint:errcheck // what cannot be continued will be killed
}

// gone waits for the end of all and tells whether it came in time.
func (c *command) gone(grace time.Duration, hard <-chan struct{}) bool {
	end := time.NewTimer(grace)
	defer end.Stop()
	select {
	case <-c.lines.over:
	case <-hard:
		return false
	case <-end.C:
		return false
	}
	for pause := 5 * time.Millisecond; len(c.family()) > 0; pause = min(2*pause, 100*time.Millisecond) {
		select {
		case <-time.After(pause):
		case <-hard:
			return false
		case <-end.C:
			return false
		}
	}
	return true
}

// vanish kills until nobody is left, for some seconds at most: what the system
// itself keeps busy ends later.
func vanish(left func() []member, first func()) []member {
	first()
	end := time.Now().Add(5 * time.Second)
	for pause := time.Millisecond; ; pause = min(2*pause, 50*time.Millisecond) {
		members := left()
		if len(members) == 0 || time.Now().After(end) {
			return members
		}
		for _, m := range members {
			m.signal(unix.SIGKILL)
		}
		time.Sleep(pause)
	}
}
