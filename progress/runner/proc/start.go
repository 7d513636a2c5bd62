//go:build linux || darwin

package proc

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// launch looks for the program, prepares all that it needs and starts it.
func launch(s Spec) (*command, error) {
	if len(s.Args) == 0 || s.Args[0] == "" {
		return nil, &StartError{notFound, errors.New("there is no command: give a program and its arguments")}
	}
	env := s.environment()
	file, err := find(s.Args[0], s.Dir, env)
	if err != nil {
		return nil, err
	}
	c := &command{kin: kin{mark: s.Mark}, done: make(chan struct{}), stopped: make(chan struct{})}
	how, err := c.prepare(s)
	if err != nil {
		return nil, &StartError{notRunnable, fmt.Errorf("cannot make the pipes of the command: %w", err)}
	}
	how.Env, how.Dir = env, s.Dir
	if err := c.start(s, file, how); err != nil {
		return nil, err
	}
	return c, nil
}

// prepare makes all that the command needs; start starts or abandons it.
func (c *command) prepare(s Spec) (*syscall.ProcAttr, error) {
	if t := openTerminal(s); t != nil {
		c.term = t
		var err error
		c.lines, err = t.lay(s)
		return &syscall.ProcAttr{Sys: &syscall.SysProcAttr{Setsid: true, Setctty: true}}, err
	}
	var err error
	if c.lines, err = s.lay(); err != nil {
		return nil, err
	}
	attr := &syscall.SysProcAttr{Setpgid: true}
	if c.job = openJob(s); c.job != nil && c.job.wanted {
		attr.Foreground, attr.Ctty = true, c.job.fd
	}
	return &syscall.ProcAttr{Sys: attr}, nil
}

func (c *command) start(s Spec, file string, how *syscall.ProcAttr) error {
	for _, f := range c.lines.child {
		how.Files = append(how.Files, f.Fd())
	}
	if c.term != nil {
		c.term.raw()
	}
	c.exit.Started = time.Now()
	pid, err := fork(file, s, how)
	if err != nil {
		c.abandon()
		return explained(err, file, s)
	}
	c.pid = pid
	if c.job != nil {
		c.job.begin(&c.kin)
	}
	if c.term != nil {
		c.term.begin()
	}
	c.lines.flow(s.Input, c.restore)
	go c.run()
	return nil
}

// fork starts the program, or as shells do the script without an interpreter.
func fork(file string, s Spec, how *syscall.ProcAttr) (int, error) {
	pid, err := syscall.ForkExec(file, s.Args, how) //nolint:gosec // running what the user named is what this is for
	if errors.Is(err, syscall.ENOEXEC) && isScript(file, s.Dir) {
		args := append([]string{"/bin/sh", file}, s.Args[1:]...)
		return syscall.ForkExec(args[0], args, how) //nolint:gosec // running what the user named is what this is for
	}
	return pid, err
}

// abandon undoes what was prepared for a command that did not start.
func (c *command) abandon() {
	c.lines.abandon()
	if c.job != nil {
		c.job.lent = c.job.wanted
		c.job.end(false)
	}
	if c.term != nil {
		c.term.restore()
		closeAll([]*os.File{c.term.wake})
	}
}
