package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/taskherald/herald/bot"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/db"
	"github.com/taskherald/herald/progress/db/dbtest"
)

// ways notes who is told where.
type ways struct {
	mu     sync.Mutex
	told   map[bot.Account]progress.Person
	before func(step string) // is called before each change, if it is not nil
	err    error
	calls  int
}

func (w *ways) Linked(_ context.Context, p progress.Person, a bot.Account, _ string) error {
	return w.set("linked "+string(p), a, p)
}

func (w *ways) Unlinked(_ context.Context, a bot.Account) error { return w.set("unlinked", a, "") }

func (w *ways) set(step string, a bot.Account, p progress.Person) error {
	if w.before != nil {
		w.before(step)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls++
	if w.err != nil {
		return w.err
	}
	if w.told[a] = p; p == "" {
		delete(w.told, a)
	}
	return nil
}

// desk is where accounts are linked.
type desk struct {
	*testing.T
	*Accounts
	ways *ways
	now  time.Time
}

func eachDesk(t *testing.T, do func(d *desk)) {
	t.Helper()
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		k := &desk{T: t, now: epoch, ways: &ways{told: map[bot.Account]progress.Person{}}}
		k.Accounts = NewAccounts(d, AccountOptions{Ways: k.ways, Now: func() time.Time { return k.now }, Log: slog.New(slog.DiscardHandler)})
		do(k)
	})
}

func (d *desk) must(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}

// code is a new one of a person.
func (d *desk) code(p progress.Person) string {
	d.Helper()
	code, _, err := d.NewCode(ctx, p)
	d.must(err)
	return code
}

// links has an account linked by a new code of a person.
func (d *desk) links(p progress.Person, a bot.Account) {
	d.Helper()
	if got, err := d.Link(ctx, d.code(p), a, "name of "+a.ID); err != nil || got != p {
		d.Fatalf("%+v is of %q, %v", a, got, err)
	}
}

// is holds whose an account is, "" for nobody's, and that they are told there.
func (d *desk) is(a bot.Account, want progress.Person) {
	d.Helper()
	got, ok, err := d.Who(ctx, a)
	d.must(err)
	if got != want || ok != (want != "") || d.ways.told[a] != want {
		d.Errorf("%+v is of %q (%v), and %q is told there; want %q", a, got, ok, d.ways.told[a], want)
	}
}

// refused holds with which code a code does not link.
func (d *desk) refused(code string, a bot.Account, want progress.Code) {
	d.Helper()
	got, err := d.Link(ctx, code, a, "")
	e, ok := errors.AsType[*progress.Error](err)
	if !ok || e.Code != want || got != "" || want == progress.Invalid && e.Field != "code" {
		d.Errorf("%q links %q: %v, want %s", code, got, err, want)
	}
}

// slack is an account there.
func slack(id string) bot.Account { return bot.Account{Platform: "slack", Team: "T1", ID: id} }

var codeForm = regexp.MustCompile(`^[A-HJ-NP-Z2-9]{4}-[A-HJ-NP-Z2-9]{4}$`)

// TestLink links an account as people type codes, and holds that each is good once.
func TestLink(t *testing.T) {
	eachDesk(t, func(d *desk) {
		a := slack("U1")
		d.is(a, "")
		code, until, err := d.NewCode(ctx, "ann")
		if err != nil || !codeForm.MatchString(code) || !until.Equal(epoch.Add(10*time.Minute)) {
			t.Errorf("%q is good until %s, %v", code, until, err)
		}
		typed := " `" + strings.ToLower(strings.ReplaceAll(code, "-", " – ")) + "`\n"
		if p, err := d.Link(ctx, typed, a, "Ann\x00 A."); err != nil || p != "ann" {
			t.Fatalf("%q: %q, %v", typed, p, err)
		}
		d.is(a, "ann")
		d.is(bot.Account{Platform: "slack", Team: "T2", ID: "U1"}, "")
		d.is(bot.Account{Platform: "discord", Team: "T1", ID: "U1"}, "")
		d.is(bot.Account{}, "")
		d.refused(code, slack("U2"), progress.Invalid)
		all, err := d.Of(ctx, "ann")
		want := bot.LinkedAccount{Account: a, Person: "ann", Name: "Ann A.", At: epoch}
		if err != nil || !slices.Equal(all, []bot.LinkedAccount{want}) {
			t.Errorf("%+v, %v", all, err)
		}
		if all, err := d.Of(ctx, ""); err != nil || len(all) != 0 {
			t.Errorf("of nobody: %+v, %v", all, err)
		}
		var n int
		d.must(d.d.Read(ctx, func(tx *db.Tx) error {
			return tx.QueryRow(ctx, `SELECT COUNT(*) FROM chat_codes WHERE sum LIKE $1`, "%"+code[:4]+"%").Scan(&n)
		}))
		if n != 0 {
			t.Error("a code is kept as it is")
		}
	})
}

