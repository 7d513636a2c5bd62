package live

import "github.com/taskherald/herald/progress"

// Notice is a milestone in words for people.
type Notice struct {
	Kind    progress.Kind `json:"kind"`            // of the event
	Class   string        `json:"class"`           // how much it matters: step, alarm, approval or end
	Title   string        `json:"title,omitempty"` // of the task
	Text    string        `json:"text"`            // what happened, in a sentence
	About   string        `json:"about,omitempty"` // of which task, where Text does not say it
	Details []string      `json:"details,omitempty"`
	Link    string        `json:"link,omitempty"` // to the task
	Tag     string        `json:"tag"`            // the same for all of a task, of which the newest is enough to show
}

// notice is what people are told of an event. Only the goroutine that works at the
// task's topic may use it.
type notice struct {
	o     *Options
	event *progress.Event
	now   *progress.Task
	made  bool
	frame *frame // once it is made; nil if there are no words
}

// noticeFrame is how a Notice is sent.
type noticeFrame struct {
	head
	Notice *Notice `json:"notice"`
}

// to queues a lifecycle frame for a reader, and after it what they are told of it.
func (f *frame) to(m *member) {
	m.send(f)
	if !m.sub.Notices || f.notice == nil {
		return
	}
	if told := f.notice.told(m.actor.Load()); told != nil {
		m.send(told)
	}
}

// told is the frame for a reader, nil for one whom the event does not concern. It is
// made for the first whom it does. A defect in the words costs the notice alone.
func (n *notice) told(a *progress.Actor) *frame {
	concerned := false
	err := guarded(func() error {
		if concerned = n.o.Concerns(n.now, n.event, *a); concerned && !n.made {
			n.made = true
			n.frame = n.encode()
		}
		return nil
	})
	if err != nil {
		n.o.Log.Error("a notice could not be made", "task", n.now.ID, "seq", n.event.Seq, "error", err)
	}
	if !concerned {
		return nil
	}
	return n.frame
}

func (n *notice) encode() *frame {
	words := n.o.Notice(n.now, n.event)
	if words == nil {
		return nil
	}
	e := n.event
	h := head{"notice", n.now.ID, e.Seq, e.Version, progress.Instant(e.At)}
	return encode(h, noticeFrame{h, words})
}
