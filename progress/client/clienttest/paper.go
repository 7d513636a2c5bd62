package clienttest

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"
)

// patiencePaper is how long a text may take to be printed.
const patiencePaper = 30 * time.Second

// Paper is what a program under test has printed so far. It may be used from any
// goroutine.
type Paper struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// Write appends what is printed.
func (p *Paper) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.Write(b)
}

// String is all of it.
func (p *Paper) String() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}

// Says waits until a text was printed.
func (p *Paper) Says(t testing.TB, want string) {
	t.Helper()
	for until := time.Now().Add(patiencePaper); !strings.Contains(p.String(), want); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatalf("it does not say %q but\n%s", want, p)
		}
	}
}
