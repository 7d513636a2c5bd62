package hookfake

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	fresh   = 5 * time.Minute
	maxBody = 1 << 20
)

// event is the part of a CloudEvents event that every one has.
type event struct {
	SpecVersion     string          `json:"specversion"`
	ID              string          `json:"id"`
	Source          string          `json:"source"`
	Type            string          `json:"type"`
	Subject         string          `json:"subject"`
	Time            string          `json:"time"`
	DataContentType string          `json:"datacontenttype"`
	Data            json.RawMessage `json:"data"`
}

// attribute is the form of a name in an event (CloudEvents 1.0, section 3.1).
var attribute = regexp.MustCompile(`^[a-z0-9]{1,20}$`)

// refusal is why a call is not believed.
type refusal struct {
	status int
	why    string
}

func no(status int, format string, args ...any) *refusal {
	return &refusal{status, fmt.Sprintf(format, args...)}
}

// check reads what was sent, or says why it is refused.
func check(r *http.Request, body []byte, secrets []string) (Message, *refusal) {
	for _, look := range []func(*http.Request, []byte) *refusal{head, foreign} {
		if bad := look(r, body); bad != nil {
			return Message{}, bad
		}
	}
	at, bad := signed(r.Header, body, secrets)
	if bad != nil {
		return Message{}, bad
	}
	e, text, bad := read(body)
	if bad != nil {
		return Message{}, bad
	}
	if e.ID != r.Header.Get("webhook-id") {
		return Message{}, no(http.StatusBadRequest, "the event has the id %q, the message %q", e.ID, r.Header.Get("webhook-id"))
	}
	return Message{ID: e.ID, Type: e.Type, Subject: e.Subject, Text: text, At: at, Header: r.Header.Clone(), Body: body, Times: 1}, nil
}

// head looks at the request.
func head(r *http.Request, body []byte) *refusal {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case r.Method != http.MethodPost:
		return no(http.StatusMethodNotAllowed, "the method is %s", r.Method)
	case err != nil || kind != "application/cloudevents+json":
		return no(http.StatusUnsupportedMediaType, "the content type is %q", r.Header.Get("Content-Type"))
	case len(body) > maxBody:
		return no(http.StatusRequestEntityTooLarge, "%d bytes came", len(body))
	case r.ContentLength != int64(len(body)):
		return no(http.StatusLengthRequired, "the length is %d, and %d bytes came", r.ContentLength, len(body))
	case r.UserAgent() == "":
		return no(http.StatusBadRequest, "it does not say who calls")
	}
	return nil
}

// foreign looks for what must not come along.
func foreign(r *http.Request, _ []byte) *refusal {
	for _, name := range []string{"Authorization", "Cookie", "Referer"} {
		if r.Header.Get(name) != "" {
			return no(http.StatusBadRequest, "it has a header %s", name)
		}
	}
	return nil
}

// signed looks at the three headers and returns the time of the try.
func signed(h http.Header, body []byte, secrets []string) (time.Time, *refusal) {
	id, stamp := h.Get("webhook-id"), h.Get("webhook-timestamp")
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	at := time.Unix(seconds, 0)
	switch {
	case id == "" || strings.ContainsAny(id, " \t"):
		return at, no(http.StatusBadRequest, "the id is %q", id)
	case err != nil || time.Since(at).Abs() > fresh:
		return at, no(http.StatusUnauthorized, "the time is %q", stamp)
	}
	found := false
	for one := range strings.SplitSeq(h.Get("webhook-signature"), " ") {
		mac, ok := strings.CutPrefix(one, "v1,")
		sum, err := base64.StdEncoding.Strict().DecodeString(mac)
		if !ok || err != nil || len(sum) != sha256.Size {
			return at, no(http.StatusUnauthorized, "%q is no signature", one)
		}
		for _, s := range secrets {
			found = found || hmac.Equal(sum, macOf(s, id+"."+stamp+".", body))
		}
	}
	if !found {
		return at, no(http.StatusUnauthorized, "no signature is good")
	}
	return at, nil
}

// macOf is what a holder of the secret would sign with.
func macOf(secret, before string, body []byte) []byte {
	key, err := base64.StdEncoding.Strict().DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil || !strings.HasPrefix(secret, "whsec_") || len(key) < 24 || len(key) > 64 {
		panic("hookfake: a secret is whsec_ and the base64 of 24 to 64 bytes")
	}
	mac := hmac.New(sha256.New, key)
	_, _ = mac.Write(append([]byte(before), body...)) // never fails
	return mac.Sum(nil)
}

// read looks at the event, and returns it with what its data say in a sentence.
func read(body []byte) (e event, text string, bad *refusal) {
	var names map[string]json.RawMessage
	if !utf8.Valid(body) || json.Unmarshal(body, &names) != nil || json.Unmarshal(body, &e) != nil {
		return e, "", no(http.StatusBadRequest, "the body is no event")
	}
	for name := range names {
		if !attribute.MatchString(name) {
			return e, "", no(http.StatusBadRequest, "the event has an attribute %q", name)
		}
	}
	var data struct {
		Text string `json:"text"`
	}
	_, err := time.Parse(time.RFC3339, e.Time)
	switch {
	case e.SpecVersion != "1.0" || e.Source == "" || e.DataContentType != "application/json" || !strings.HasPrefix(e.Type, "herald."):
		return e, "", no(http.StatusBadRequest, "the event's attributes are not right: %s", body)
	case err != nil:
		return e, "", no(http.StatusBadRequest, "the event's time is %q", e.Time)
	case len(e.Data) == 0 || e.Data[0] != '{' || json.Unmarshal(e.Data, &data) != nil || data.Text == "":
		return e, "", no(http.StatusBadRequest, "the event says nothing: %s", body)
	}
	return e, data.Text, nil
}
