package discordfake

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strings"
)

// The bounds of what is sent.
const (
	mostFiles = 10
	mostBytes = 10 << 20 // of files, in a server that nobody pays for
)

// args are the fields of a body.
type args map[string]json.RawMessage

func (a args) text() string {
	if a == nil {
		return ""
	}
	text, err := json.Marshal(a)
	if err != nil {
		panic(err) // it was read from JSON
	}
	return string(text)
}

// null tells whether a field is there and says that there is nothing.
func (a args) null(name string) bool { return string(bytes.TrimSpace(a[name])) == "null" }

// has tells whether a field is there and says something.
func (a args) has(name string) bool { return a[name] != nil && !a.null(name) }

// into reads a field, if it is there.
func (a args) into(name string, v any) *refusal {
	if !a.has(name) {
		return nil
	}
	if json.Unmarshal(a[name], v) != nil {
		return wrong(name, "BASE_TYPE_INVALID", "This field has another type.")
	}
	return nil
}

// readBody reads the body of a call: JSON, or JSON and files.
func readBody(c *call) *refusal {
	kind, params, _ := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	switch {
	case c.r.Method == http.MethodGet || c.r.Method == http.MethodDelete:
		return nil
	case kind == "multipart/form-data":
		return readParts(c, multipart.NewReader(c.r.Body, params["boundary"]))
	case kind != "application/json":
		_, err := io.Copy(io.Discard, c.r.Body)
		if err == nil && c.r.ContentLength == 0 {
			return nil
		}
		return wrong("", "CONTENT_TYPE_INVALID", "Expected \"Content-Type\" header to be one of {'application/json'}.")
	}
	body, err := io.ReadAll(c.r.Body)
	if err != nil {
		return no(http.StatusBadRequest, 0, "400: Bad Request")
	}
	return readJSON(c, body)
}

// readJSON reads an object; a list stands under "" of it.
func readJSON(c *call, body []byte) *refusal {
	c.args = args{}
	if text := bytes.TrimSpace(body); len(text) > 0 && text[0] == '[' && json.Valid(text) {
		c.args[""] = text
		return nil
	}
	if json.Unmarshal(body, &c.args) != nil {
		return no(http.StatusBadRequest, 50109, "The request body contains invalid JSON.")
	}
	return nil
}

// readParts reads a form of files[n] and a payload_json.
func readParts(c *call, form *multipart.Reader) *refusal {
	c.files = map[string]File{}
	size := 0
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return no(http.StatusBadRequest, 50109, "The request body contains invalid multipart.")
		}
		text, err := io.ReadAll(part)
		if err != nil {
			return no(http.StatusBadRequest, 0, "400: Bad Request")
		}
		name := part.FormName()
		n, isFile := strings.CutPrefix(name, "files[")
		switch {
		case name == "payload_json":
			if bad := readJSON(c, text); bad != nil {
				return bad
			}
		case isFile:
			size += len(text)
			c.files[strings.TrimSuffix(n, "]")] = File{Name: part.FileName(), Content: string(text)}
		}
	}
	if size > mostBytes {
		return no(http.StatusRequestEntityTooLarge, 40005, "Request entity too large")
	}
	if len(c.files) > mostFiles {
		return wrong("files", "BASE_TYPE_BAD_LENGTH", "Must be between 0 and 10 in length.")
	}
	return nil
}
