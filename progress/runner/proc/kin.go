//go:build linux || darwin

package proc

import (
	"fmt"
	"os"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// kin is a command with all its descendants, as far as signals reach them.
type kin struct {
	pid  int // of the command, of its group, and with a pty of its session
	mark string

	mu     sync.Mutex // guards what follows, and that no signal goes to a group that is no longer ours
	ended  bool
	paused bool
}

func (k *kin) id() int { return k.pid }

func (k *kin) isPaused() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.paused
}

func (k *kin) hasEnded() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.ended
}

// group signals the command's group as long as the command has not ended.
func (k *kin) group(sig syscall.Signal) error {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.ended {
		return os.ErrProcessDone
	}
	if err := unix.Kill(-k.pid, sig); err != nil {
		return fmt.Errorf("cannot signal the command (%v to group %d): %w", sig, k.pid, err)
	}
	return nil
}

// everyone signals the group and the descendants that have left it, or that have
// outlived the command.
func (k *kin) everyone(sig syscall.Signal) error {
	err := k.group(sig)
	for _, m := range k.others() {
		m.signal(sig)
	}
	return err
}

func (k *kin) setPaused(paused bool) {
	k.mu.Lock()
	k.paused = paused
	k.mu.Unlock()
}

// stopOthers stops descendants that have left the group. It looks again until it
// finds none, since one may have started another.
func (k *kin) stopOthers() {
	for range 10 {
		running := false
		for _, m := range k.others() {
			if m.state != halted {
				running = true
				m.signal(unix.SIGSTOP)
			}
		}
		if !running {
			return
		}
	}
}

// family lists the command and all its descendants that live.
func (k *kin) family() []member {
	ended := k.hasEnded()
	all := listed()
	if ended {
		for _, m := range all {
			if m.pid == k.pid {
				// The system does not give a number away while a group has it:
				// this is somebody else, and the group is empty.
				return related(all, k.mark, func(member) bool { return false })
			}
		}
	}
	return related(all, k.mark, func(m member) bool { return m.group == k.pid || m.session == k.pid })
}

// others lists the descendants that a signal to the group does not reach.
func (k *kin) others() []member {
	ended := k.hasEnded()
	var others []member
	for _, m := range k.family() {
		if ended || m.group != k.pid {
			others = append(others, m)
		}
	}
	return others
}
