package notifytest

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/templates"
)

// memoryFar is the far side in memory, as the kit sees one.
type memoryFar struct {
	*Memory

	mu  sync.Mutex
	all []notify.Address
}

func (f *memoryFar) Address(testing.TB) notify.Address {
	f.mu.Lock()
	defer f.mu.Unlock()
	to := notify.Address{Channel: "memory", To: fmt.Sprintf("room-%d/s3cret", len(f.all)), Key: "sub_kit"}
	f.all = append(f.all, to)
	for _, bad := range nowheres {
		f.Down(notify.Address{Channel: to.Channel, To: bad, Key: to.Key}, Status(notify.Rejected, 0))
	}
	return to
}

func (f *memoryFar) Got(to notify.Address) []Got {
	now := f.Shown(to)
	var got []Got
	for i, a := range f.Arrived() {
		if a.To == to {
			got = append(got, Got{ID: a.Message.ID, Text: words(now[name(i)]), Times: a.Times})
		}
	}
	return got
}

func (f *memoryFar) Fail(to notify.Address, what Trouble) {
	f.FailAt(to, map[Trouble]Fault{
		Broken: Status(notify.Transient, 0), TooFast: Status(notify.Limited, Rest), Refused: Status(notify.Rejected, 0),
		Closed: Status(notify.Gone, 0), Stranger: Status(notify.Unauthorized, 0), Away: Status(notify.Transient, 0),
		LostYes: Lost(), Silent: {Keep: true, Hang: true},
	}[what])
}

func (f *memoryFar) Secrets(notify.Address) []string { return []string{"s3cret"} }

// inMemory is a suite of the channel in memory.
func inMemory(powers ...Power) Suite {
	return Suite{New: func(testing.TB) (notify.Channel, Far) {
		m := NewMemory(powers...)
		m.Pace(notify.Pace{Gap: time.Millisecond, Account: "one", Budget: notify.Allowance{Calls: 50, Window: time.Minute, Reserve: 5}})
		return m.Channel(), &memoryFar{Memory: m}
	}}
}

func TestMemoryPasses(t *testing.T) {
	t.Parallel()
	for _, powers := range []Power{0, Edits, Finds, Edits | Finds | Paces} {
		t.Run(strconv.Itoa(int(powers)), func(t *testing.T) {
			t.Parallel()
			Run(t, inMemory(powers))
		})
	}
}

// bent is a channel that can all, and does some of it wrong.
type bent struct {
	whole
	send  func(ctx context.Context, to notify.Address, m notify.Message) (notify.Receipt, error)
	edit  func(ctx context.Context, to notify.Address, far string, m notify.Message) (notify.Receipt, error)
	find  func(ctx context.Context, to notify.Address, m notify.Message) (notify.Receipt, bool, error)
	pace  notify.Pace
	probe func(ctx context.Context) error
}

// whole is what a channel can be able to do, without the probe.
type whole interface {
	notify.Channel
	notify.Editor
	notify.Finder
}

func (b *bent) Send(ctx context.Context, to notify.Address, m notify.Message) (notify.Receipt, error) {
	return b.send(ctx, to, m)
}

func (b *bent) Edit(ctx context.Context, to notify.Address, far string, m notify.Message) (notify.Receipt, error) {
	return b.edit(ctx, to, far, m)
}

func (b *bent) Find(ctx context.Context, to notify.Address, m notify.Message) (notify.Receipt, bool, error) {
	return b.find(ctx, to, m)
}

func (b *bent) Pace(notify.Address) notify.Pace { return b.pace }

func (b *bent) Probe(ctx context.Context) error { return b.probe(ctx) }

// bend is a channel in memory that is bent by the test.
func bend(how func(b *bent, far *memoryFar)) Suite {
	return Suite{New: func(testing.TB) (notify.Channel, Far) {
		far := &memoryFar{Memory: NewMemory(Edits, Finds)}
		c := far.Channel().(whole)
		b := &bent{whole: c, send: c.Send, edit: c.Edit, find: c.Find, probe: func(ctx context.Context) error { return ctx.Err() }}
		how(b, far)
		return b, far
	}}
}

