package slack

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// drainWithin is for how long what has come in is answered after the end.
const drainWithin = 10 * time.Second

// Platform is how people talk with Herald in Slack: what they say and press comes in by
// Socket Mode or by signed requests, is acknowledged before anything else is done, and
// answered afterwards.
type Platform struct {
	inbox   *inbox
	socket  *socket // nil without an app token
	answers *queue
	secret  []byte
	running atomic.Bool
}

// New makes a platform, which listens while Run runs. The error is that Slack could not reach it:
// there is neither an app token nor a signing secret.
func New(o Options) (*Platform, error) {
	o = o.whole()
	if o.Client.app == "" && o.SigningSecret == "" {
		return nil, errors.New("slack: neither an app token for Socket Mode nor a signing secret for HTTP")
	}
	answers := newQueue(o.Log)
	p := &Platform{answers: answers, secret: []byte(o.SigningSecret), inbox: newInbox(o, newEar(o, answers))}
	if o.Client.app != "" {
		p.socket = &socket{client: o.Client, dial: o.Dialer, inbox: p.inbox, log: o.Log, rand: jitter}
	}
	return p, nil
}

// Run listens and answers until ctx ends. What has come in by then, and is acknowledged, it
// still answers, for ten seconds at most: what it stands on has to stay open until it
// returns. Then it may be called again. The error is that it runs already.
func (p *Platform) Run(ctx context.Context) error {
	if !p.running.CompareAndSwap(false, true) {
		return errors.New("slack: it runs already")
	}
	defer p.running.Store(false)
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	all := []*queue{p.inbox.queue, p.inbox.soon, p.answers} // each gives work to those after it
	var workers sync.WaitGroup
	for _, q := range all {
		q.take()
		workers.Go(func() { q.work(work) })
	}
	if p.socket != nil {
		p.socket.run(ctx)
	}
	<-ctx.Done()
	p.drain(all)
	stop()
	workers.Wait()
	return nil
}

// drain ends what has come in. All are closed in the end, those after one that is late too:
// what an open one took then nobody would do.
func (p *Platform) drain(all []*queue) {
	end, late := time.Now().Add(drainWithin), false
	for _, q := range all {
		late = !q.drain(time.Until(end)) || late
	}
	if late {
		p.inbox.log.Error("some who said something in Slack were left without an answer: the server stops")
	}
}

// Turned is how much has come in since the start for which there was no room.
func (p *Platform) Turned() int64 { return p.inbox.turned.Load() }
