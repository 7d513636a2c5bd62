package kit

import (
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"regexp"
	"strconv"
	"sync/atomic"
)

// RequestIDs gives every request an id, unique to this process's run.
type RequestIDs struct {
	prefix string
	n      atomic.Uint64
}

// NewRequestIDs begins a new series.
func NewRequestIDs() *RequestIDs {
	var b [6]byte
	_, _ = rand.Read(b[:]) // never fails
	return &RequestIDs{prefix: hex.EncodeToString(b[:]) + "-"}
}

// requestIDHeader carries the id, both ways.
const requestIDHeader = "X-Request-Id" // as canonical

var requestID = regexp.MustCompile(`^[A-Za-z0-9._:-]{1,64}$`)

// Give takes over the id that the caller gave, if it has the form of one, or
// makes one, and puts it on the answer.
func (s *RequestIDs) Give(w http.ResponseWriter, r *http.Request) string {
	id := r.Header.Get(requestIDHeader)
	if id == "" || !requestID.MatchString(id) {
		id = s.prefix + strconv.FormatUint(s.n.Add(1), 36)
	}
	w.Header()[requestIDHeader] = []string{id}
	return id
}
