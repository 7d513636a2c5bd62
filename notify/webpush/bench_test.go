package webpush_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
)

// BenchmarkSend is one message, from its payload to the answer of a service on this
// machine.
func BenchmarkSend(b *testing.B) {
	far := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusCreated) }))
	b.Cleanup(far.Close)
	h := open(b, far.Certificate(), nil)
	to, m := h.keep(b, newWire(b).subscription()), letter(b, "t1", "It is done")
	to.To = far.URL + "/push/one"
	h.send(b, to, m)
	b.ReportAllocs()
	for b.Loop() {
		h.send(b, to, m)
	}
}
