package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"sync"

	"github.com/taskherald/herald/progress"
)

// link carries what waits about one task to the server. An error of its methods
// means that the same has to be sent again.
type link struct {
	work   Work
	task   progress.TaskID
	worker string
	lease  string
	draft  *Draft // nil: the task exists
	box    *outbox
	ear    *ear

	// held says which refusals keep what was refused instead of dropping it.
	held func(*Problem) bool

	mu    sync.Mutex
	made  bool // the task exists, as far as is known
	again int  // how often it was lost and made again
	last  Answer

	making sync.Mutex // held while the task is made
}

// create makes the task if it has to be made. A task of that id that exists is
// the one; another refusal lets the reports be refused.
func (l *link) create(ctx context.Context) error {
	l.making.Lock()
	defer l.making.Unlock()
	l.mu.Lock()
	done, again := l.made || l.draft == nil, l.again
	l.mu.Unlock()
	if done {
		return nil
	}
	key := "create-" + string(l.task)
	if again > 0 {
		key += "-" + strconv.Itoa(again)
	}
	draft := *l.draft
	draft.ID = l.task
	var t Task
	err := l.work.http.post(ctx, "/api/tasks", key, draft, &t)
	p, refused := errors.AsType[*Problem](err)
	switch {
	case isAway(err), ctx.Err() != nil:
		return err
	case refused && l.held(p):
		return err
	case err != nil && (!refused || p.Status != http.StatusConflict):
		l.ear.refused(err)
	}
	l.mu.Lock()
	l.made = true
	l.last = Answer{Task: t.ID, Status: t.Status, Version: t.Version, Run: t.Run, Attempt: t.Attempt}
	l.mu.Unlock()
	l.box.change(func() {})
	return nil
}

// exists reports whether nothing has to be made first.
func (l *link) exists() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.made || l.draft == nil
}

// life is how often the task was made again.
func (l *link) life() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.again
}

// lost is told that the server knows no such task, by a request of that life. It
// reports whether the task is made again, which happens once.
func (l *link) lost(life int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.draft != nil && l.made && l.again == life && l.again == 0 {
		l.made = false
		l.again++
		l.last = Answer{}
		l.box.unfence() // the new task begins with run 1
	}
	return l.draft != nil && l.again > life
}

// hear notes an answer and passes it on.
func (l *link) hear(a Answer) {
	if a.Task == "" {
		return
	}
	l.mu.Lock()
	l.last = a
	l.mu.Unlock()
	l.ear.hear(a)
}

// verdict is what became of one report.
type verdict struct {
	code   int
	answer Answer
	err    error // why it was refused
}

// reports sends the next reports.
func (l *link) reports(ctx context.Context) error {
	if err := l.create(ctx); err != nil {
		return err
	}
	life := l.life()
	batch := l.encoded(l.box.nextReports())
	switch len(batch) {
	case 0:
		return nil
	case 1:
		return l.one(ctx, life, batch[0])
	}
	return l.many(ctx, life, batch)
}

// encoded are those of the reports that go into one request. What cannot be
// encoded is dropped.
func (l *link) encoded(batch []*entry) []*entry {
	size := 0
	for i, e := range batch {
		if e.line == nil {
			var err error
			if e.line, err = json.Marshal(Line{l.task, e.run, e.attempt, signed(e.report, l.worker, l.lease)}); err != nil {
				l.ear.refused(err)
				l.box.change(func() { l.box.reports.settle(map[*entry]bool{e: true}, false) })
				return batch[:i]
			}
		}
		if size += len(e.line); size > maxBody && i > 0 {
			return batch[:i]
		}
	}
	return batch
}

// signed is a report with its worker's name and lease.
func signed(r progress.Report, worker, lease string) progress.Report {
	if r.Worker == "" {
		r.Worker = worker
	}
	if r.Lease == "" {
		r.Lease = lease
	}
	return r
}

func (l *link) one(ctx context.Context, life int, e *entry) error {
	a, err := l.work.tell(ctx, l.task, "/progress", e.line)
	v := verdict{http.StatusOK, a, err}
	if err != nil {
		p, ok := errors.AsType[*Problem](err)
		if !ok || isAway(err) || l.held(p) {
			return err
		}
		v.code = p.Status
		if p.State != nil {
			v.answer = *p.State
		}
	}
	return l.settle(life, []*entry{e}, []verdict{v})
}

func (l *link) many(ctx context.Context, life int, batch []*entry) error {
	var body bytes.Buffer
	for _, e := range batch {
		body.Write(e.line)
		body.WriteByte('\n')
	}
	answers, err := l.work.reports(ctx, body.Bytes(), len(batch))
	if p, ok := errors.AsType[*Problem](err); ok && !isAway(err) {
		return l.fewer(p, batch)
	}
	verdicts := make([]verdict, len(answers))
	for i, a := range answers {
		verdicts[i] = verdict{code: a.Code, answer: a.Answer}
		if a.Status == "" {
			verdicts[i].answer = Answer{}
		}
		if a.Code != http.StatusOK {
			verdicts[i].err = problemOf(a)
		}
	}
	return errors.Join(l.settle(life, batch[:len(answers)], verdicts), err)
}