// TestCodes holds how long codes are good, and how many of a person are.
func TestCodes(t *testing.T) {
	eachDesk(t, func(d *desk) {
		first := d.code("ann")
		d.now = d.now.Add(CodeLasts)
		d.refused(first, slack("U1"), progress.Invalid)
		var codes []string
		for range mostCodes + 1 {
			d.now = d.now.Add(time.Second)
			codes = append(codes, d.code("ann"))
		}
		bob := d.code("bob")
		d.refused(codes[0], slack("U2"), progress.Invalid)
		for i, code := range append(codes[1:], bob) {
			if p, err := d.Link(ctx, code, slack(fmt.Sprint("V", i)), ""); err != nil || p == "" {
				t.Errorf("the code %d: %v", i, err)
			}
		}
		d.is(slack("V3"), "bob")
		for _, text := range []string{"", "-", "ABCD-EFG", "ABCD-EFGHI", "ABCD-EFG0", "ABCD-EFG1", "ABCD-EFGÄ", strings.Repeat("A", 1000)} {
			if sumOf(text) != "" {
				t.Errorf("%q may be a code", text)
			}
		}
	})
}

// TestGuesses holds that nobody can try many codes with an account, and that it stands in no
// other's way.
func TestGuesses(t *testing.T) {
	eachDesk(t, func(d *desk) {
		a := slack("U1")
		for i := range mostTries {
			d.refused([]string{"AAAA-AAAA", "nonsense"}[i%2], a, progress.Invalid)
			d.now = d.now.Add(time.Second)
		}
		d.refused(d.code("ann"), a, progress.Limited)
		d.links("ann", slack("U2"))
		d.now = d.now.Add(tryWindow - mostTries*time.Second - time.Microsecond)
		d.refused(d.code("ann"), a, progress.Limited)
		d.now = d.now.Add(time.Microsecond)
		d.refused("AAAA-AAAA", a, progress.Invalid) // the first is forgotten, the second is not
		d.refused(d.code("ann"), a, progress.Limited)
		d.now = d.now.Add(time.Second)
		d.links("ann", a)
		d.refused("AAAA-AAAA", a, progress.Invalid)
		d.is(a, "ann")
	})
}

// TestGuessesAtOnce holds the same of many at once.
func TestGuessesAtOnce(t *testing.T) {
	eachDesk(t, func(d *desk) {
		var mu sync.Mutex
		said := map[progress.Code]int{}
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				_, err := d.Link(ctx, "AAAA-AAAA", slack("U1"), "")
				mu.Lock()
				defer mu.Unlock()
				said[progress.CodeOf(err)]++
			})
		}
		all.Wait()
		if said[progress.Invalid] != mostTries || said[progress.Limited] != 20-mostTries {
			t.Errorf("%v", said)
		}
	})
}

