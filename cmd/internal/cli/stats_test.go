package cli_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// done makes a task of a kind and brings it to its end.
func (c *client) done(id, kind, status string) {
	c.t.Helper()
	c.post("/api/tasks", `{"id":"`+id+`","title":"`+id+`","kind":"`+kind+`","steps":[{"name":"Dump"},{"name":"Upload"}]}`)
	c.report(id, `{"step":1,"step_status":"running"}`, `{"step":1,"step_status":"completed"}`, `{"step":2,"step_status":"running"}`, `{"status":"`+status+`"}`)
}

func TestStats(t *testing.T) {
	t.Parallel()
	c := clientOf(t)
	c.want(0, "", "No run has ended yet", "stats")
	c.want(0, "", "herald run --kind", "estimate", "accuracy")
	c.want(1, "", "herald: no run of such a kind has ended", "stats", "backup/nightly")
	c.want(2, "", "name a kind; herald stats alone lists them", "stats", "")
	c.want(1, "", "herald: no run of such a kind has ended", "estimate", "accuracy", "backup/nightly")
	c.done("one", "backup/nightly", "completed")
	c.done("two", "backup/nightly", "failed")
	c.done("three", "build", "completed")
	c.want(0, "backup/nightly", "", "stats")
	c.want(0, "build", "There are more: --limit 200.\n", "stats", "--limit", "1")
	c.want(2, "", "--limit must be 1 to 200", "stats", "--limit", "0")
	c.want(0, "Failed          50%\n", "", "stats", "backup/nightly")
	c.want(0, "Dump", "", "stats", "backup/nightly")
	c.want(0, "3 runs of 2 kinds replayed", "", "estimate", "accuracy")
	c.want(0, "too few runs to say (0 questions)", "", "estimate", "accuracy", "build")

	var list struct {
		Kinds []struct{ Kind string }
		More  bool
	}
	if r := c.run("stats", "--json"); json.Unmarshal([]byte(r.stdout), &list) != nil || len(list.Kinds) != 2 || list.Kinds[0].Kind != "build" || list.More {
		t.Errorf("prints %s", r.stdout)
	}
	var kind struct {
		Runs int
		Last []struct {
			Task string `json:"task_id"`
		}
	}
	if r := c.run("stats", "backup/nightly", "--json"); json.Unmarshal([]byte(r.stdout), &kind) != nil || kind.Runs != 2 || kind.Last[0].Task != "two" {
		t.Errorf("prints %s", r.stdout)
	}
	var report struct {
		Runs  int
		First struct{ Questions int }
	}
	if r := c.run("estimate", "accuracy", "--json"); json.Unmarshal([]byte(r.stdout), &report) != nil || report.Runs != 3 || report.First.Questions != 10 {
		t.Errorf("prints %s", r.stdout)
	}
	if r := c.run("__complete", "stats", ""); !strings.Contains(r.stdout, "backup/nightly\truns: 2\n") {
		t.Errorf("completes %s", r.stdout)
	}
}
