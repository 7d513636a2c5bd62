package outlook

import (
	"context"
	"slices"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/estimate"
	"github.com/taskherald/herald/progress/store"
)

// How much of the past is read, and how often other nodes' part of it.
const (
	runsEach  = 40              // of each kind, the newest
	runsRead  = 20_000          // in all
	lapsMost  = 200_000         // laps of all, about 100 MB; kinds after that are learned when they run again
	kindsRead = 500             // that are taken from it, the newest
	mostKinds = 2 * kindsRead   // that are known; of more the past is read anew
	lookEvery = time.Minute     // for runs that ended on other nodes
	lookBack  = 2 * time.Minute // clocks differ, and a commit takes its time
	looked    = 5_000           // runs a look; of more the past is read anew
	firstRest = time.Second     // after a read failed; twice as long after the next
	mostRest  = time.Minute
	againRest = 10 * time.Second // before the past is read anew
	mostSeen  = 2 * runsRead     // runs that are remembered, not to learn them twice
)

// lapsRead is how many laps of a run are read: enough to see that there are more
// than are learned one by one.
const lapsRead = estimate.MostLaps + 1

// Run reads the past, and learns from runs as they end, until ctx ends.
func (o *Outlook) Run(ctx context.Context) {
	s := &student{Outlook: o}
	for s.read(ctx) {
		s.follow(ctx)
		if !sleep(ctx, againRest) {
			return
		}
	}
}

// student learns, in one goroutine.
type student struct {
	*Outlook
	newest time.Time            // end of a run that is known
	seen   map[string]time.Time // when runs that are known ended, by id
	kinds  map[string]bool      // that were learned
	silent bool                 // the store's last answer was an error, which was logged
}

// read learns the past anew. It reports false when ctx has ended.
func (s *student) read(ctx context.Context) bool {
	for rest := firstRest; ; rest = min(2*rest, mostRest) {
		s.lost.Store(false)
		past, ok := s.ask(ctx, store.PastQuery{Each: runsEach, Limit: runsRead, Laps: lapsRead, Most: lapsMost, Eyes: progress.Timer()})
		if ok {
			s.begin(past)
			return true
		}
		if !sleep(ctx, rest) {
			return false
		}
	}
}

// ask asks the store, and logs the first of several errors.
func (s *student) ask(ctx context.Context, q store.PastQuery) ([]store.Past, bool) {
	past, err := s.o.Pasts(ctx, q)
	if err != nil && !s.silent && ctx.Err() == nil {
		s.o.Log.Warn("past runs could not be read; it will be tried again", "error", err)
	}
	s.silent = err != nil
	return past, err == nil
}

// begin has a new book of the past, given the newest first.
func (s *student) begin(past []store.Past) {
	book := s.o.Book()
	s.seen, s.kinds, s.newest = map[string]time.Time{}, map[string]bool{}, time.Time{}
	for _, p := range slices.Backward(past) {
		s.note(&p) // what is left out too, or it would be learned as new
	}
	for _, p := range slices.Backward(ofNewestKinds(past)) {
		s.kinds[p.Kind] = true
		book.Learn(&p.Run)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.book = book
}

// ofNewestKinds leaves out the runs of kinds that are too many. Runs are given
// the newest first.
func ofNewestKinds(past []store.Past) []store.Past {
	kinds := map[string]bool{}
	return slices.DeleteFunc(past, func(p store.Past) bool {
		if !kinds[p.Kind] && len(kinds) < kindsRead {
			kinds[p.Kind] = true
		}
		return !kinds[p.Kind]
	})
}

// follow learns runs as they end, until the past has to be read anew or ctx ends.
func (s *student) follow(ctx context.Context) {
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for ctx.Err() == nil && len(s.kinds) <= mostKinds && (len(s.ended) > 0 || !s.lost.Load()) {
		select {
		case p := <-s.ended:
			s.learn(&p)
		case <-look.C:
			s.look(ctx)
		case <-ctx.Done():
		}
	}
}

// look learns what has ended on other nodes.
func (s *student) look(ctx context.Context) {
	since := s.newest.Add(-lookBack)
	past, _ := s.ask(ctx, store.PastQuery{Since: since, Limit: looked, Laps: lapsRead, Eyes: progress.Timer()})
	if len(past) == looked {
		s.lost.Store(true)
		return
	}
	for _, p := range slices.Backward(past) {
		s.learn(&p)
	}
	for id, ended := range s.seen {
		if ended.Before(since) {
			delete(s.seen, id)
		}
	}
}

// learn learns a run, if it is new.
func (s *student) learn(p *store.Past) {
	if ended, ok := s.seen[p.ID]; ok && ended.Equal(p.Ended) {
		return
	}
	s.note(p)
	s.kinds[p.Kind] = true
	s.mu.Lock()
	defer s.mu.Unlock()
	s.book.Learn(&p.Run)
}

// note remembers a run.
func (s *student) note(p *store.Past) {
	if len(s.seen) >= mostSeen {
		clear(s.seen) // to learn a run again is only work
	}
	s.seen[p.ID] = p.Ended
	if p.Ended.After(s.newest) {
		s.newest = p.Ended
	}
}

// sleep waits, and reports false if ctx ended meanwhile.
func sleep(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}
