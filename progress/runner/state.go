package runner

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"github.com/taskherald/herald/progress"
)

// State is what is saved of a pipeline's run, so that another process can go on
// with it. It is written before the server hears of what it says.
type State struct {
	Path    string                         `json:"path"`   // of the pipeline's file
	Digest  string                         `json:"digest"` // of what it did then
	Server  string                         `json:"server"`
	Task    progress.TaskID                `json:"task"`
	Title   string                         `json:"title"`
	Run     int                            `json:"run"`
	Attempt int                            `json:"attempt"`
	Mark    string                         `json:"mark"` // begins that of each step's processes
	Status  progress.Status                `json:"status"`
	Steps   map[string]progress.StepStatus `json:"steps"` // those that are not pending
	Saved   time.Time                      `json:"saved"`

	file string
	lock *flock.Flock
}

// newMark makes a name that nobody else has.
func newMark() string { return strings.ToLower(rand.Text()[:16]) }

// mark is what the processes of one step carry, as stopping one step must not
// touch those of another.
func (s *State) mark(step string) string { return fmt.Sprintf("%s-%x", s.Mark, step) }

// stateOf makes a state that is held by this process: save fails otherwise. With
// no folder nothing is saved.
func stateOf(folder string, s State) (*State, error) {
	if folder == "" {
		return &s, nil
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("the run's state cannot be saved (XDG_STATE_HOME chooses another folder): %w", err)
	}
	s.file = filepath.Join(folder, string(s.Task)+".json")
	if ok, err := s.hold(); err != nil || !ok {
		return nil, fmt.Errorf("the run's state %s cannot be locked: %w", s.file, errors.Join(err, errHeld))
	}
	if err := s.save(); err != nil {
		s.release(true)
		return nil, fmt.Errorf("the run's state cannot be saved (XDG_STATE_HOME chooses another folder): %w", err)
	}
	return &s, nil
}

var errHeld = errors.New("another herald runs it")

// hold takes the state for this process, if no other has it. It waits a little, as
// commands that a killed one was just starting may still hold it.
func (s *State) hold() (bool, error) {
	s.lock = flock.New(s.file + ".lock")
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	held, err := s.lock.TryLockContext(ctx, 10*time.Millisecond)
	if errors.Is(err, context.DeadlineExceeded) {
		err = nil
	}
	return held, err
}

// release lets others go on with it. One that is over leaves nothing.
func (s *State) release(over bool) {
	if s.file == "" {
		return
	}
	if over {
		_ = os.Remove(s.file) // the next start looks again
		_ = os.Remove(s.file + ".lock")
	}
	_ = s.lock.Unlock()
}

// save writes the state to disk, whole or not at all.
func (s *State) save() error {
	if s.file == "" {
		return nil
	}
	s.Saved = time.Now().UTC()
	b, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	return writeFile(s.file, append(b, '\n'))
}

// writeFile replaces a file, on disk when it returns.
func writeFile(name string, b []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(name), ".state-")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	_, err = f.Write(b)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err = os.Rename(f.Name(), name); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(name))
}

func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// saved finds the newest state of a pipeline's file with that server that no
// process holds, and holds it; nil if there is none. What cannot be read is left alone.
func saved(folder, path, server string) (*State, error) {
	states, err := states(folder)
	if err != nil {
		return nil, err
	}
	for _, s := range states {
		if s.Path != path || s.Server != server {
			continue
		}
		held, err := s.hold()
		if err != nil {
			return nil, fmt.Errorf("the state of an earlier run cannot be locked: %w", err)
		}
		if held && s.read() { // as who held it left it
			return s, nil
		}
		s.release(false)
	}
	return nil, nil
}

// atWork is the task of another process that runs a pipeline's file just now, ""
// for none.
func atWork(folder, path, server string) progress.TaskID {
	all, _ := states(folder) // what cannot be read is said elsewhere
	for _, s := range all {
		if s.Path != path || s.Server != server {
			continue
		}
		if held, err := s.hold(); err == nil && !held {
			return s.Task
		}
		s.release(false)
	}
	return ""
}

// forget removes the states of a pipeline's file that no process holds.
func forget(folder, path, server string) error {
	for {
		s, err := saved(folder, path, server)
		if s == nil || err != nil {
			return err
		}
		s.release(true)
	}
}

// read reads the state's file. It reports whether there is one that makes sense.
func (s *State) read() bool {
	b, err := os.ReadFile(s.file)
	s.Steps = nil // which would be added to
	if err != nil || json.Unmarshal(b, s) != nil {
		return false
	}
	if s.Steps == nil {
		s.Steps = map[string]progress.StepStatus{}
	}
	return s.Task.Valid()
}

// states reads all states of a folder, the newest first.
func states(folder string) ([]*State, error) {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) || folder == "" {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the states of earlier runs cannot be read: %w", err)
	}
	var out []*State
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), ".json") {
			continue
		}
		if s := (&State{file: filepath.Join(folder, e.Name())}); s.read() {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(a, b *State) int { return b.Saved.Compare(a.Saved) })
	return out, nil
}
