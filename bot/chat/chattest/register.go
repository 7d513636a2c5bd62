package chattest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/progress"
)

// Register are accounts, and who they are linked to. The codes GOOD and FGHJ-KMNP link one, with
// MUCH there were too many tries, and with DOWN it does not work.
type Register struct {
	platform, team string

	mu     sync.Mutex
	linked map[string]progress.Person // by the ids of accounts
	asked  []bot.Account
	groups []string // that somebody was in who was asked for last
	rights progress.Right
	down   error
	stall  func() time.Duration
}

// NewRegister makes one of a platform's team, with accounts that are linked by their ids.
func NewRegister(platform, team string, linked map[string]progress.Person) *Register {
	return &Register{platform: platform, team: team, linked: linked, rights: progress.MayAdmin, stall: func() time.Duration { return 0 }}
}

// set changes how it is with accounts.
func (r *Register) set(change func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change()
}

// Links makes an account somebody's, "" for nobody's.
func (r *Register) Links(account string, p progress.Person) {
	r.set(func() {
		if r.linked[account] = p; p == "" {
			delete(r.linked, account)
		}
	})
}

// Fail has all that is asked fail, until it is called with nil.
func (r *Register) Fail(err error) { r.set(func() { r.down = err }) }

// May sets what everybody may do; at first that is all.
func (r *Register) May(rights progress.Right) { r.set(func() { r.rights = rights }) }

// Stall sets how long it takes to say who somebody is.
func (r *Register) Stall(stall func() time.Duration) { r.set(func() { r.stall = stall }) }

// Of is whose an account is, "" for nobody's.
func (r *Register) Of(account string) (p progress.Person) {
	r.set(func() { p = r.linked[account] })
	return p
}

// Asked are the accounts that were asked for.
func (r *Register) Asked() (all []bot.Account) {
	r.set(func() { all = slices.Clone(r.asked) })
	return all
}

// In are the groups that somebody was in who was asked for last.
func (r *Register) In() (groups []string) {
	r.set(func() { groups = r.groups })
	return groups
}

// Who is chat.Accounts'.
func (r *Register) Who(ctx context.Context, a bot.Account) (progress.Person, bool, error) {
	r.mu.Lock()
	stall := r.stall()
	r.mu.Unlock()
	select {
	case <-time.After(stall):
	case <-ctx.Done():
		return "", false, ctx.Err()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked = append(r.asked, a)
	p, ok := r.linked[a.ID]
	return p, ok && a.Platform == r.platform && a.Team == r.team, r.down
}

// Link is chat.Accounts'.
func (r *Register) Link(_ context.Context, code string, a bot.Account, name string) (progress.Person, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch strings.ToUpper(strings.NewReplacer(" ", "", "-", "").Replace(code)) {
	case "GOOD", "FGHJKMNP":
		r.linked[a.ID] = progress.Person(name)
		return r.linked[a.ID], nil
	case "MUCH":
		return "", &progress.Error{Code: progress.Limited, Say: "too many tries"}
	case "DOWN":
		return "", errors.New("the disk is on fire")
	}
	return "", &progress.Error{Code: progress.NotFound, Say: "there is no such code"}
}

// Unlink is chat.Accounts'.
func (r *Register) Unlink(_ context.Context, a bot.Account) (bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, ok := r.linked[a.ID]
	delete(r.linked, a.ID)
	return ok, r.down
}

// Person is chat.Options'.
func (r *Register) Person(_ context.Context, who progress.Person, groups []string) (progress.Actor, bool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.groups = slices.Clone(groups)
	return progress.Actor{Person: who, Groups: groups, Rights: r.rights, All: true}, who != "gone", nil
}
