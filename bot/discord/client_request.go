package discord

import (
	"bytes"
	"encoding/json"
	"mime/multipart"
	"net/url"
	"strconv"
	"strings"
)

// request is one as it is to be made.
type request struct {
	method string
	path   string // below the base
	route  string // the path without what varies in it: errors may show it
	major  string // what the limits of the route are counted by, "" for nothing
	query  url.Values
	body   any // in JSON, nil for none
	files  []File
	open   bool // of an interaction: its token is in the path, and no limit of the bot's counts it
}

// to is a request of a route, whose names in braces are ids in their order.
func to(method, route string, ids ...string) request {
	r := request{method: method, route: route}
	rest := route
	for _, id := range ids {
		before, name, _ := strings.Cut(rest, "{")
		name, rest, _ = strings.Cut(name, "}")
		r.path += before + url.PathEscape(id)
		if name == "channel" || name == "guild" || name == "app" || name == "token" {
			r.major += "/" + id
		}
	}
	r.path += rest
	return r
}

// name is a request as errors tell of it.
func (r *request) name() string { return r.method + " " + r.route }

// written is the body of a request and its type; both are empty if it has none. What
// discordgo makes of components can always be written.
func (r *request) written() (body []byte, kind string) {
	if r.body == nil {
		return nil, ""
	}
	text, _ := json.Marshal(r.body)
	if len(r.files) == 0 {
		return text, "application/json"
	}
	var b bytes.Buffer
	parts := multipart.NewWriter(&b) // writing to memory does not fail
	_ = parts.WriteField("payload_json", string(text))
	for i, f := range r.files {
		if w, err := parts.CreateFormFile("files["+strconv.Itoa(i)+"]", f.Name); err == nil {
			_, _ = w.Write([]byte(f.Content))
		}
	}
	_ = parts.Close()
	return b.Bytes(), parts.FormDataContentType()
}
