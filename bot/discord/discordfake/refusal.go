package discordfake

import (
	"maps"
	"net/http"
	"strings"
)

// refusal is what a call is answered with that is not done.
type refusal struct {
	status int
	code   int // Discord's own, 0 where the status says all
	text   string
	form   object // what is wrong where, by path; nil where nothing is
	more   object // what else the answer says
}

// no refuses with one of Discord's codes.
func no(status, code int, text string) *refusal {
	return &refusal{status: status, code: code, text: text}
}

// The refusals that are wanted in many places.
func unauthorized() *refusal   { return no(http.StatusUnauthorized, 0, "401: Unauthorized") }
func unknownRoute() *refusal   { return no(http.StatusNotFound, 0, "404: Not Found") }
func unknownChannel() *refusal { return no(http.StatusNotFound, 10003, "Unknown Channel") }
func unknownMessage() *refusal { return no(http.StatusNotFound, 10008, "Unknown Message") }
func noAccess() *refusal       { return no(http.StatusForbidden, 50001, "Missing Access") }
func noPermission() *refusal   { return no(http.StatusForbidden, 50013, "Missing Permissions") }
func empty() *refusal {
	return no(http.StatusBadRequest, 50006, "Cannot send an empty message")
}

// wrong refuses a body of which one field is wrong, by its path: "components.0.content".
func wrong(path, code, text string) *refusal {
	r := no(http.StatusBadRequest, 50035, "Invalid Form Body")
	return r.and(path, code, text)
}

// and says of another field what is wrong.
func (r *refusal) and(path, code, text string) *refusal {
	if r.form == nil {
		r.form = object{}
	}
	at := r.form
	for name := range strings.SplitSeq(path, ".") {
		if name == "" {
			continue
		}
		deeper, _ := at[name].(object)
		if deeper == nil {
			deeper = object{}
			at[name] = deeper
		}
		at = deeper
	}
	said, _ := at["_errors"].([]object)
	at["_errors"] = append(said, object{"code": code, "message": text})
	return r
}

// long, required and choice are what most fields are wrong by.
func required(path string) *refusal {
	return wrong(path, "BASE_TYPE_REQUIRED", "This field is required")
}

func badLength(path, text string) *refusal { return wrong(path, "BASE_TYPE_BAD_LENGTH", text) }

func badChoice(path, text string) *refusal { return wrong(path, "BASE_TYPE_CHOICES", text) }

func (r *refusal) body() object {
	body := object{"message": r.text, "code": r.code}
	if r.form != nil {
		body["errors"] = r.form
	}
	maps.Copy(body, r.more)
	return body
}
