package proc

import (
	"runtime"

	"golang.org/x/sys/unix"
)

const (
	getModes = unix.TCGETS
	setModes = unix.TCSETS
	inQueue  = unix.TIOCINQ
)

// setForeground makes a group the foreground one of our terminal, even if we are
// in the background, where the system would stop us by SIGTTOU for it. Only this
// thread blocks the signal: ignoring it would be inherited by commands.
func setForeground(tty, group int) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var block, before unix.Sigset_t
	block.Val[0] |= 1 << (unix.SIGTTOU - 1)
	if err := unix.PthreadSigmask(unix.SIG_BLOCK, &block, &before); err != nil {
		return err
	}
	defer unix.PthreadSigmask(unix.SIG_SETMASK, &before, nil) //nolint:errcheck // it has just worked
	return unix.IoctlSetPointerInt(tty, unix.TIOCSPGRP, group)
}
