package webhook

import (
	"net/http/httptrace"
	"sync/atomic"
)

// passage is how far a request came on its way.
type passage struct{ begun, broken atomic.Bool }

// trace notes it. That a request was written whole may be told later than that it
// got no answer; so what counts is that writing began and was not seen to fail.
func (p *passage) trace() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) {
			p.broken.Store(false) // of another connection
			p.begun.Store(true)
		},
		WroteRequest: func(i httptrace.WroteRequestInfo) { p.broken.Store(i.Err != nil) },
	}
}

// mayBeThere reports whether the far side may have all of the request.
func (p *passage) mayBeThere() bool { return p.begun.Load() && !p.broken.Load() }
