package contract

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/gorillamux"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Contract checks what goes over the wire against the document. It may be used from
// any goroutine.
type Contract struct {
	Doc    *openapi3.T
	Router routers.Router
	Frames map[string]string // the schema of each frame's type

	mu       sync.Mutex
	compiler *jsonschema.Compiler // does each schema once, which kin-openapi does at each use
}

// New reads a document, which takes a while.
func New(document []byte) (k *Contract, err error) {
	k = &Contract{compiler: jsonschema.NewCompiler()}
	if k.Doc, err = openapi3.NewLoader().LoadFromData(document); err != nil {
		return nil, err
	}
	if k.Router, err = gorillamux.NewRouter(k.Doc); err != nil {
		return nil, err
	}
	plain, err := jsonschema.UnmarshalJSON(bytes.NewReader(document))
	if err != nil {
		return nil, err
	}
	k.compiler.DefaultDraft(jsonschema.Draft2020)
	k.compiler.AssertFormat()
	k.Frames = map[string]string{}
	for _, one := range k.Doc.Components.Schemas["Frame"].Value.OneOf {
		kind, _ := one.Value.Properties["type"].Value.Const.(string)
		k.Frames[kind] = strings.TrimPrefix(one.Ref, "#")
	}
	return k, k.compiler.AddResource("openapi.json", plain)
}

// Exchange is a request, and its answer.
type Exchange struct {
	Req  *http.Request // its body is Sent
	Sent []byte
	Res  *http.Response // its body is Got
	Got  []byte
	Lax  bool // the request is not as the document wants it
}

// Check says in what an exchange differs from the document. A request that was
// not refused must be as the document wants it.
func (k *Contract) Check(x Exchange) error {
	r, params, err := k.Router.FindRoute(x.Req)
	if err != nil {
		return fmt.Errorf("the path is not in the document: %w", err)
	}
	in := &openapi3filter.RequestValidationInput{Request: x.Req, PathParams: params, Route: r, Options: &openapi3filter.Options{
		AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, SkipSettingDefaults: true,
		ExcludeRequestBody: true, ExcludeResponseBody: true, IncludeResponseStatus: true,
	}}
	if x.Res.StatusCode < http.StatusBadRequest && !x.Lax {
		if err := k.request(in, x.Sent); err != nil {
			return fmt.Errorf("a request was taken that the document does not have: %w", err)
		}
	}
	out := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: x.Res.StatusCode, Header: x.Res.Header, Options: in.Options,
	}
	if err := openapi3filter.ValidateResponse(context.Background(), out); err != nil {
		return err
	}
	return k.reply(r, x)
}

func (k *Contract) request(in *openapi3filter.RequestValidationInput, body []byte) error {
	if err := openapi3filter.ValidateRequest(context.Background(), in); err != nil {
		return err
	}
	ref := in.Route.Operation.RequestBody
	if ref == nil || (len(body) == 0 && !ref.Value.Required) {
		return nil
	}
	at := Pointer("paths", in.Route.Path, strings.ToLower(in.Route.Method), "requestBody")
	return k.body(at, ref.Value.Content, in.Request.Header.Get("Content-Type"), withoutNulls(body))
}

// withoutNulls takes the fields away that are null: they are as good as absent.
func withoutNulls(body []byte) []byte {
	var v any
	if json.Unmarshal(body, &v) != nil {
		return body
	}
	dropNulls(v)
	out, err := json.Marshal(v)
	if err != nil {
		return body
	}
	return out
}

func dropNulls(v any) {
	switch v := v.(type) {
	case map[string]any:
		maps.DeleteFunc(v, func(_ string, inner any) bool { return inner == nil })
		for _, inner := range v {
			dropNulls(inner)
		}
	case []any:
		for _, inner := range v {
			dropNulls(inner)
		}
	}
}

func (k *Contract) reply(r *routers.Route, x Exchange) error {
	status := strconv.Itoa(x.Res.StatusCode)
	ref := r.Operation.Responses.Value(status)
	if len(ref.Value.Content) == 0 {
		if len(x.Got) > 0 {
			return fmt.Errorf("the answer has a body: %q", x.Got)
		}
		return nil
	}
	at := Pointer("paths", r.Path, strings.ToLower(r.Method), "responses", status)
	if ref.Ref != "" {
		at = strings.TrimPrefix(ref.Ref, "#")
	}
	if err := k.body(at, ref.Value.Content, x.Res.Header.Get("Content-Type"), x.Got); err != nil {
		return err
	}
	return sameStatus(x)
}

// sameStatus holds that a problem document has the status that it came with.
func sameStatus(x Exchange) error {
	var p struct{ Status int }
	if x.Res.StatusCode < http.StatusBadRequest || x.Res.Header.Get("Content-Type") != "application/problem+json" {
		return nil
	}
	if err := json.Unmarshal(x.Got, &p); err != nil || p.Status != x.Res.StatusCode {
		return fmt.Errorf("a problem says that the status is %d", p.Status)
	}
	return nil
}

// body checks a body; at is where its content stands in the document.
func (k *Contract) body(at string, content openapi3.Content, contentType string, body []byte) error {
	name, _, err := mime.ParseMediaType(contentType)
	if err != nil || content[name] == nil {
		return fmt.Errorf("the content type %q is not in the document", contentType)
	}
	at += Pointer("content", name, "schema")
	switch name {
	case "text/html", "text/plain", "text/javascript":
		return nil
	case "text/event-stream":
		return k.Stream(body)
	case "application/x-ndjson":
		for line := range bytes.Lines(body) {
			if line = bytes.TrimSpace(line); len(line) > 0 {
				if err := k.Value(at, line); err != nil {
					return err
				}
			}
		}
		return nil
	}
	return k.Value(at, body)
}

// Stream checks the frames of an event stream.
func (k *Contract) Stream(body []byte) error {
	for block := range strings.SplitSeq(string(body), "\n\n") {
		var event, data string
		for line := range strings.Lines(block) {
			name, value, _ := strings.Cut(strings.TrimRight(line, "\n"), ": ")
			switch name {
			case "event":
				event = value
			case "data":
				data += value
			}
		}
		if data == "" {
			continue
		}
		if err := k.Frame([]byte(data)); err != nil {
			return err
		}
		if !strings.Contains(data, `"type":"`+event+`"`) {
			return fmt.Errorf("a stream calls a frame %q: %s", event, data)
		}
	}
	return nil
}

// Frame checks a frame of a socket or a stream.
func (k *Contract) Frame(f []byte) error {
	var head struct{ Type string }
	if err := json.Unmarshal(f, &head); err != nil {
		return fmt.Errorf("a frame is no JSON: %w", err)
	}
	at, ok := k.Frames[head.Type]
	if !ok {
		return fmt.Errorf("there is no frame %q in the document", head.Type)
	}
	return k.Value(at, f)
}

// Value checks a JSON value against the schema at a place of the document.
func (k *Contract) Value(at string, value []byte) error {
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(value))
	if err != nil {
		return fmt.Errorf("it is no JSON: %w", err)
	}
	k.mu.Lock()
	schema, err := k.compiler.Compile("openapi.json#" + at)
	k.mu.Unlock()
	if err != nil {
		return err
	}
	return schema.Validate(v)
}

// Pointer is a place in a JSON document.
func Pointer(names ...string) string {
	var out strings.Builder
	for _, n := range names {
		out.WriteString("/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(n))
	}
	return out.String()
}
