//go:build !linux && !darwin

package proc

import (
	"errors"
	"os"
	"time"
)

// errMissing says what this system lacks, or we for it.
var errMissing = errors.New("commands can be run and controlled on Linux and macOS only: " +
	"here there are no process groups to pause, resume and stop with all descendants, no pty, " +
	"and no marks to find what a crash left behind; run it there, or report from the program itself over HTTP")

type command = absent

// An absent command is all that this system has.
type absent struct{}

func launch(Spec) (*command, error) { return nil, &StartError{notRunnable, errMissing} }

func (absent) id() int                             { return 0 }
func (absent) terminal() bool                      { return false }
func (absent) restore()                            {}
func (absent) pause() error                        { return errMissing }
func (absent) resume() error                       { return errMissing }
func (absent) signal(os.Signal) error              { return errMissing }
func (absent) stop(time.Duration, <-chan struct{}) {}
func (absent) wait() Exit                          { return Exit{Code: notRunnable} }

// Leftovers finds none here.
func Leftovers(string) []int { return nil }

// KillLeftovers always fails here.
func KillLeftovers(string, time.Duration) error { return errMissing }
