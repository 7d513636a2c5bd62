package api

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/api/socketio/siotest"
)

// smokeFaces calls the routes of the other faces.
func smokeFaces(t *testing.T, s *testServer) {
	ci := s.person(t, "ci", access.RoleOperator, nil)
	s.do(t, ci, "POST", "/api/workflows/progress", `{"session_id":"s-1","workflow_type":"crm","step":"Load","progress":0}`).want(200).
		is("success", true).is("event", "workflow:progress:crm")
	s.do(t, ci, "POST", "/api/workflows/callback/progress", `{"flow":"crm","flow_run":"s-1","status":"Save","progress":10,"message":"1 of 10","user_id":"ann"}`).want(200).
		is("success", true)
	s.do(t, ci, "POST", "/api/workflows/callback/state", `{"flow":"crm","flow_run":"s-1","state":"COMPLETED","result":{"url":"x"}}`).want(200)
	s.do(t, ci, "GET", "/api/tasks?kind=crm", nil).want(200).
		is("tasks.0.status", "completed").is("tasks.0.session_id", "s-1").is("tasks.0.steps.1.name", "Save").is("tasks.0.result.url", "x")
	s.outside(t, ci, "POST", "/api/workflows/progress", `{"session_id":"s-1","workflow_type":"crm","step":"Load","progress":1}`).want(409).is("success", false)

	id := progress.SessionID("crm", "s-1")
	conn, _ := s.dial(t, ci, "/api/v1/executions/"+string(id)+"/progress/ws")
	s.executionFrame(t, conn).is("type", "status").is("status", "completed").is("progress.current_step", 2)
	s.executionFrame(t, conn).is("type", "completed").is("outputs.url", "x")
}

// smokeSocketIO connects as a client of the workflows face does.
func smokeSocketIO(t *testing.T, s *testServer) {
	ann := s.person(t, "ann", access.RoleOperator, nil)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	c, err := siotest.Dial(ctx, s.URL, siotest.Options{Transport: siotest.Upgrade, Auth: map[string]string{"token": ann}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if ack, err := c.Emit(ctx, watchEvent, watch{Session: "s-2"}); err != nil || string(ack[0]) != `{"success":true}` {
		t.Fatalf("%s, %v", ack, err)
	}
	s.do(t, ann, "POST", "/api/workflows/progress", `{"session_id":"s-1b","workflow_type":"crm","step":"Load","progress":1}`).want(200)
	s.do(t, ann, "POST", "/api/workflows/progress", `{"session_id":"s-2","workflow_type":"crm","step":"Load","progress":40,"metadata":{"n":1}}`).want(200)
	name, args, err := c.Next(ctx)
	if err != nil || name != "workflow:progress:crm" || string(args[0]) != `{"session_id":"s-2","step":"Load","progress":40,"workflow_type":"crm","metadata":{"n":1}}` {
		t.Fatalf("%s %s, %v", name, args, err)
	}
	s.lax(t, ann, "GET", "/socket.io/?EIO=3&transport=polling", nil).want(400).is("code", 5)
	sid := s.lax(t, "", "GET", "/socket.io/?EIO=4&transport=polling", nil).want(200)
	var open struct{ Sid string }
	if err := json.Unmarshal(sid.body[1:], &open); err != nil {
		t.Fatal(err)
	}
	s.do(t, "", "POST", "/socket.io/?EIO=4&transport=polling&sid="+open.Sid, `40{"token":"none"}`, "Content-Type: text/plain").want(200)
	if r := s.do(t, "", "GET", "/socket.io/?EIO=4&transport=polling&sid="+open.Sid, nil).want(200); !strings.HasPrefix(string(r.body), "44{") {
		t.Errorf("it is let in: %s", r.body)
	}
}
