//go:build linux || darwin

package proc

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// find tells which file a program's name means, as a shell would. A relative
// answer is relative to dir.
func find(name, dir string, env []string) (string, error) {
	if strings.Contains(name, "/") {
		if err := runnable(name, dir); err != nil {
			return "", err
		}
		return name, nil
	}
	var refused error
	for _, folder := range filepath.SplitList(variable(env, "PATH")) {
		file := "./" + name
		if folder != "" {
			file = filepath.Join(folder, name)
		}
		err := runnable(file, dir)
		if err == nil {
			return file, nil
		}
		if refused == nil && err.Code == notRunnable {
			refused = err
		}
	}
	if refused != nil {
		return "", refused
	}
	return "", &StartError{notFound, fmt.Errorf("there is no command %q in PATH: check its name, or give its path", name)}
}

// runnable tells why a file cannot be run, nil if it seems that it can.
func runnable(file, dir string) *StartError {
	full := file
	if !filepath.IsAbs(file) {
		full = filepath.Join(dir, file)
	}
	info, err := os.Stat(full)
	switch {
	case errors.Is(err, os.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return &StartError{notFound, fmt.Errorf("there is no file %s to run: check its path", full)}
	case err != nil:
		return &StartError{notRunnable, fmt.Errorf("cannot run %s: %w", full, err)}
	case info.IsDir():
		return &StartError{notRunnable, fmt.Errorf("cannot run %s: it is a folder", full)}
	}
	if err := unix.Access(full, unix.X_OK); err != nil {
		return &StartError{notRunnable, fmt.Errorf("cannot run %s: it is not executable (chmod +x it, or name its interpreter): %w", full, err)}
	}
	return nil
}

// isScript tells whether a file that the system does not know how to run is
// text, which shells then run themselves.
func isScript(file, dir string) bool {
	if !filepath.IsAbs(file) {
		file = filepath.Join(dir, file)
	}
	f, err := os.Open(file)
	if err != nil {
		return false
	}
	defer closeAll([]*os.File{f})
	head := make([]byte, 256)
	n, _ := f.Read(head)
	line, _, _ := bytes.Cut(head[:n], []byte("\n"))
	return bytes.IndexByte(line, 0) < 0
}

// explained turns what the system said at the start into a StartError.
func explained(err error, file string, s Spec) error {
	code := notRunnable
	switch {
	case s.Dir != "" && !isFolder(s.Dir):
		err = fmt.Errorf("the working directory %s is not a folder that can be entered: %w", s.Dir, err)
	case errors.Is(err, syscall.ENOENT):
		code = notFound
		err = fmt.Errorf("cannot run %s: the interpreter that its first line names does not exist: %w", file, err)
	case errors.Is(err, syscall.E2BIG):
		err = fmt.Errorf("cannot run %s: its arguments and environment are too long together; pass them in a file: %w", file, err)
	case errors.Is(err, syscall.ENOEXEC):
		err = fmt.Errorf("cannot run %s: it is no program for this system: %w", file, err)
	default:
		err = fmt.Errorf("cannot run %s: %w", file, err)
	}
	return &StartError{code, err}
}

func isFolder(dir string) bool {
	info, err := os.Stat(dir)
	return err == nil && info.IsDir()
}

// environment is what the command gets.
func (s Spec) environment() []string {
	env := s.Env
	if env == nil {
		env = os.Environ()
		if dir, err := filepath.Abs(s.Dir); s.Dir != "" && err == nil {
			env = with(env, "PWD", dir)
		}
	}
	if s.Mark != "" {
		env = with(env, MarkVariable, s.Mark)
	}
	return env
}

// with is an environment in which a variable has one value.
func with(env []string, name, value string) []string {
	all := make([]string, 0, len(env)+1)
	for _, e := range env {
		if !strings.HasPrefix(e, name+"=") {
			all = append(all, e)
		}
	}
	return append(all, name+"="+value)
}

// variable is the value of a variable in an environment.
func variable(env []string, name string) string {
	for _, e := range env {
		if value, ok := strings.CutPrefix(e, name+"="); ok {
			return value
		}
	}
	return ""
}
