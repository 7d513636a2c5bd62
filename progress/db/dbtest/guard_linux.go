package dbtest

import "syscall"

// dieWithParent has the kernel stop the server when a test binary is killed or
// panics and Main never gets to it.
func dieWithParent(a *syscall.SysProcAttr) *syscall.SysProcAttr {
	a.Pdeathsig = syscall.SIGQUIT
	return a
}
