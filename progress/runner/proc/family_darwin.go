package proc

import (
	"bytes"

	"golang.org/x/sys/unix"
)

// States of a process, from sys/proc.h.
const (
	isStopped = 4
	isZombie  = 5
)

// listed lists all processes. The system does not tell their sessions by number.
func listed() []member {
	infos, err := unix.SysctlKinfoProcSlice("kern.proc.all")
	if err != nil {
		return nil
	}
	all := make([]member, 0, len(infos))
	for i := range infos {
		all = append(all, read(&infos[i]))
	}
	return all
}

func read(info *unix.KinfoProc) member {
	start := info.Proc.P_starttime
	m := member{
		pid: int(info.Proc.P_pid), parent: int(info.Eproc.Ppid), group: int(info.Eproc.Pgid),
		born: uint64(start.Sec)*1_000_000 + uint64(start.Usec),
	}
	switch info.Proc.P_stat {
	case isStopped:
		m.state = halted
	case isZombie:
		m.state = dead
	}
	return m
}

// same tells whether a number still means the same process.
func (m member) same() bool {
	info, err := unix.SysctlKinfoProc("kern.proc.pid", m.pid)
	return err == nil && read(info).born == m.born
}

// marked tells whether a process was started with a mark in its environment,
// which the system shows after its arguments, unless it protects the program.
func marked(pid int, mark string) bool {
	text, err := unix.SysctlRaw("kern.procargs2", pid)
	return err == nil && bytes.Contains(text, []byte("\x00"+MarkVariable+"="+mark+"\x00"))
}
