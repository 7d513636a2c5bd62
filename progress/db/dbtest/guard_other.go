//go:build unix && !linux

package dbtest

import "syscall"

// dieWithParent does nothing: only Linux can. A killed test binary leaves its
// server behind here.
func dieWithParent(a *syscall.SysProcAttr) *syscall.SysProcAttr { return a }
