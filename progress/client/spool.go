package client

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"

	"github.com/taskherald/herald/progress"
)

// A spool file is NDJSON: a header, then reports, then lines of output. It holds
// neither token nor lease.

// spoolEnd is how the names of spool files end. They sort by their time.
const spoolEnd = ".ndjson"

// spoolVersion is the newest form of a spool file.
const spoolVersion = 1

// header says what the file is about.
type header struct {
	Version int             `json:"spool"`
	URL     string          `json:"url"`
	Task    progress.TaskID `json:"task_id"`
	Worker  string          `json:"worker"`
	Leased  bool            `json:"leased,omitempty"` // the worker had claimed the task
	Run     int             `json:"run,omitempty"`
	Attempt int             `json:"attempt,omitempty"`
	Made    bool            `json:"made,omitempty"` // the task exists, as far as is known
	Draft   *Draft          `json:"draft,omitempty"`
}

// record is a line of the file after its header.
type record struct {
	Report *Line      `json:"report,omitempty"`
	Key    string     `json:"key,omitempty"` // of Lines
	Lines  []sentLine `json:"lines,omitempty"`
}

// spool is what a file holds.
type spool struct {
	header  header
	records []record
}

// newSpool gathers what a link has not sent. Reports without a fence get that of
// the execution that was heard of last: by the time they are sent there may be
// another.
func newSpool(l *link, url string) *spool {
	l.box.mu.Lock()
	defer l.box.mu.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	run, attempt := l.last.Run, l.last.Attempt
	if l.draft != nil && !l.made {
		run, attempt = 1, 1
	}
	s := &spool{header: header{
		Version: spoolVersion, URL: url, Task: l.task, Worker: l.worker, Leased: l.lease != "", Run: run, Attempt: attempt,
		Made: l.made, Draft: l.draft,
	}}
	for _, e := range l.box.reports.all() {
		line := Line{l.task, e.run, e.attempt, signed(e.report, l.worker, "")}
		line.Lease = ""
		if line.Run == 0 {
			line.Run, line.Attempt = run, attempt
		}
		s.records = append(s.records, record{Report: &line})
	}
	for _, p := range l.box.logs.all() {
		s.records = append(s.records, record{Key: p.key, Lines: sentLines(p.lines)})
	}
	return s
}

// count is how many reports and lines there are, and the task itself if it has
// to be made.
func (s *spool) count() (n int) {
	for _, r := range s.records {
		n += len(r.Lines)
		if r.Report != nil {
			n++
		}
	}
	if s.header.Draft != nil && !s.header.Made {
		n++
	}
	return n
}

// save writes the file under a name, "" for a new one, so that it is there as a
// whole or not at all, and stays there through a power cut.
func (s *spool) save(folder, name string) (err error) {
	if name == "" {
		name = string(NewTaskID()) + spoolEnd
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(folder, ".new-*") // which only its owner may read
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	if err := s.write(f); err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(f.Name(), filepath.Join(folder, name)); err != nil {
		return err
	}
	return syncFolder(folder)
}

func (s *spool) write(f io.Writer) error {
	w := bufio.NewWriter(f)
	enc := json.NewEncoder(w)
	if err := enc.Encode(s.header); err != nil {
		return err
	}
	for _, r := range s.records {
		if err := enc.Encode(r); err != nil {
			if r.Report != nil {
				continue // it could not be sent either
			}
			return err
		}
	}
	return w.Flush()
}

// syncFolder has the names in a folder written to disk.
func syncFolder(folder string) error {
	if runtime.GOOS == "windows" {
		return nil // which has no such call
	}
	d, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// loadSpool reads a file.
func loadSpool(path string) (*spool, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	var s spool
	dec := json.NewDecoder(bufio.NewReader(f))
	if err := dec.Decode(&s.header); err != nil {
		return nil, &damaged{path, err}
	}
	if s.header.Version != spoolVersion || !s.header.Task.Valid() {
		return nil, &damaged{path, errors.New("it is not a spool file of this version of Herald")}
	}
	for {
		var r record
		err := dec.Decode(&r)
		if errors.Is(err, io.EOF) {
			return &s, nil
		}
		if err != nil {
			return nil, &damaged{path, err}
		}
		s.records = append(s.records, r)
	}
}

// damaged is of a spool file that cannot be read.
type damaged struct {
	path string
	err  error
}

// Error names the file.
func (d *damaged) Error() string {
	return fmt.Sprintf("%s cannot be read and was set aside: %v", d.path, d.err)
}

// Unwrap returns the cause.
func (d *damaged) Unwrap() error { return d.err }
