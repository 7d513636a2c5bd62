package conformance

import (
	"fmt"
	"testing"
)

// ids are those of a list.
func ids(d doc) []string {
	d.t.Helper()
	out := []string{}
	for i := range d.list("executions") {
		out = append(out, d.text(fmt.Sprintf("executions.%d.execution_id", i)))
	}
	return out
}

// pagination asks for all of it.
func pagination(d doc, page, size, items, pages int, next, prev any) {
	d.t.Helper()
	d.is("pagination", o{
		"page": page, "page_size": size, "total_items": items, "total_pages": pages,
		"has_next": next != nil, "has_prev": prev != nil, "next_page": next, "prev_page": prev,
	})
}

func TestExecutionPages(t *testing.T) {
	t.Parallel()
	w := serve(t)
	t.Run("none", func(t *testing.T) {
		d := w.in(t).get(executions).want(200).keys("", "executions", "pagination").is("executions", []any{})
		pagination(d, 1, 50, 0, 0, nil, nil)
	})
	var made []string // the newest first
	for i := range 5 {
		made = append([]string{w.start(fmt.Sprint("target-", i))}, made...)
	}
	page := func(t *testing.T, query string, want ...string) doc {
		t.Helper()
		d := w.in(t).get(executions + "?" + query).want(200).doc
		if got := ids(d); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("?%s is %q, not %q", query, got, want)
		}
		return d
	}
	t.Run("defaults", func(t *testing.T) {
		d := page(t, "", made...)
		shape(d, "executions.0").is("executions.0.target_id", "target-4")
		pagination(d, 1, 50, 5, 1, nil, nil)
	})
	t.Run("first", func(t *testing.T) { pagination(page(t, "page_size=2", made[0], made[1]), 1, 2, 5, 3, 2, nil) })
	t.Run("middle", func(t *testing.T) { pagination(page(t, "page=2&page_size=2", made[2], made[3]), 2, 2, 5, 3, 3, 1) })
	t.Run("last", func(t *testing.T) { pagination(page(t, "page=3&page_size=2", made[4]), 3, 2, 5, 3, nil, 2) })
	t.Run("exactly full", func(t *testing.T) { pagination(page(t, "page_size=5", made...), 1, 5, 5, 1, nil, nil) })
	t.Run("largest", func(t *testing.T) { pagination(page(t, "page_size=100", made...), 1, 100, 5, 1, nil, nil) })
	t.Run("one each", func(t *testing.T) { pagination(page(t, "page_size=1&page=5", made[4]), 5, 1, 5, 5, nil, 4) })
	t.Run("past the end", func(t *testing.T) {
		d := page(t, "page=9&page_size=2")
		d.is("executions", []any{}).is("pagination.page", 9).is("pagination.total_items", 5).is("pagination.total_pages", 3)
		d.is("pagination.has_next", false).is("pagination.next_page", nil).is("pagination.has_prev", true).number("pagination.prev_page")
		page(t, "page=1000000000&page_size=100")
	})
	t.Run("order", func(t *testing.T) {
		page(t, "order=asc&page_size=2", made[4], made[3])
		page(t, "order=desc&sort=created_at&page_size=2", made[0], made[1])
		page(t, "order=asc&page=3&page_size=2", made[0])
	})
	t.Run("unknown parameter", func(t *testing.T) { page(t, "what=this&page_size=1", made[0]) })
}

func TestExecutionFilters(t *testing.T) {
	t.Parallel()
	w := serve(t)
	run := map[string]string{}
	for _, status := range []string{"pending", "running", "completed", "failed", "cancelled"} {
		run[status] = w.start("a")
	}
	w.report(run["running"], `{"progress":1}`)
	w.report(run["completed"], `{"status":"completed"}`)
	w.report(run["failed"], `{"status":"failed"}`)
	w.command(run["cancelled"], "cancel")
	other := w.post(executions, o{"type": "pipeline", "target_id": "b & c", "inputs": o{}}).want(202).text("execution_id")
	t.Run("status", func(t *testing.T) {
		for status, id := range run {
			d := w.in(t).get(executions + "?target_id=a&status=" + status).want(200)
			d.is("executions.0.execution_id", id).is("executions.0.status", status).is("pagination.total_items", 1)
		}
	})
	t.Run("type", func(t *testing.T) {
		w.in(t).get(executions+"?type=pipeline").want(200).is("executions.0.execution_id", other).is("pagination.total_items", 1)
		w.in(t).get(executions+"?type=agent").want(200).is("pagination.total_items", 5)
	})
	t.Run("target", func(t *testing.T) {
		w.in(t).get(executions+"?target_id=b+%26+c").want(200).is("executions.0.execution_id", other).is("pagination.total_items", 1)
		w.in(t).get(executions+"?target_id=nothing").want(200).is("pagination.total_items", 0)
	})
	t.Run("together", func(t *testing.T) {
		w.in(t).get(executions+"?type=pipeline&status=pending&target_id=b+%26+c").want(200).is("pagination.total_items", 1)
		w.in(t).get(executions+"?type=pipeline&status=failed").want(200).is("pagination.total_items", 0)
	})
	t.Run("totals are of the filter", func(t *testing.T) {
		pagination(w.in(t).get(executions+"?type=agent&page_size=2&page=2").want(200).doc, 2, 2, 5, 3, 3, 1)
	})
}

// TestExecutionListBad holds that a bad value of a parameter is 422 and named.
func TestExecutionListBad(t *testing.T) {
	t.Parallel()
	w := serve(t)
	for _, tc := range []struct{ field, value string }{
		{"page", "0"}, {"page", "-1"}, {"page", "abc"}, {"page", "1.5"}, {"page", "99999999999999999999"},
		{"page_size", "0"}, {"page_size", "101"}, {"page_size", "-5"}, {"page_size", "x"},
		{"sort", "nonsense"}, {"order", "sideways"}, {"status", "nonsense"}, {"status", "paused"}, {"status", "approval"},
		{"status", "Pending"}, {"type", "robot"}, {"type", "Agent"}, {"order", "DESC"},
	} {
		t.Run(tc.field+"="+tc.value, func(t *testing.T) {
			r := w.in(t).get(executions + "?" + tc.field + "=" + tc.value).want(422)
			r.keys("", "detail").is("detail.0.loc", []any{"query", tc.field}).text("detail.0.msg")
			r.text("detail.0.type")
		})
	}
}
