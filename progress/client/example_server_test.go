package client_test

import (
	"log"
	"os"
	"slices"
	"testing"

	"github.com/taskherald/herald/progress/api/apitest"
	"github.com/taskherald/herald/progress/client"
)

// start starts a server, which stands in for a Herald that runs somewhere, and
// makes a client of it. Whoever starts it calls stop at the end.
func start() (s *apitest.Server, c *client.Client, stop func()) {
	l := &life{}
	s = apitest.New(l)
	c, err := client.New(client.Options{URL: s.URL, Token: apitest.Admin})
	check(err)
	return s, c, l.end
}

// life is for an example what its T is for a test, as far as a server needs it.
type life struct {
	testing.TB // nil
	last       []func()
}

func (l *life) Helper()           {}
func (l *life) Cleanup(f func())  { l.last = append(l.last, f) }
func (l *life) Error(args ...any) { log.Print(args...) }
func (l *life) Fatal(args ...any) { log.Fatal(args...) }

func (l *life) TempDir() string {
	folder, err := os.MkdirTemp("", "herald-example-")
	check(err)
	l.Cleanup(func() { _ = os.RemoveAll(folder) })
	return folder
}

func (l *life) end() {
	for _, f := range slices.Backward(l.last) {
		f()
	}
}

// check is what these examples do about errors.
func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
