package webhook

import (
	"errors"
	"net/http/httptrace"
	"testing"
)

func TestPassage(t *testing.T) {
	t.Parallel()
	var p passage
	trace := p.trace()
	if p.mayBeThere() {
		t.Error("before there is a connection")
	}
	trace.GotConn(httptrace.GotConnInfo{})
	if !p.mayBeThere() {
		t.Error("once writing has begun")
	}
	trace.WroteRequest(httptrace.WroteRequestInfo{Err: errors.New("broken")})
	if p.mayBeThere() {
		t.Error("broken off")
	}
	trace.GotConn(httptrace.GotConnInfo{})
	trace.WroteRequest(httptrace.WroteRequestInfo{})
	if !p.mayBeThere() {
		t.Error("whole, in a second go")
	}
}