// told is a channel whose failures are changed by the test.
func told(change func(f *notify.Failure) error) func(b *bent, far *memoryFar) {
	return func(b *bent, _ *memoryFar) {
		b.send = func(ctx context.Context, to notify.Address, m notify.Message) (notify.Receipt, error) {
			r, err := b.whole.Send(ctx, to, m)
			if f, ok := errors.AsType[*notify.Failure](err); ok {
				return r, change(f)
			}
			return r, err
		}
	}
}

// changed is a channel that sends another message than it is given.
func changed(change func(m *notify.Message)) func(b *bent, far *memoryFar) {
	return func(b *bent, _ *memoryFar) {
		b.send = func(ctx context.Context, to notify.Address, m notify.Message) (notify.Receipt, error) {
			change(&m)
			return b.whole.Send(ctx, to, m)
		}
	}
}

// says is a message with other words, that leaves the one that was given alone.
func says(text string) func(m *notify.Message) {
	return func(m *notify.Message) {
		if m.Notice != nil {
			other := *m.Notice
			other.Text = text
			m.Notice = &other
		}
	}
}

// reads is a channel with another Find.
func reads(find func(r notify.Receipt, ok bool, err error) (notify.Receipt, bool, error)) func(b *bent, far *memoryFar) {
	return func(b *bent, _ *memoryFar) {
		b.find = func(ctx context.Context, to notify.Address, m notify.Message) (notify.Receipt, bool, error) {
			return find(b.whole.Find(ctx, to, m))
		}
	}
}

// paced is a channel with a pace.
func paced(p notify.Pace) func(b *bent, far *memoryFar) {
	return func(b *bent, _ *memoryFar) { b.pace = p }
}

