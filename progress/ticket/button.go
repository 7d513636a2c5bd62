package ticket

import (
	"encoding/hex"

	"github.com/taskherald/herald/progress"
)

// Button is one verb on one task as it was, for whoever presses it and may give it: it
// names nobody, and is good for as long as the task is as it was. Where many see a message,
// its buttons are these.
type Button struct {
	Verb               progress.Verb
	Task               progress.TaskID
	Step, Run, Attempt int
	Digest             string // of what is asked; it opens with the first 16 digits of it
}

// How much of a digest, and of a MAC, a button has, in bytes: what many platforms take is
// 100 characters.
const (
	buttonDigest = 8
	buttonMAC    = 10
)

// SealButton makes the text of a button: at most 100 characters where the task's id has at
// most 40.
func (s *Sealer) SealButton(b Button) string {
	body := b.pack()
	return spelling.EncodeToString(append(body, s.mac(buttonKind, body)[:buttonMAC]...))
}

// OpenButton reads a button. The error of a text that was not sealed here, or was changed
// since, has the code Unauthorized.
func (s *Sealer) OpenButton(text string) (Button, error) {
	body, ok := s.opened(buttonKind, buttonMAC, text)
	if !ok {
		return Button{}, forged()
	}
	b, ok := unpackButton(body)
	if !ok {
		return Button{}, forged()
	}
	return b, nil
}

// Of reports whether a button is about an approval with a digest.
func (b Button) Of(digest string) bool { return b.Digest == shortDigest(digest) }

func (b Button) pack() []byte {
	p := packer{}
	set := uint64(0)
	for i, v := range verbs {
		if v == b.Verb {
			set = uint64(i) + 1
		}
	}
	p.number(set)
	p.count(b.Step)
	p.count(b.Run)
	p.count(b.Attempt)
	p.text(shortDigest(b.Digest))
	p.text(string(b.Task))
	return p
}

func unpackButton(body []byte) (b Button, ok bool) {
	u := unpacker{rest: body}
	n := u.number()
	b.Step, b.Run, b.Attempt = u.count(), u.count(), u.count()
	b.Digest, b.Task = u.text(), progress.TaskID(u.text())
	if n < 1 || n > uint64(len(verbs)) {
		return Button{}, false
	}
	b.Verb = verbs[n-1]
	return b, u.done()
}

// shortDigest is the beginning of a digest.
func shortDigest(digest string) string {
	if raw, err := hex.DecodeString(digest); err == nil && len(raw) > buttonDigest {
		return hex.EncodeToString(raw[:buttonDigest])
	}
	return digest
}
