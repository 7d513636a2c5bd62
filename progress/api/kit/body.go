package kit

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/taskherald/herald/progress"
)

// Read returns the body of a request, at most limit bytes. TooLarge beyond.
func Read(w http.ResponseWriter, r *http.Request, limit int64) ([]byte, error) {
	if enc := r.Header.Get("Content-Encoding"); enc != "" && enc != "identity" {
		return nil, Invalid("Content-Encoding", "%q is not read; send the body plain", enc)
	}
	if r.ContentLength > limit {
		return nil, tooLarge(limit)
	}
	var buf bytes.Buffer
	if r.ContentLength > 0 {
		buf.Grow(int(min(r.ContentLength, trusted)) + bytes.MinRead)
	}
	if _, err := buf.ReadFrom(http.MaxBytesReader(w, r.Body, limit)); err != nil {
		return nil, BodyError(err)
	}
	return buf.Bytes(), nil
}

// trusted is how many bytes are made room for on the caller's word alone.
const trusted = 16 << 10

// BodyError is what is said of a body that could not be read.
func BodyError(err error) error {
	if e, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLarge(e.Limit)
	}
	return &progress.Error{Code: progress.Invalid, Field: "body", Say: "broke off before its end", Err: err}
}

func tooLarge(limit int64) error {
	return &progress.Error{Code: progress.TooLarge, Field: "body", Say: fmt.Sprintf("is larger than %d bytes", limit)}
}

// Decode reads one JSON document into v. Unknown fields are ignored; what is
// malformed or of a wrong type is Invalid with the field's name. An empty body
// says nothing and leaves v as it is.
func Decode(body []byte, v any) error {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil
	}
	if err := json.Unmarshal(body, v); err != nil {
		return jsonError(err, body, v)
	}
	if !utf8.Valid(body) {
		return Invalid("body", "must be UTF-8")
	}
	return nil
}

// jsonError names the field and what was expected there.
func jsonError(err error, body []byte, v any) error {
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		field := jsonName(e.Field, reflect.TypeOf(v).Elem())
		if field == "" {
			field = "body"
		}
		return Invalid(field, "must be %s, not %s", expected(e), e.Value)
	}
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		line, col := place(body, e.Offset)
		return Invalid("body", "is not valid JSON: %s (line %d, column %d)", strings.TrimPrefix(e.Error(), "json: "), line, col)
	}
	if e, ok := errors.AsType[*progress.Error](err); ok {
		return e
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return Invalid("body", "is not valid JSON: it ends too early")
	}
	return &progress.Error{Code: progress.Invalid, Field: "body", Say: "is not what is expected here", Err: err}
}

// jsonName is a path of JSON names: encoding/json puts those of embedded structs
// before them.
func jsonName(path string, t reflect.Type) string {
	for t.Kind() == reflect.Struct {
		head, rest, _ := strings.Cut(path, ".")
		f, ok := t.FieldByName(head)
		if !ok || !f.Anonymous {
			break
		}
		path, t = rest, f.Type
	}
	return path
}

// expected is the JSON type that a Go type stands for.
func expected(e *json.UnmarshalTypeError) string {
	if e.Type == reflect.TypeFor[time.Time]() {
		return "a time like 2026-01-31T12:00:00Z"
	}
	switch k := e.Type.Kind().String(); {
	case strings.HasPrefix(k, "int"), strings.HasPrefix(k, "uint"):
		return "a whole number"
	case strings.HasPrefix(k, "float"):
		return "a number"
	case k == "bool":
		return "true or false"
	case k == "slice", k == "array":
		return "a list"
	case k == "struct", k == "map":
		return "an object"
	}
	return "a text"
}

// place is the line and column of an offset.
func place(body []byte, offset int64) (line, col int) {
	before := body[:min(max(offset-1, 0), int64(len(body)))]
	return 1 + bytes.Count(before, []byte("\n")), len(before) - bytes.LastIndexByte(before, '\n')
}

// Invalid is an error about a field of a request.
func Invalid(field, format string, args ...any) error {
	return &progress.Error{Code: progress.Invalid, Field: field, Say: fmt.Sprintf(format, args...)}
}

// Over is an error about a field of a request that is longer, or more, than it may be.
func Over(field, format string, args ...any) error {
	return &progress.Error{Code: progress.TooLarge, Field: field, Say: fmt.Sprintf(format, args...)}
}

// Short refuses a text of a field that has more than so many characters, and one that no
// database keeps.
func Short(field, text string, most int) error {
	switch {
	case !utf8.ValidString(text) || strings.ContainsRune(text, 0):
		return Invalid(field, "must be UTF-8 text without NUL")
	case utf8.RuneCountInString(text) > most:
		return Over(field, "must have at most %d characters", most)
	}
	return nil
}
