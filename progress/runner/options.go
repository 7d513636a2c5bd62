package runner

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync/atomic"
	"time"
	"unicode"

	"github.com/taskherald/herald/progress/client"
)

// Options are what every run needs.
type Options struct {
	Client  *client.Client
	Version string   // of herald, for the task's metadata
	Environ []string // NAME=value, of the commands

	Stdin, Stdout, Stderr *os.File
	Say                   io.Writer // lines for the person who started it; nil for nobody

	Stay    time.Duration    // after a failure, how long to wait for a retry, skip or restart
	Linger  bool             // stay after every end, not only after a failure
	Grace   time.Duration    // between asking a command to stop and stopping it; 0 means 10 s
	Settle  time.Duration    // how long the end may wait for a server that is away; 0 means 250 ms
	Spool   string           // folder for reports that could not be sent; "" drops them
	State   string           // folder of saved states; "" saves none
	Signals <-chan os.Signal // that this process gets
	Quiet   bool             // keep output out of the task's log

	raw *atomic.Bool // the terminal is in raw mode
}

func (o Options) orDefaults() Options {
	if o.Grace == 0 {
		o.Grace = 10 * time.Second
	}
	if o.Settle == 0 {
		o.Settle = 250 * time.Millisecond
	}
	if o.Say == nil {
		o.Say = io.Discard
	}
	o.raw = new(atomic.Bool)
	return o
}

// say tells the person who started it.
func (o *Options) say(format string, args ...any) {
	end := "\n"
	if o.raw != nil && o.raw.Load() {
		end = "\r\n" // or the next line would begin where this one ends
	}
	fmt.Fprint(o.Say, "herald: "+plain(fmt.Sprintf(format, args...))+end)
}

// plain is a text on one line without anything that a terminal obeys: others have
// written parts of it.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, text)
}
