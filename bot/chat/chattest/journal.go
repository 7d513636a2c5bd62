package chattest

import (
	"bytes"
	"sync"
)

// Journal is what was logged.
type Journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write is io.Writer's.
func (j *Journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(p)
}

// String is all of it.
func (j *Journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}
