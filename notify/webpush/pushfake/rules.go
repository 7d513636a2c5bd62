package pushfake

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// mostBody is the longest body that is taken, in bytes (RFC 8030, 7.2).
const mostBody = 4096

// topics are 1 to 32 letters of base64url (RFC 8030, 5.4).
var topics = regexp.MustCompile(`^[A-Za-z0-9_-]{1,32}$`)

// urgencies are the words of the Urgency field (RFC 8030, 5.3).
var urgencies = []string{"very-low", "low", "normal", "high"}

// refusal is an answer to a request that is not as it has to be.
type refusal struct {
	status int
	reason string
	why    string
}

// headed reads the fields of a request.
func headed(h http.Header) (m Message, no *refusal) {
	seconds, err := strconv.ParseUint(h.Get("TTL"), 10, 31)
	m = Message{Topic: h.Get("Topic"), Urgency: h.Get("Urgency"), TTL: time.Duration(seconds) * time.Second}
	if m.Urgency == "" {
		m.Urgency = "normal"
	}
	switch {
	case len(h.Values("TTL")) != 1 || err != nil:
		return m, &refusal{http.StatusBadRequest, "BadTtl", "TTL has to be a number of seconds"}
	case len(h.Values("Topic")) > 0 && !topics.MatchString(m.Topic):
		return m, &refusal{http.StatusBadRequest, "BadWebPushTopic", "Topic has to be 1 to 32 letters of base64url"}
	case !slices.Contains(urgencies, m.Urgency):
		return m, &refusal{http.StatusBadRequest, "BadUrgency", "Urgency is none of its words"}
	case h.Get("Content-Encoding") != "aes128gcm":
		return m, &refusal{http.StatusUnsupportedMediaType, "BadContentEncoding", "Content-Encoding has to be aes128gcm"}
	}
	return m, nil
}
