package client

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"github.com/taskherald/herald/progress"
)

// Sync sends what reporters have left in a folder, in order, and deletes what is
// sent. It may be killed, and run in several processes at once: each report and
// line counts once (lines that were under way at a kill, if they are sent again
// within 24 h).
//
// It stops at the first trouble that waiting or another token may mend, and
// returns it; what is left stays in the folder. What the server refuses is
// dropped and counted as sent, and the error says why. A report of a worker that
// had claimed its task is dropped when the task is with another by now.
func (c *Client) Sync(ctx context.Context, folder string) (sent, left int, err error) {
	if names, err := spooled(folder); err != nil || len(names) == 0 {
		return 0, 0, err
	}
	lock := flock.New(filepath.Join(folder, ".lock"))
	if _, err := lock.TryLockContext(ctx, 50*time.Millisecond); err != nil {
		return 0, 0, err
	}
	defer func() { _ = lock.Unlock() }() // it ends with the process in any case
	names, err := spooled(folder)
	if err != nil {
		return 0, 0, err
	}
	var stop error
	for _, name := range names {
		s, err2 := loadSpool(filepath.Join(folder, name))
		if err2 != nil {
			err = errors.Join(err, aside(folder, name, err2))
			continue
		}
		rest := s.count()
		if stop == nil {
			before := rest
			var refused error
			rest, refused, stop = resend(ctx, c, s, folder, name)
			sent += before - rest
			err = errors.Join(err, refused)
		}
		left += rest
	}
	return sent, left, errors.Join(err, stop)
}

// spooled are the names of the files in a folder, the oldest first.
func spooled(folder string) (names []string, err error) {
	all, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	for _, f := range all {
		if strings.HasSuffix(f.Name(), spoolEnd) && !f.IsDir() {
			names = append(names, f.Name())
		}
	}
	slices.Sort(names)
	return names, nil
}

// aside renames a file that cannot be read, so that somebody may look at it.
func aside(folder, name string, err error) error {
	d, ok := errors.AsType[*damaged](err)
	if !ok {
		return err
	}
	path := filepath.Join(folder, name)
	return errors.Join(d, os.Rename(path, path+".damaged"))
}

// resend sends what a file holds. left is how much it still holds, refused why
// some of it was dropped, and stop why not all of it was sent.
func resend(ctx context.Context, c *Client, s *spool, folder, name string) (left int, refused, stop error) {
	l := linkOf(c, s)
	before := s.count()
	if stop = disown(ctx, c, l, s); stop == nil {
		stop = drain(ctx, l)
	}
	refused = l.ear.loss()
	rest := newSpool(l, s.header.URL)
	rest.header.Leased = s.header.Leased
	left = rest.count()
	switch {
	case left == 0:
		stop = errors.Join(stop, os.Remove(filepath.Join(folder, name)), syncFolder(folder))
	case left < before:
		stop = errors.Join(stop, rest.save(folder, name))
	}
	return left, refused, stop
}

// linkOf is a link with what a file holds.
func linkOf(c *Client, s *spool) *link {
	h := s.header
	l := &link{
		work: c.Work(), task: h.Task, worker: h.Worker, draft: h.Draft, made: h.Made, box: newOutbox(), ear: newEar(nil, nil),
		last: Answer{Run: h.Run, Attempt: h.Attempt},
	}
	l.held = func(p *Problem) bool {
		elsewhere := h.URL != c.URL() && p.Status == http.StatusNotFound // perhaps the task is on the other server
		return p.Status == http.StatusUnauthorized || p.Status == http.StatusForbidden || elsewhere
	}
	b := &l.box.reports
	b.seq = 0
	for _, r := range s.records {
		if r.Report != nil {
			b.waiting = append(b.waiting, &entry{report: r.Report.Report, run: r.Report.Run, attempt: r.Report.Attempt})
			b.seq = max(b.seq, r.Report.Seq)
		}
		if len(r.Lines) > 0 {
			l.box.logs.sending = append(l.box.logs.sending, &parcel{key: r.Key, lines: logLines(r.Lines)})
		}
	}
	return l
}

// disown drops the reports of a worker whose claim has lapsed, if another has
// the task now: they come without the lease that would have them refused.
func disown(ctx context.Context, c *Client, l *link, s *spool) error {
	if !s.header.Leased || len(l.box.reports.waiting) == 0 {
		return nil
	}
	t, err := c.Task(ctx, l.task)
	if _, refused := errors.AsType[*Problem](err); err != nil && (!refused || isAway(err)) {
		return err
	}
	if err == nil && t.Worker != "" && t.Worker != l.worker {
		l.box.reports.waiting = nil
		l.ear.refused(&Problem{
			Status: http.StatusConflict, Code: string(progress.Superseded), Title: "An older run, attempt or lease",
			Detail: "task " + string(l.task) + " is with another worker by now; what this one had left to report is dropped",
		})
	}
	return nil
}

// drain sends everything, and stops at the first error.
func drain(ctx context.Context, l *link) error {
	if err := l.create(ctx); err != nil {
		return err
	}
	for l.box.left() > 0 {
		if err := ctx.Err(); err != nil {
			return err
		}
		send := l.lines
		if len(l.box.nextReports()) > 0 {
			send = l.reports
		}
		if err := send(ctx); err != nil {
			return err
		}
	}
	return l.create(ctx)
}
