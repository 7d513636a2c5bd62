package proc

import (
	"bytes"
	"os"
	"strconv"
	"strings"
)

// listed lists all processes, without those that end while it looks.
func listed() []member {
	folder, err := os.Open("/proc")
	if err != nil {
		return nil
	}
	defer closeAll([]*os.File{folder})
	names, _ := folder.Readdirnames(-1)
	all := make([]member, 0, len(names))
	for _, name := range names {
		if pid, err := strconv.Atoi(name); err == nil {
			if m, ok := look(pid); ok {
				all = append(all, m)
			}
		}
	}
	return all
}

// look reads one process, see proc_pid_stat(5).
func look(pid int) (member, bool) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return member{}, false
	}
	// The program's name is in parentheses and may hold anything.
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	if len(fields) < 20 {
		return member{}, false
	}
	m := member{pid: pid}
	// The system writes numbers here.
	m.parent, _ = strconv.Atoi(fields[1])
	m.group, _ = strconv.Atoi(fields[2])
	m.session, _ = strconv.Atoi(fields[3])
	m.born, _ = strconv.ParseUint(fields[19], 10, 64)
	switch fields[0] {
	case "D":
		m.state = inside
	case "T", "t":
		m.state = halted
	case "Z", "X":
		m.state = dead
	}
	return m, true
}

// same tells whether a number still means the same process.
func (m member) same() bool {
	now, ok := look(m.pid)
	return ok && now.born == m.born
}

// marked tells whether a process was started with a mark in its environment.
func marked(pid int, mark string) bool {
	env, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/environ")
	entry := []byte("\x00" + MarkVariable + "=" + mark + "\x00")
	return err == nil && bytes.Contains(append([]byte{0}, env...), entry)
}
