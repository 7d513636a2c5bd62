package api

import (
	"cmp"
	"embed"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/taskherald/herald/progress"
)

// openapiFiles are the parts of the document.
//
//go:embed openapi/*.yaml
var openapiFiles embed.FS

// openapi is GET /openapi.json.
func openapi(c *call) error {
	d, err := c.described()
	if err != nil {
		return err
	}
	keep(c, "application/json", d.json)
	return nil
}

// keep answers with something that changes with the server's version only.
func keep(c *call, contentType string, body []byte) {
	c.Header("Cache-Control", "private, max-age=300")
	c.Header("X-Content-Type-Options", "nosniff")
	c.Data(http.StatusOK, contentType, body)
}

// description is the document as it is served.
type description struct {
	json []byte
	page docsTemplate
}

// describe makes the document of a table of routes, of our files and more.
func describe(routes []route, version, url string, more ...fs.FS) (*description, error) {
	doc, err := written(more...)
	if err != nil {
		return nil, err
	}
	info, _ := doc.get("info").(object)
	if version != "" {
		info = info.with("version", version)
	}
	if url == "" {
		url = "/"
	}
	doc = doc.with("info", info).with("servers", []any{object{{Key: "url", Value: url}}}).with("paths", doc.paths(routes))
	d := &description{}
	if d.json, err = doc.appendJSON(nil); err != nil {
		return nil, err
	}
	d.page, err = newDocsTemplate(d.json)
	return d, err
}

// written is the document as our files and others have it.
func written(more ...fs.FS) (object, error) {
	var doc object
	for _, files := range append([]fs.FS{openapiFiles}, more...) {
		names, err := fs.Glob(files, "openapi/*.yaml")
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			part, err := partOf(files, name)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			doc = doc.merge(doc.lengthened(part))
		}
	}
	return doc, nil
}

// partOf is the part of the document that a file has.
func partOf(files fs.FS, name string) (object, error) {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, err
	}
	var part yaml.MapSlice
	err = yaml.UnmarshalWithOptions(text, &part, yaml.UseOrderedMap())
	return object(part), err
}

// lengthened is a part of the document with the lists to which each part adds.
func (o object) lengthened(part object) object {
	for _, name := range []string{"tags", "x-tagGroups"} {
		have, _ := o.get(name).([]any)
		if add, ok := part.get(name).([]any); ok {
			part = part.with(name, slices.Concat(have, add))
		}
	}
	return part
}

// paths are those of the routes, in their order, with what the files say of
// each.
func (o object) paths(routes []route) object {
	files, _ := o.get("paths").(object)
	out := object{}
	for _, r := range routes {
		name := openPath(r.path)
		item, ok := files.get(name).(object)
		if !ok { // the routes of the verbs share two entries
			item, _ = files.get(path.Dir(name) + "/{verb}").(object)
		}
		method := strings.ToLower(r.method)
		if op, ok := item.get(method).(object); ok {
			shared := slices.DeleteFunc(slices.Clone(item), func(m yaml.MapItem) bool { return m.Key != "parameters" })
			out = out.merge(object{{Key: name, Value: shared.with(method, r.operation(op))}})
		}
	}
	return out
}

// openPath writes the parameters of a path as OpenAPI does.
func openPath(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if name, ok := strings.CutPrefix(p, ":"); ok {
			parts[i] = "{" + name + "}"
		}
	}
	return strings.Join(parts, "/")
}

// operation adds to what the files say what the table and the one wrapper of
// all routes make of it.
func (r route) operation(op object) object {
	right := r.right
	if rule, ok := progress.RuleOf(progress.Verb(r.name)); ok && rule.Wish {
		op, right = op.with("summary", sentence(rule.Does)), rule.Right
	}
	if right != 0 {
		op = op.with("x-right", right.String())
	}
	if r.open {
		op = op.with("security", []any{})
	}
	return op.with("operationId", r.name).with("responses", r.responses(op))
}

// sentence makes one of what a verb does.
func sentence(does string) string { return strings.ToUpper(does[:1]) + does[1:] + "." }

// responses are those of the files, and the refusals of call.go and kit.
func (r route) responses(op object) object {
	own, _ := op.get("responses").(object)
	var out object
	for _, m := range own {
		status, _ := m.Key.(string)
		reply, _ := own.get(status).(object)
		if reply.get("$ref") == nil {
			headers, _ := reply.get("headers").(object)
			reply = reply.with("headers", headers.with("X-Request-ID", refTo("headers", "RequestID")))
		}
		out = out.with(status, reply)
	}
	named := cmp.Or(r.face, nativeFace).refused
	for _, status := range r.refusals(op) {
		if key := strconv.Itoa(status); out.get(key) == nil {
			out = out.with(key, refTo("responses", named[status]))
		}
	}
	slices.SortFunc(out, func(a, b yaml.MapItem) int { return strings.Compare(fmt.Sprint(a.Key), fmt.Sprint(b.Key)) })
	return out
}

// refusals are those that a route of its shape may always give.
func (r route) refusals(op object) []int {
	wrong := http.StatusBadRequest
	if r.face == executionsFace {
		wrong = http.StatusUnprocessableEntity
	}
	out := []int{http.StatusInternalServerError}
	if r.slowly {
		out = append(out, http.StatusTooManyRequests)
	}
	if !r.open {
		out = append(out, http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests, http.StatusServiceUnavailable)
	}
	if op.get("requestBody") != nil {
		out = append(out, wrong, http.StatusRequestEntityTooLarge)
	}
	if op.get("parameters") != nil || strings.Contains(r.path, ":n") {
		out = append(out, wrong)
	}
	return out
}

func refTo(kind, name string) object {
	return object{{Key: "$ref", Value: "#/components/" + kind + "/" + name}}
}
