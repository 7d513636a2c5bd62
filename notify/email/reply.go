package email

import (
	"errors"
	"net/textproto"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/taskherald/herald/templates"
)

// mostSaid is how many characters of a server's words are repeated.
const mostSaid = 160

// enhanced is a status code at the beginning of a line (RFC 2034).
var enhanced = regexp.MustCompile(`^[245]\.[0-9]{1,3}\.[0-9]{1,3}\b`)

// reply is a server's no.
type reply struct {
	code   int
	status string // such as 5.1.1, "" for none
	text   string // the rest, on one line
}

// replyOf is the reply that an error is, if a server gave one.
func replyOf(err error) (r reply, ok bool) {
	e, ok := errors.AsType[*textproto.Error](err)
	if !ok {
		return r, false
	}
	r = reply{code: e.Code, status: enhanced.FindString(e.Msg)}
	var lines []string
	for line := range strings.Lines(e.Msg) {
		lines = append(lines, enhanced.ReplaceAllString(line, ""))
	}
	r.text = oneLine(strings.Join(lines, " "))
	return r, true
}

// number is the reply's codes.
func (r reply) number() string { return strings.TrimSpace(strconv.Itoa(r.code) + " " + r.status) }

// words is the reply for people, without what must not be repeated.
func (r reply) words(secrets []string) string {
	text := r.text
	for _, s := range secrets {
		text = strings.ReplaceAll(text, s, "…")
	}
	return templates.Cut(strings.TrimSpace(r.number()+" "+text), mostSaid)
}

// is reports whether the status is one of those.
func (r reply) is(statuses []string) bool { return slices.Contains(statuses, r.status) }

// vague reports whether the status says no more than the code.
func (r reply) vague() bool { return r.status == "" || strings.HasSuffix(r.status, ".0.0") }

// says reports whether one of those stands in the text.
func (r reply) says(words []string) bool {
	text := strings.ToLower(r.text)
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(text, w) })
}
