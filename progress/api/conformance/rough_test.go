package conformance

import (
	"maps"
	"net/url"
	"testing"
)

// odd are values that no field is meant for.
var odd = []any{
	nil, true, 0, -1, 1.5, 1e300, "", " ", "x", "\u0000", "0", "NaN", []any{}, []any{nil}, o{}, o{"": nil}, []any{[]any{[]any{}}},
	o{"type": "agent"}, "../../etc/passwd", "'; DROP TABLE tasks; --", "\u202e", "{{.}}",
}

// TestNeverOurFault holds that whatever stands in a field, the answer is never a
// 5xx, and is in the face's form.
func TestNeverOurFault(t *testing.T) {
	t.Parallel()
	w := serve(t)
	for path, good := range map[string]o{
		executions:             whole(),
		workflows:              flowing(),
		callbacks + "progress": {"flow": "f", "flow_run": "r", "status": "s", "progress": 5, "message": "m", "user_id": "u"},
		callbacks + "state":    {"flow": "f", "flow_run": "r", "state": "Running", "user_id": "u", "result": o{}},
	} {
		t.Run(path, func(t *testing.T) {
			c := w.in(t)
			for name := range good {
				for _, v := range odd {
					b := maps.Clone(good)
					b[name] = v
					proper(c.post(path, b), path == executions)
				}
			}
			for _, v := range odd {
				proper(c.post(path, jsonText(v)), path == executions)
			}
		})
	}
	t.Run("lists", func(t *testing.T) {
		c := w.in(t)
		for _, name := range []string{"page", "page_size", "sort", "order", "status", "type", "target_id"} {
			for _, v := range []string{"", " ", "null", "NaN", "1e3", "0x1", "\x00", "%", "running,failed", "true", "[]", "' OR 1=1 --"} {
				proper(c.get(executions+"?"+name+"="+url.QueryEscape(v)), true)
				proper(c.get(executions+"?"+name+"="+url.QueryEscape(v)+"&"+name+"=1"), true)
			}
		}
	})
	t.Run("ids", func(t *testing.T) {
		c := w.in(t)
		for _, id := range []string{"%00", "..%2f..", "%20", "%ff", "%F0%9F%98%80", "exec_", "EXEC_0123456789AB", "null", "undefined"} {
			for _, path := range []string{"", "/progress"} {
				c.get(executions + "/" + id + path).want(404)
			}
			c.post(executions+"/"+id+"/cancel", nil).want(404)
		}
	})
}

// proper asks for an answer that blames nobody but the caller.
func proper(r reply, execution bool) {
	r.t.Helper()
	_, detail := r.look("detail")
	_, failed := r.look("error")
	switch {
	case r.status >= 500:
		r.t.Errorf("%s answered %d: %s", r.asked, r.status, r.raw)
	case r.status >= 400 && execution && !detail, r.status >= 400 && !execution && !failed:
		r.t.Errorf("%s answered %d in another form: %s", r.asked, r.status, r.raw)
	case r.status == 400 && execution, r.status == 422 && !execution, r.status == 404:
		r.t.Errorf("%s answered %d, which is another face's: %s", r.asked, r.status, r.raw)
	}
}