// TestOneCodeForMany holds that a code which many use at once links one account.
func TestOneCodeForMany(t *testing.T) {
	eachDesk(t, func(d *desk) {
		code := d.code("ann")
		var all sync.WaitGroup
		for i := range 12 {
			all.Go(func() {
				if _, err := d.Link(ctx, code, slack(fmt.Sprint("U", i)), ""); err != nil && progress.CodeOf(err) != progress.Invalid {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if linked, err := d.Of(ctx, "ann"); err != nil || len(linked) != 1 {
			t.Errorf("%+v, %v", linked, err)
		}
	})
}

// TestRelink holds that an account is somebody else's by their code alone, and whoever had it
// is told there no more.
func TestRelink(t *testing.T) {
	eachDesk(t, func(d *desk) {
		a := slack("U1")
		d.links("ann", a)
		d.refused("AAAA-AAAA", a, progress.Invalid)
		d.is(a, "ann")
		d.links("bob", a)
		d.is(a, "bob")
		if all, err := d.Of(ctx, "ann"); err != nil || len(all) != 0 {
			t.Errorf("%+v, %v", all, err)
		}
		d.links("bob", a)
		d.is(a, "bob")
	})
}

// TestManyAccounts holds how many accounts one person has, and that a code is not lost where
// there is room for no more.
func TestManyAccounts(t *testing.T) {
	eachDesk(t, func(d *desk) {
		for i := range mostAccounts {
			d.links("ann", slack(fmt.Sprint("U", i)))
		}
		d.links("ann", slack("U3"))
		code := d.code("ann")
		d.refused(code, slack("V"), progress.Conflict)
		if ok, err := d.Unlink(ctx, slack("U3")); !ok || err != nil {
			t.Fatal(ok, err)
		}
		if p, err := d.Link(ctx, code, slack("V"), ""); err != nil || p != "ann" {
			t.Error(p, err)
		}
	})
}

// TestUnlink holds that an account is nobody's at once, on another node too.
func TestUnlink(t *testing.T) {
	eachDesk(t, func(d *desk) {
		a, other := slack("U1"), NewAccounts(d.d, AccountOptions{})
		d.links("ann", a)
		if p, ok, err := other.Who(ctx, a); p != "ann" || !ok || err != nil {
			t.Error(p, ok, err)
		}
		if ok, err := d.Unlink(ctx, a); !ok || err != nil {
			t.Error(ok, err)
		}
		d.is(a, "")
		if _, ok, err := other.Who(ctx, a); ok || err != nil {
			t.Error(ok, err)
		}
		if ok, err := d.Unlink(ctx, a); ok || err != nil {
			t.Error("twice:", ok, err)
		}
		if rows, err := d.rows(ctx, ""); err != nil || len(rows) != 0 {
			t.Errorf("%+v are left, %v", rows, err)
		}
		d.links("bob", a)
		d.is(a, "bob")
	})
}

// TestHeal holds that what is left undone about how somebody is told is done later, whatever
// happened since, and once.
func TestHeal(t *testing.T) {
	eachDesk(t, func(d *desk) {
		linked, relinked, ended := slack("U1"), slack("U2"), slack("U3")
		d.links("ann", relinked)
		d.links("ann", ended)
		d.ways.err = errors.New("the process is killed here")
		d.links("ann", linked)
		d.links("bob", relinked)
		if ok, err := d.Unlink(ctx, ended); !ok || err != nil {
			t.Error(ok, err)
		}
		if p, ok, err := d.Who(ctx, ended); ok || err != nil {
			t.Error("it is still of", p, err)
		}
		if err := d.Heal(ctx); !errors.Is(err, d.ways.err) {
			t.Error(err)
		}
		d.ways.err = nil
		d.must(d.Heal(ctx))
		d.is(linked, "ann")
		d.is(relinked, "bob")
		d.is(ended, "")
		calls := d.ways.calls
		d.must(d.Heal(ctx))
		if d.ways.calls != calls {
			t.Error("what is done is done again")
		}
	})
}

// TestTheLastIsTold holds that whoever is linked last is told, though an earlier change is
// carried out late.
func TestTheLastIsTold(t *testing.T) {
	t.Parallel()
	for name, last := range map[string]progress.Person{"unlinked": "", "linked anew": "bob"} {
		t.Run(name, func(t *testing.T) {
			eachDesk(t, func(d *desk) {
				a, slow := slack("U1"), true
				d.ways.before = func(string) {
					if !slow {
						return
					}
					slow = false
					if ok, err := d.Unlink(ctx, a); !ok || err != nil {
						t.Error(ok, err)
					}
					if last != "" {
						d.links(last, a)
					}
				}
				if _, err := d.Link(ctx, d.code("ann"), a, ""); err != nil {
					t.Error(err)
				}
				d.is(a, last)
				if rows, err := d.rows(ctx, "WHERE pending = 1"); err != nil || len(rows) != 0 {
					t.Errorf("%+v are left, %v", rows, err)
				}
			})
		})
	}
}

// TestPurgeCodes holds that codes and tries of long ago are forgotten, and accounts never.
func TestPurgeCodes(t *testing.T) {
	eachDesk(t, func(d *desk) {
		d.links("ann", slack("U1"))
		d.code("ann")
		d.refused("AAAA-AAAA", slack("U2"), progress.Invalid)
		d.now = d.now.Add(CodeLasts + time.Second)
		bob := d.code("bob")
		s := New(d.d, func() time.Time { return d.now })
		d.must(s.Purge(ctx))
		w := world{t, s}
		if codes, tries := w.count("chat_codes"), w.count("chat_tries"); codes != 1 || tries != 0 {
			t.Errorf("%d codes and %d tries are left", codes, tries)
		}
		if p, err := d.Link(ctx, bob, slack("U3"), ""); p != "bob" || err != nil {
			t.Error(p, err)
		}
		d.is(slack("U1"), "ann")
	})
}

// TestLimitsPage holds docs/limits.md to what this package bounds.
func TestLimitsPage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/limits.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		fmt.Sprintf("codes of one person that do | %d; %d |", CodeLasts/time.Minute, mostCodes),
		fmt.Sprintf("chat accounts of one person | %d in %d minutes; %d |", mostTries, tryWindow/time.Minute, mostAccounts),
	} {
		if !strings.Contains(string(page), want) {
			t.Errorf("docs/limits.md does not say %s", want)
		}
	}
}

// TestNobodyIsTold holds that accounts are linked where nobody is told at them.
func TestNobodyIsTold(t *testing.T) {
	eachDesk(t, func(d *desk) {
		d.Ways = nil
		d.links("ann", slack("U1"))
		d.must(d.Heal(ctx))
		if p, ok, err := d.Who(ctx, slack("U1")); p != "ann" || !ok || err != nil {
			t.Error(p, ok, err)
		}
	})
}
