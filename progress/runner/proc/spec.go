package proc

import (
	"os"
	"syscall"
	"time"
)

// MarkVariable is the name of the environment variable that carries a mark.
const MarkVariable = "HERALD_MARK"

// Spec is a command and what stands around it.
type Spec struct {
	Args []string // the program and its arguments; the program is looked for in the PATH of Env
	Dir  string   // working directory, "" for ours
	Env  []string // as in os.Environ, nil for ours

	Stdin *os.File // handed to the command as it is; nil means there is nothing to read
	Input []byte   // written to its standard input instead, if not nil

	// Stdout and Stderr receive the output, nil drops it. They stay open until
	// Wait has returned; if they are closed later, descendants that still write
	// find a closed pipe.
	Stdout, Stderr *os.File

	// Watch sees a copy of the output: stream 1 is standard output, 2 standard
	// error. It is called from one goroutine, in order, and not after Wait has
	// returned; b is its own only during the call. Wait waits for it.
	Watch func(stream int, b []byte)
	// Gap is called between calls of Watch when Watch was too slow: n bytes of
	// the stream were left out here. May be nil.
	Gap func(stream int, n int64)

	// Terminal asks for a pty. It is given only if Stdin, Stdout and Stderr are
	// terminals, ours is in the foreground and the system has one to give; see
	// Process.Terminal. The caller must handle SIGINT, SIGTERM and SIGHUP: we
	// listen for them too, to restore the terminal at once, and a signal that is
	// listened for does not end a program by itself.
	Terminal bool

	// Mark, if not "", is set as HERALD_MARK in the command's environment. It
	// should be unique to this command.
	Mark string
}

// Exit is how a command ended.
type Exit struct {
	Code           int            // as shells say it: its own, or 128+n when signal n killed it
	Signal         syscall.Signal // what killed it, 0 if it ended by itself
	Started, Ended time.Time
	User, System   time.Duration // processor time of it and those of its children that it waited for

	Output error // why its output could not be passed on to the end, nil if it could
	Open   bool  // a descendant still holds its output open
}

// StartError says why a command did not start.
type StartError struct {
	Code int // as shells exit: 127 there is no such program, 126 it cannot be run
	Err  error
}

// Error is the reason in words.
func (e *StartError) Error() string { return e.Err.Error() }

// Unwrap gives the cause.
func (e *StartError) Unwrap() error { return e.Err }

// Exit codes of commands that did not start.
const (
	notRunnable = 126
	notFound    = 127
)
