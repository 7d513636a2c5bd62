package api

import (
	"context"
	"strings"
	"testing"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/api/socketio/siotest"
)

// TestExecutionThatIsRetriedHasNotStarted is a watcher of an execution that is
// tried again: as long as no worker has taken it, it has not started.
func TestExecutionThatIsRetriedHasNotStarted(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	id := s.start(t, "x")
	s.report(t, id, `{"step":"one","step_progress":40}`)
	s.report(t, id, `{"step":"one","step_status":"failed"}`)
	s.do(t, s.token, "POST", "/api/tasks/"+id+"/steps/1/retry", nil).want(200)
	conn, _ := s.dial(t, s.token, executions+"/"+id+"/progress/ws")
	s.executionFrame(t, conn).is("type", "status").is("status", "pending")
	stall := progress.Command{Task: progress.TaskID(id), By: progress.Timer(), Via: progress.ViaTimer, Do: progress.Stall{Cause: progress.CauseNoWorker, Reason: progress.NoWorker}}
	if _, err := s.api.Engine.Execute(t.Context(), stall); err != nil {
		t.Fatal(err)
	}
	s.do(t, s.token, "POST", executions+"/"+id+"/cancel", nil).want(200)
	s.executionFrame(t, conn).is("type", "cancelled")
}

// TestWatchersHearEveryReport holds that watchers are told of each report of the
// workflows face, though it changes nothing: on its own sessions, and on tasks
// of other faces.
func TestWatchersHearEveryReport(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	s.do(t, s.token, "POST", "/api/tasks", `{"id":"job","title":"Job","kind":"build"}`).want(201)
	c, err := siotest.Dial(t.Context(), s.URL, siotest.Options{Auth: map[string]string{"token": s.token}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Drop)
	for _, name := range []string{"job", "session"} {
		for range 2 {
			s.flowed(t, s.token, `{"session_id":"`+name+`","workflow_type":"build","step":"Compile","progress":40}`).want(200)
			s.do(t, s.token, "POST", "/api/workflows/callback/state", `{"flow":"build","flow_run":"`+name+`","state":"Retrying"}`).want(200)
		}
		for i := range 4 {
			got, args, err := c.Next(soonish(t))
			if want := []string{"workflow:progress:build", "workflow:state:build"}[i%2]; err != nil || got != want || !strings.Contains(string(args[0]), `"`+name+`"`) {
				t.Fatalf("event %d of %s is %s %s, %v", i, name, got, args, err)
			}
		}
	}
}

func soonish(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patienceRecheck)
	t.Cleanup(cancel)
	return ctx
}

// TestWorkflowWordsThatAreTooMuch holds that the last word of a session counts,
// however much it says of why it failed, that a title which cannot be one does no
// harm, and that what is refused is named as the reporter names it.
func TestWorkflowWordsThatAreTooMuch(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	state := func(run, more string) reply {
		return s.outside(t, s.token, "POST", "/api/workflows/callback/state", `{"flow":"crm","flow_run":"`+run+`","state":"Failed",`+more+`}`)
	}
	long := strings.Repeat("é", 30_000)
	for run, result := range map[string]string{"text": `"` + long + `"`, "object": `{"error":"` + long + `"}`, "nul": `"a\u0000b"`} {
		state(run, `"result":`+result).want(200)
		s.do(t, s.token, "GET", "/api/tasks?kind=crm&label=session_id:"+run, nil).want(200).is("tasks.0.status", "failed").is("tasks.0.error.type", "Failed")
	}
	state("r", `"user_id":"`+long[:2*201]+`"`).want(413).is("error", "user_id: is 201 characters long; at most 200 are taken")
	state("r", `"user_id":"a\u0000b"`).want(400).is("error", "user_id: must be a text without NUL")
	s.outside(t, s.token, "POST", "/api/workflows/progress", `{"session_id":"s","workflow_type":"a\u0000b","step":"x","progress":1}`).want(400).is("error", "workflow_type: must be a text without NUL")
	for session, title := range map[string]string{"blank": `" "`, "nul": `"a\u0000b"`, "number": `7`} {
		s.flowed(t, s.token, `{"session_id":"`+session+`","workflow_type":"titled","step":"x","progress":1,"metadata":{"title":`+title+`}}`).want(200)
		s.do(t, s.token, "GET", "/api/tasks?label=session_id:"+session, nil).want(200).is("tasks.0.title", "titled")
	}
}