// wrongs are channels that do one thing wrong, by the check that has to see it.
var wrongs = map[string]map[string]func(b *bent, far *memoryFar){
	"every message arrives": {
		"drops it": func(b *bent, _ *memoryFar) {
			b.send = func(context.Context, notify.Address, notify.Message) (notify.Receipt, error) {
				return notify.Receipt{}, nil
			}
		},
		"sends it twice": func(b *bent, _ *memoryFar) {
			b.send = func(ctx context.Context, to notify.Address, m notify.Message) (notify.Receipt, error) {
				_, err := b.whole.Send(ctx, to, m)
				r, again := b.whole.Send(ctx, to, m)
				return r, errors.Join(err, again)
			}
		},
		"tells others": func(b *bent, far *memoryFar) {
			b.send = func(ctx context.Context, to notify.Address, m notify.Message) (notify.Receipt, error) {
				_, err := b.whole.Send(ctx, far.all[1], m)
				r, again := b.whole.Send(ctx, to, m)
				return r, errors.Join(err, again)
			}
		},
		"changes what is shared": changed(func(m *notify.Message) {
			if m.Notice != nil {
				m.Notice.Link = ""
			}
		}),
		"other words": changed(says("Something happened")),
	},
	"a second try is known": {
		"a new id for each try": changed(func(m *notify.Message) { m.ID += strconv.FormatInt(time.Now().UnixNano(), 10) }),
		"one id for all":        changed(func(m *notify.Message) { m.ID = "msg" }),
	},
	"texts are only texts": {
		"a stranger's text as it is": func(b *bent, _ *memoryFar) {
			b.send = func(ctx context.Context, to notify.Address, m notify.Message) (notify.Receipt, error) {
				if m.Notice != nil && m.Task != nil {
					says(m.Notice.Text + m.Task.Spec.Title)(&m)
				}
				return b.whole.Send(ctx, to, m)
			}
		},
		"markup is taken out": changed(func(m *notify.Message) {
			if m.Notice != nil {
				says(strings.ReplaceAll(m.Notice.Text, "<script>", ""))(m)
			}
		}),
	},
	"a large task": {
		"refuses it": func(b *bent, _ *memoryFar) {
			b.send = func(ctx context.Context, to notify.Address, m notify.Message) (notify.Receipt, error) {
				if m.Task != nil && m.Task.Steps.Len() > 100 {
					return notify.Receipt{}, notify.Fail(notify.Rejected, "too large")
				}
				return b.whole.Send(ctx, to, m)
			}
		},
	},
	"troubles": {
		"plain errors":    told(func(f *notify.Failure) error { return f.Err }),
		"one fate":        told(func(f *notify.Failure) error { f.Fate = notify.Transient; return f }),
		"forgets to wait": told(func(f *notify.Failure) error { f.After = 0; return f }),
		"never in doubt":  told(func(f *notify.Failure) error { f.Doubt = false; return f }),
		"always in doubt": told(func(f *notify.Failure) error { f.Doubt = true; return f }),
		"tells a secret":  told(func(f *notify.Failure) error { f.Err = errors.New("POST room/s3cret"); return f }),
		"two lines":       told(func(f *notify.Failure) error { f.Err = errors.New("one\ntwo"); return f }),
		"a whole page":    told(func(f *notify.Failure) error { f.Err = errors.New(strings.Repeat("<html>", 100)); return f }),
		"stays broken": func(b *bent, far *memoryFar) {
			b.send = func(ctx context.Context, to notify.Address, m notify.Message) (notify.Receipt, error) {
				r, err := b.whole.Send(ctx, to, m)
				if err != nil {
					far.Down(to, Status(notify.Transient, 0))
				}
				return r, err
			}
		},
	},
	"calls end with contexts": {
		"goes on": func(b *bent, _ *memoryFar) {
			b.send = func(ctx context.Context, to notify.Address, m notify.Message) (notify.Receipt, error) {
				long, cancel := context.WithTimeout(context.WithoutCancel(ctx), brief+soon+time.Second)
				defer cancel()
				return b.whole.Send(long, to, m)
			}
		},
		"begins after it": func(b *bent, _ *memoryFar) {
			b.send = func(ctx context.Context, to notify.Address, m notify.Message) (notify.Receipt, error) {
				if ctx.Err() != nil {
					ctx = context.WithoutCancel(ctx)
				}
				return b.whole.Send(ctx, to, m)
			}
		},
		"is sure": told(func(f *notify.Failure) error { f.Doubt = false; return f }),
	},
	"addresses that are none": {
		"tries again for ever": told(func(f *notify.Failure) error { f.Fate = notify.Transient; return f }),
		"sends it somewhere": func(b *bent, far *memoryFar) {
			b.send = func(ctx context.Context, _ notify.Address, m notify.Message) (notify.Receipt, error) {
				return b.whole.Send(ctx, far.all[0], m)
			}
		},
	},
	"together": {
		"one address for all": func(b *bent, far *memoryFar) {
			b.send = func(ctx context.Context, _ notify.Address, m notify.Message) (notify.Receipt, error) {
				return b.whole.Send(ctx, far.all[0], m)
			}
		},
	},
	"a picture is edited": {
		"sends it anew": func(b *bent, _ *memoryFar) {
			b.edit = func(ctx context.Context, to notify.Address, _ string, m notify.Message) (notify.Receipt, error) {
				return b.whole.Send(ctx, to, m)
			}
		},
		"leaves it": func(b *bent, _ *memoryFar) {
			b.edit = func(context.Context, notify.Address, string, notify.Message) (notify.Receipt, error) {
				return notify.Receipt{}, nil
			}
		},
		"is content with any": func(b *bent, _ *memoryFar) {
			b.edit = func(ctx context.Context, to notify.Address, far string, m notify.Message) (notify.Receipt, error) {
				r, _ := b.whole.Edit(ctx, to, far, m)
				return r, nil
			}
		},
	},
	"edits fail as they should": {
		"hides it": func(b *bent, _ *memoryFar) {
			b.edit = func(ctx context.Context, to notify.Address, far string, m notify.Message) (notify.Receipt, error) {
				r, _ := b.whole.Edit(ctx, to, far, m)
				return r, nil
			}
		},
		"one fate": func(b *bent, _ *memoryFar) {
			b.edit = func(ctx context.Context, to notify.Address, far string, m notify.Message) (notify.Receipt, error) {
				r, err := b.whole.Edit(ctx, to, far, m)
				if err != nil {
					err = notify.Fail(notify.Transient, "something")
				}
				return r, err
			}
		},
	},
	"a lost message is found": {
		"finds anything": reads(func(r notify.Receipt, _ bool, err error) (notify.Receipt, bool, error) { return r, err == nil, err }),
		"finds nothing":  reads(func(r notify.Receipt, _ bool, err error) (notify.Receipt, bool, error) { return r, false, err }),
		"is not there":   reads(func(r notify.Receipt, ok bool, _ error) (notify.Receipt, bool, error) { return r, ok, nil }),
		"another name": reads(func(r notify.Receipt, ok bool, err error) (notify.Receipt, bool, error) {
			r.Far += "0"
			return r, ok, err
		}),
	},
	"a pace is possible": {
		"backwards":         paced(notify.Pace{Gap: -time.Second}),
		"no window":         paced(notify.Pace{Account: "a", Budget: notify.Allowance{Calls: 1}}),
		"nobody's":          paced(notify.Pace{Budget: notify.Allowance{Calls: 1, Window: time.Second}}),
		"all of it is kept": paced(notify.Pace{Account: "a", Budget: notify.Allowance{Calls: 1, Window: time.Second, Reserve: 2}}),
	},
	"a probe tells nobody": {
		"does not work": func(b *bent, _ *memoryFar) {
			b.probe = func(context.Context) error { return errors.New("no") }
		},
		"does not end": func(b *bent, _ *memoryFar) { b.probe = func(context.Context) error { return nil } },
		"sends something": func(b *bent, far *memoryFar) {
			b.probe = func(ctx context.Context) error {
				_, err := b.whole.Send(ctx, far.all[0], notify.Message{Notice: &templates.Notice{}})
				return err
			}
		},
	},
}

