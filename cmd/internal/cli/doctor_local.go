package cli

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/taskherald/herald/cmd/internal/app"
	"github.com/taskherald/herald/config"
)

// checkSettings reads the settings as a server that is started here would.
func checkSettings(p Process) []check {
	const name = "settings"
	c, err := config.Load(config.Source{Environ: p.Environ})
	if err == nil {
		_, err = app.Rules(c, app.Channels(c))
	}
	problems, ok := errors.AsType[config.Problems](err)
	switch {
	case err == nil:
		return []check{good(name, "they can be read; \"herald check\" prints them")}
	case !ok:
		return []check{broken(name, "correct it", "%v", err)}
	}
	var checks []check
	for _, problem := range problems {
		checks = append(checks, broken(name, "correct it; docs/settings.md lists all settings", "%s", problem))
	}
	return checks
}

// lowSpace is how much room a database should have at least, in bytes.
const lowSpace = 1 << 30

// checkDatabase looks at where a server on this machine keeps its database, if it
// has these settings.
func checkDatabase(p Process) []check {
	const name = "disk"
	c, err := config.Load(config.Source{Environ: p.Environ})
	if err != nil {
		return nil
	}
	file := c.Database.Reveal()
	if strings.Contains(file, "://") {
		return nil // PostgreSQL's disk is not ours to look at
	}
	dir, err := existing(filepath.Dir(file))
	if err != nil {
		return []check{odd(name, "set HERALD_DATABASE to a file that can be reached", "%v", err)}
	}
	if err := writable(dir, file); err != nil {
		return []check{odd(name, "give the user that runs the server the right to write there, or set HERALD_DATABASE", "the database %s cannot be written by this user: %v", file, err)}
	}
	free, ok := freeSpace(dir)
	switch {
	case !ok:
		return []check{good(name, "%s can be written", dir)}
	case free < lowSpace:
		return []check{odd(name, "make room, or keep ended tasks for a shorter time (HERALD_KEEP)", "%s can be written, but has only %d MiB left", dir, free>>20)}
	}
	return []check{good(name, "%s can be written, %.1f GiB free", dir, float64(free)/(1<<30))}
}

// existing is the folder, or the first one above it that exists: a server makes
// the others.
func existing(dir string) (string, error) {
	for {
		info, err := os.Stat(dir)
		switch {
		case err == nil && !info.IsDir():
			return "", &os.PathError{Op: "open", Path: dir, Err: errors.New("it is no folder")}
		case err == nil:
			return dir, nil
		case !errors.Is(err, os.ErrNotExist) || filepath.Dir(dir) == dir:
			return "", err
		}
		dir = filepath.Dir(dir)
	}
}

// writable tries to write, in a way that leaves nothing behind.
func writable(dir, file string) error {
	if f, err := os.OpenFile(file, os.O_WRONLY, 0); err == nil {
		return f.Close()
	} else if !errors.Is(err, os.ErrNotExist) {
		return err
	}
	f, err := os.CreateTemp(dir, ".herald-doctor-")
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}
