package proc

import (
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
)

const (
	getModes = unix.TIOCGETA
	setModes = unix.TIOCSETA
	inQueue  = 0x4004667f // FIONREAD
)

// setForeground makes a group the foreground one of our terminal, even if we are
// in the background, where the system would stop us by SIGTTOU for it. A command
// that starts at this very moment inherits that the signal is ignored.
func setForeground(tty, group int) error {
	signal.Ignore(syscall.SIGTTOU)
	defer signal.Reset(syscall.SIGTTOU)
	return unix.IoctlSetPointerInt(tty, unix.TIOCSPGRP, group)
}