// TestEachCheckCanFail holds that the kit sees what a channel does wrong.
func TestEachCheckCanFail(t *testing.T) {
	t.Parallel()
	for name, check := range checks {
		if len(wrongs[name]) == 0 {
			t.Errorf("no channel fails %q", name)
		}
		for what, how := range wrongs[name] {
			t.Run(name+"/"+what, func(t *testing.T) {
				t.Parallel()
				if !fails(t, func(t testing.TB) { check(t, newKit(t, bend(how))) }) {
					t.Error("the kit has not seen it")
				}
			})
		}
		if fails(t, func(t testing.TB) { check(t, newKit(t, bend(func(*bent, *memoryFar) {}))) }) {
			t.Errorf("a channel that does nothing wrong fails %q", name)
		}
	}
}

// fails runs a test and reports whether it failed.
func fails(t *testing.T, test func(t testing.TB)) bool {
	r, done := &recorder{TB: t}, make(chan struct{})
	go func() {
		defer close(done)
		test(r)
	}()
	<-done
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.failed
}

// recorder notes that a test has failed, and lets the one around it go on.
type recorder struct {
	testing.TB

	mu     sync.Mutex
	failed bool
}

func (r *recorder) fail() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failed = true
}

func (r *recorder) Error(...any)          { r.fail() }
func (r *recorder) Errorf(string, ...any) { r.fail() }
func (r *recorder) Fatal(...any)          { r.fail(); runtime.Goexit() }
func (r *recorder) Fatalf(string, ...any) { r.fail(); runtime.Goexit() }
