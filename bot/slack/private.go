package slack

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/taskherald/herald/notify"
	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/templates"
	"github.com/taskherald/herald/templates/slackcard"
)

// mouth says to people what there is to say: where they asked if all who read there may know
// of it, and else to them alone.
type mouth struct {
	Options
	people  *people
	threads *threads
	answers *queue // one person after the other
}

func newMouth(o Options, who *people, answers *queue) *mouth {
	return &mouth{o, who, newThreads(o), answers}
}

// The times of what is done for somebody.
const (
	jobWithin = time.Minute      // a turn, and an answer
	mostRest  = 20 * time.Second // that Slack may ask for before an answer takes another way
)

// words are an answer of our own.
func (m *mouth) words(a templates.Answer, user string) templates.Reply {
	return m.Book.Reply(a, m.people.readerOf(user), m.Now())
}

// shown are the tasks that a room was shown, by whichever name the rules know it.
func (m *mouth) shown(ctx context.Context, at spot) ([]progress.TaskID, error) {
	to := []notify.Address{{Channel: Name, To: at.channel}}
	if title := m.people.titleOf(ctx, at.channel); title != "" {
		to = append(to, notify.Address{Channel: Name, To: "#" + title})
	}
	return m.Rooms.Shown(ctx, to)
}

// answer puts in line what there is to say.
func (m *mouth) answer(ctx context.Context, h heard) {
	if h.quiet {
		return
	}
	if h.open = h.open && m.public(ctx, h); h.open {
		m.threads.note(h.far())
	}
	m.say(ctx, h)
}

// public reports whether all who read there may know of what is said.
func (m *mouth) public(ctx context.Context, h heard) bool {
	tells := h.reply.Tasks()
	if h.direct() || len(tells) == 0 {
		return true
	}
	shown, err := m.shown(ctx, h.spot)
	if err != nil {
		m.Log.Warn("it is not known what a room in Slack was shown, so an answer goes to one person", "error", err)
		return false
	}
	return !slices.ContainsFunc(tells, func(id progress.TaskID) bool { return !slices.Contains(shown, id) })
}

// say says it in its turn.
func (m *mouth) say(ctx context.Context, h heard) {
	m.line(ctx, h.user, func(ctx context.Context) { m.speak(ctx, h) })
}

// line does a job for somebody after those before it. Where there is no room in line, that is
// now.
func (m *mouth) line(ctx context.Context, user string, do job) {
	if do = bounded(do); !m.answers.put(user, user, do) {
		do(ctx)
	}
}

// apology says to somebody that it does not work just now.
func (m *mouth) apology(at spot, id string) job {
	return bounded(func(ctx context.Context) { m.speak(ctx, m.sorry(at, id)) })
}

func (m *mouth) sorry(at spot, id string) heard {
	return heard{spot: at, id: speechID(at, id), reply: m.words(templates.Answer{About: templates.TopicTrouble}, at.user)}
}

// speak says it. What cannot be shown where they are they get as a direct message, and so
// what has a file.
func (m *mouth) speak(ctx context.Context, h heard) {
	post := m.Cards.Reply(h.id, &h.reply, h.readsAs(m))
	filed := len(post.Files) > 0
	if !h.open && !(filed && h.direct()) {
		err := m.whisper(ctx, h, post)
		if err == nil && !filed {
			return
		}
		if err != nil && !errors.Is(err, errNoPlace) {
			m.Log.Info("an answer in Slack takes another way", "error", err)
		}
	}
	to, s := h.address(), notify.Speech{ID: h.id, Reply: &h.reply, For: notify.Recipient{Person: h.who.actor.Person, Reader: h.readsAs(m)}}
	if h.open || h.direct() {
		s.Thread = h.far()
	} else {
		to.To = h.user
	}
	if err := m.Say(to, s); err != nil {
		m.Log.Error("somebody in Slack was left without an answer", "error", err)
	}
}

// errNoPlace is that there is nowhere where one person alone can be shown something.
var errNoPlace = errors.New("nobody can be shown something there alone")

// whisper shows it to who asked, and nobody else, where they are.
func (m *mouth) whisper(ctx context.Context, h heard, post slackcard.Post) error {
	err := errNoPlace
	if h.url != "" {
		err = patiently(ctx, func() error {
			return m.Client.Respond(ctx, h.url, Response{Text: post.Text, Blocks: post.Blocks, Thread: h.near})
		})
	}
	if err == nil || h.direct() {
		return err
	}
	return patiently(ctx, func() error {
		return m.Client.PostEphemeral(ctx, h.user, Draft{Channel: h.channel, Thread: h.near, Text: post.Text, Blocks: post.Blocks})
	})
}

// patiently makes a call, and once more if Slack wants it a little later.
func patiently(ctx context.Context, call func() error) error {
	err := call()
	p, ok := errors.AsType[*Problem](err)
	if !ok || p.After <= 0 || p.After > mostRest {
		return err
	}
	select {
	case <-ctx.Done():
		return err
	case <-time.After(p.After):
		return call()
	}
}

// readsAs is how who asked reads, where they spoke no other language.
func (h *heard) readsAs(m *mouth) templates.Reader {
	if h.who.known {
		return h.who.reader
	}
	return m.people.readerOf(h.user)
}

// speechID names what is said in answer to something.
func speechID(at spot, id string) string {
	return Name + " " + strings.Join([]string{at.lane(), at.user, id}, "/")
}

// bounded is a job that ends in time.
func bounded(j job) job {
	return func(ctx context.Context) {
		ctx, stop := context.WithTimeout(ctx, jobWithin)
		defer stop()
		j(ctx)
	}
}