// fewer is told that a request of many reports was refused as a whole: for who
// sent it, or for one of them, which sending fewer finds.
func (l *link) fewer(p *Problem, batch []*entry) error {
	if l.held(p) {
		return p
	}
	if p.Status == http.StatusUnauthorized || p.Status == http.StatusForbidden {
		l.ear.refused(p)
		done := map[*entry]bool{}
		for _, e := range batch {
			done[e] = true
		}
		l.box.change(func() { l.box.reports.settle(done, false) })
		return nil
	}
	l.box.change(func() { l.box.reports.most = max(1, len(batch)/2) })
	return nil
}

// maxTries is how often a report is sent that meets a defect of the server.
const maxTries = 20

// settle lets go of the reports that are decided, and tells what was said of
// them.
func (l *link) settle(life int, batch []*entry, verdicts []verdict) (again error) {
	done, kept, overtaken := map[*entry]bool{}, false, false
	for i, e := range batch {
		v := verdicts[i]
		decided, err := l.decide(life, e, v)
		if !decided {
			kept, again = true, errors.Join(again, err)
			continue
		}
		done[e] = true
		overtaken = overtaken || kept && v.code == http.StatusOK
	}
	for _, v := range verdicts {
		l.hear(v.answer) // before Flush returns
	}
	l.box.change(func() {
		l.box.reports.settle(done, overtaken)
		if again == nil {
			l.box.reports.most = min(maxBatch, 2*l.box.reports.most)
		}
	})
	return again
}

// decide says whether a report needs not be sent again, and why it needs to.
func (l *link) decide(life int, e *entry, v verdict) (decided bool, again error) {
	p, refused := errors.AsType[*Problem](v.err)
	switch {
	case v.code == http.StatusConflict && l.life() > life:
		l.box.change(e.unfence) // it was meant for a run of the task that was lost meanwhile
		return false, nil
	case v.code == http.StatusOK, v.code == http.StatusConflict:
		return true, nil
	case v.code == http.StatusNotFound && l.lost(life):
		return false, nil
	case refused && l.held(p), v.code == http.StatusTooManyRequests, v.code > http.StatusInternalServerError:
		return false, v.err
	case v.code == http.StatusInternalServerError:
		if e.tries++; e.tries < maxTries {
			return false, v.err
		}
	}
	l.ear.refused(v.err)
	return true, nil
}

// problemOf is the refusal of one report among many.
func problemOf(a LineAnswer) *Problem {
	code := map[int]progress.Code{
		http.StatusBadRequest: progress.Invalid, http.StatusUnauthorized: progress.Unauthorized, http.StatusForbidden: progress.Forbidden,
		http.StatusNotFound: progress.NotFound, http.StatusConflict: progress.Conflict, http.StatusRequestEntityTooLarge: progress.TooLarge,
		http.StatusTooManyRequests: progress.Limited, http.StatusServiceUnavailable: progress.Unavailable,
	}[a.Code]
	if code == "" {
		code = progress.Internal
	}
	return &Problem{Status: a.Code, Code: string(code), Title: http.StatusText(a.Code), Detail: a.Detail}
}

// lines sends the next lines of output.
func (l *link) lines(ctx context.Context) error {
	if err := l.create(ctx); err != nil {
		return err
	}
	life := l.life()
	p := l.box.nextLines()
	if p == nil {
		return nil
	}
	err := l.work.log(ctx, l.task, p.key, logBody(p.lines))
	refusal, refused := errors.AsType[*Problem](err)
	switch {
	case err != nil && (!refused || isAway(err) || l.held(refusal)):
		return err
	case refused && refusal.Status == http.StatusNotFound && l.lost(life):
		return nil
	case refused && refusal.Status == http.StatusInternalServerError && p.fail() < maxTries:
		return err
	case refused && len(p.lines) > 1 && refusal.ofBody():
		l.box.change(func() { l.box.logs.split(p) })
		return nil
	case refused:
		l.ear.refused(err)
	}
	l.box.change(func() { l.box.logs.settle(p) })
	return nil
}

// ofBody reports whether the refusal is about what was sent, not about who sent
// it or where.
func (p *Problem) ofBody() bool {
	return p.Status == http.StatusBadRequest || p.Status == http.StatusRequestEntityTooLarge
}

// beat sends a heartbeat.
func (l *link) beat(ctx context.Context, f progress.Fence) error {
	if err := l.create(ctx); err != nil {
		return err
	}
	life := l.life()
	a, err := l.work.Heartbeat(ctx, l.task, f, progress.Heartbeat{Worker: l.worker, Lease: l.lease})
	p, refused := errors.AsType[*Problem](err)
	switch {
	case err == nil:
		l.hear(a)
	case !refused || isAway(err):
		return err
	case l.held(p):
		return err
	case p.State != nil:
		l.hear(*p.State)
	case p.Status == http.StatusNotFound && l.lost(life):
	default:
		l.ear.refused(err)
	}
	return nil
}
