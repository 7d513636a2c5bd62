package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/api/kit"
)

// visitor is a guest that says what it was told of a call.
func visitor() kit.Guest {
	return kit.Guest{
		Routes: []kit.Route{
			{Method: http.MethodPost, Path: "/api/visits/:id", Name: "visit", Right: progress.MayOperate, Do: visit},
			{Method: http.MethodDelete, Path: "/api/visits/:id", Name: "leave", Do: func(c *kit.Call) error { c.Done(); return nil }},
		},
		Described: fstest.MapFS{"openapi/visits.yaml": {Data: []byte(`
tags: [{name: Visits, description: Coming and going.}]
x-tagGroups: [{name: Guests, tags: [Visits]}]
paths:
  /api/visits/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}, example: a}]
    post:
      tags: [Visits]
      summary: Visit.
      responses: {'200': {description: Who came.}}
    delete:
      tags: [Visits]
      summary: Leave.
      responses: {'204': {description: Gone.}}
`)}},
	}
}

func visit(c *kit.Call) error {
	var body struct{ Word string }
	if err := c.Bind(&body); err != nil {
		return err
	}
	q := c.Query()
	n := q.Number("n")
	if q.Err() != nil {
		return q.Err()
	}
	if body.Word == "panic" {
		panic("a guest falls")
	}
	c.Reply(http.StatusOK, map[string]any{"who": c.Who.Person, "id": c.Param("id"), "word": body.Word, "n": n})
	return c.Ctx().Err()
}

// TestGuests holds that a guest's routes are treated as our own.
func TestGuests(t *testing.T) {
	t.Parallel()
	s := newServer(t, func(o *setup) {
		o.api.Guests, o.api.Body = []kit.Guest{visitor()}, 100
	})
	ann := s.person(t, "ann", access.RoleMember, nil)
	r := s.outside(t, ann, "POST", "/api/visits/a%2Fb?n=7", `{"word":"hello"}`, "X-Request-ID: mine").want(200)
	r.is("who", "ann").is("id", "a/b").is("word", "hello").is("n", 7)
	if h := r.header; h.Get("X-Request-ID") != "mine" || h.Get("Cache-Control") != "no-store" || h.Get("Content-Type") != "application/json" {
		t.Errorf("headers %v", h)
	}
	s.outside(t, ann, "DELETE", "/api/visits/a", nil).want(204)
	for _, refused := range []struct {
		status            int
		token, path, body string
	}{
		{401, "", "/api/visits/a", ""},
		{403, s.person(t, "ann", access.RoleMember, nil, "read"), "/api/visits/a", ""},
		{400, ann, "/api/visits/a?n=x", ""},
		{400, ann, "/api/visits/a", "{"},
		{413, ann, "/api/visits/a", `{"word":"` + strings.Repeat("x", 100) + `"}`},
		{500, ann, "/api/visits/a", `{"word":"panic"}`},
	} {
		if p := s.outside(t, refused.token, "POST", refused.path, refused.body).want(refused.status).problem(); p.Detail == "" {
			t.Errorf("%d says nothing", refused.status)
		}
	}
	s.outside(t, ann, "GET", "/api/visits/a", nil).want(405)
	if m := s.outside(t, s.token, "GET", "/metrics", nil).want(200); !bytes.Contains(m.body, []byte(`route="visit"`)) {
		t.Error("the metrics do not have the route")
	}
	if page := s.outside(t, "", "GET", "/docs", nil).want(200); !bytes.Contains(page.body, []byte("Coming and going.")) {
		t.Error("the page does not have it")
	}
}

// TestGuestsAreDescribed holds that the document has a guest's routes after our
// own, with what every route has.
func TestGuestsAreDescribed(t *testing.T) {
	t.Parallel()
	s := newServer(t, func(o *setup) { o.api.Guests = []kit.Guest{visitor()} })
	var doc struct {
		Tags   []struct{ Name string }
		Groups []struct{ Name string } `json:"x-tagGroups"`
		Paths  map[string]struct {
			Post, Delete struct {
				ID        string         `json:"operationId"`
				Right     string         `json:"x-right"`
				Responses map[string]any `json:"responses"`
			}
		}
	}
	if err := json.Unmarshal(s.outside(t, "", "GET", "/openapi.json", nil).want(200).body, &doc); err != nil {
		t.Fatal(err)
	}
	op := doc.Paths["/api/visits/{id}"].Post
	if op.ID != "visit" || op.Right != "operate" || op.Responses["401"] == nil || op.Responses["429"] == nil {
		t.Errorf("%+v", op)
	}
	if doc.Paths["/api/visits/{id}"].Delete.ID != "leave" || doc.Paths["/api/tasks"].Post.ID != "createTask" {
		t.Error("an operation is missing")
	}
	if doc.Tags[0].Name != "Tasks" || doc.Tags[len(doc.Tags)-1].Name != "Visits" || doc.Groups[len(doc.Groups)-1].Name != "Guests" {
		t.Errorf("%v, %v", doc.Tags, doc.Groups)
	}
}
