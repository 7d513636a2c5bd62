package slackfake

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
)

// args are the arguments of a call, however they were sent: texts as they are,
// anything else as its JSON.
type args map[string]string

func (a args) flag(name string) bool { return a[name] == "true" || a[name] == "1" }

// num reads a number; what is none is the default.
func (a args) num(name string, otherwise int) int {
	n, err := strconv.Atoi(a[name])
	if err != nil {
		return otherwise
	}
	return n
}

// list reads a list whose parts are separated by commas.
func (a args) list(name string) []string {
	if a[name] == "" {
		return nil
	}
	return strings.Split(a[name], ",")
}

// asked is what came: arguments, a token, and what Slack would warn of.
type asked struct {
	args    args
	token   string
	json    bool
	warning string
}

// read takes a request apart. A token counts in the header, or in a form in the body:
// one in the address or in JSON does not.
func read(r *http.Request) (asked, *refusal) {
	a := asked{args: args{}}
	a.token, _ = strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	for name, values := range r.URL.Query() {
		if name != "token" {
			a.args[name] = values[0]
		}
	}
	if r.Method == http.MethodGet {
		return a, nil
	}
	kind, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	switch {
	case r.Header.Get("Content-Type") == "" && r.ContentLength == 0:
		return a, nil
	case r.Header.Get("Content-Type") == "":
		return a, no("missing_post_type")
	case err != nil:
		return a, no("invalid_post_type")
	}
	switch kind {
	case "application/json":
		a.json = true
		if params["charset"] == "" {
			a.warning = "missing_charset"
		}
		return a, a.readJSON(r.Body)
	case "application/x-www-form-urlencoded", "multipart/form-data":
		return a, a.readForm(r)
	}
	return a, no("invalid_post_type")
}

func (a *asked) readForm(r *http.Request) *refusal {
	if err := r.ParseMultipartForm(1 << 20); err != nil && r.PostForm == nil {
		return no("invalid_form_data")
	}
	for name, values := range r.PostForm {
		if name == "token" && a.token == "" {
			a.token = values[0]
		} else if name != "token" {
			a.args[name] = values[0]
		}
	}
	return nil
}

func (a *asked) readJSON(body io.Reader) *refusal {
	text, err := io.ReadAll(body)
	if err != nil || !json.Valid(text) && len(bytes.TrimSpace(text)) > 0 {
		return no("invalid_json")
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return nil
	}
	return a.args.object(text)
}

// object reads a JSON object.
func (a args) object(text []byte) *refusal {
	var object map[string]json.RawMessage
	if json.Unmarshal(text, &object) != nil {
		return no("json_not_object")
	}
	for name, value := range object {
		if string(value) == "null" {
			continue
		}
		var s string
		if json.Unmarshal(value, &s) != nil {
			s = string(value)
		}
		a[name] = s
	}
	return nil
}
