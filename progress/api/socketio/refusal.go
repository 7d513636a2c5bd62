package socketio

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/taskherald/herald/progress"
)

// refusal is the answer to a request that is not served. The codes are those of
// the reference server.
type refusal struct {
	Status  int    `json:"-"`
	Code    int    `json:"code"`
	Message string `json:"message"`
}

var (
	unknownTransport   = &refusal{http.StatusBadRequest, 0, "Transport unknown"}
	unknownSession     = &refusal{http.StatusBadRequest, 1, "Session ID unknown"}
	badMethod          = &refusal{http.StatusBadRequest, 2, "Bad handshake method"}
	badRequest         = &refusal{http.StatusBadRequest, 3, "Bad request"}
	unsupportedVersion = &refusal{http.StatusBadRequest, 5, "Unsupported protocol version"}

	// These are not among the reference server's.
	tooMuch  = &refusal{http.StatusRequestEntityTooLarge, 3, "Payload too large"}
	tooFast  = &refusal{http.StatusTooManyRequests, 3, "Too many sessions of this address are not connected"}
	tooFull  = &refusal{http.StatusServiceUnavailable, 3, "Too many sessions are not connected"}
	stopping = &refusal{http.StatusServiceUnavailable, 3, "The server is stopping"}
)

// forbidden is the answer to an origin that is not welcome.
func forbidden(err error) *refusal {
	say := "Forbidden"
	if e, ok := errors.AsType[*progress.Error](err); ok {
		say = e.Say
	}
	return &refusal{http.StatusForbidden, 4, say}
}

func (f *refusal) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	if f.Status == http.StatusTooManyRequests || f.Status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	w.WriteHeader(f.Status)
	_ = json.NewEncoder(w).Encode(f) // the peer may be gone
}
