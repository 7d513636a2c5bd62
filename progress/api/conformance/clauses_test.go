package conformance

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// clause is one thing that is promised, and the tests that would fail without
// it. One that no test can hold here says who does.
type clause struct {
	id, says string
	tests    []string // Test, or Test/subtest where its name is written out
	because  string   // no test is here
}

func held(id, says string, tests ...string) clause { return clause{id: id, says: says, tests: tests} }

// clauses are all: of both faces (C), of the executions (E), of their socket (S),
// of the workflows (W), of Socket.IO (I), of the one state (O).
var clauses = slices.Concat(commonClauses, executionClauses, socketClauses, workflowClauses, eventClauses, stateClauses)

var commonClauses = []clause{
	held("C1", "UTF-8 JSON", "TestCommonHeaders", "TestCommonUTF8"),
	held("C2", "times are RFC 3339 in UTC with milliseconds", "TestExecutionStart/accepted", "TestExecutionGet/completed", "TestExecutionGet/failed",
		"TestExecutionCancel/pending", "TestSocketLife/completed", "TestSocketUnknown"),
	held("C3", "unknown request fields are ignored", "TestExecutionStart/unknown fields", "TestExecutionCancel/with a body",
		"TestWorkflowReport/unknown fields", "TestWorkflowCallbacks/progress", "TestExecutionPages/unknown parameter"),
	held("C4", "an unknown id is 404", "TestExecutionGet/unknown", "TestExecutionProgress/unknown", "TestExecutionCancel/unknown", "TestCommonUnknownPath"),
	held("C5", "malformed JSON, or a value out of range: 400 that names the field, 422 on the executions", "TestExecutionStartBad",
		"TestExecutionStartMalformed", "TestExecutionListBad", "TestWorkflowBad", "TestWorkflowMalformed", "TestWorkflowCallbacksBad"),
	held("C6", "a wrong state is 409, 400 where stated", "TestExecutionCancel/cancelled", "TestExecutionCancel/completed",
		"TestExecutionCancel/failed", "TestExecutionCancel/at once by many", "TestWorkflowEnded"),
	held("C7", "no or a bad credential is 401", "TestCommonCredentials/none or bad", "TestSocketCredentials", "TestSocketIOCredentials"),
	held("C8", "not allowed is 403", "TestExecutionWithoutRight", "TestWorkflowWithoutRight", "TestSocketCredentials",
		"TestSocketIOCredentials/no right to read"),
	held("C9", "too fast is 429 with Retry-After", "TestTooFast"),
	held("C10", "too large is 413", "TestCommonLarge"),
	held("C11", "every reply carries X-Request-ID", "TestCommonHeaders"),
	held("C12", "the same Idempotency-Key of the same credential on the same route gets the same reply", "TestCommonKeys/same reply",
		"TestCommonKeys/another credential", "TestCommonKeys/cancel", "TestCommonKeys/at once"),
	held("C13", "the same key with another body is 409", "TestCommonKeys/another body", "TestCommonKeys/cancel"),
	held("C14", "a report that comes again under a key is answered the same", "TestCommonKeys/of reports"),
	held("C15", "a credential is a bearer token, the session cookie, a subprotocol or auth.token", "TestCommonCredentials/session cookie",
		"TestSocketCredentials", "TestSocketIOCredentials/session cookie", "TestEvents"),
	held("C16", "a credential is never a query string", "TestCommonCredentials/never a query", "TestSocketCredentials", "TestSocketIOCredentials/a query is none"),
	held("C17", "the open mode takes calls without credentials", "TestOpenMode"),
	held("C18", "whoever may not see a task is told that there is none", "TestExecutionUnseen", "TestEventsPrivate"),
	held("C20", "whatever is sent, the answer is never a 5xx", "TestNeverOurFault"),
	held("C21", "a credential that is taken away ends what it opened", "TestRevoked"),
	held("C22", "the cookie counts from this origin alone", "TestForeignOrigin"),
	held("C19", "many at once get good answers", "TestCommonRace", "TestWorkflowSteps/at once by many"),
}

var executionClauses = []clause{
	held("E1", "POST /executions is 202 {execution_id, status: pending, message, status_url, created_at}", "TestExecutionStart/accepted"),
	held("E2", "the id is exec_ and 12 hex", "TestExecutionStart/accepted", "TestExecutionStart/ids differ"),
	held("E3", "status_url leads to the execution", "TestExecutionStart/status url"),
	held("E4", "type is agent or pipeline", "TestExecutionStart/both types", "TestExecutionStartBad"),
	held("E5", "type, target_id and inputs are required", "TestExecutionStartBad"),
	held("E6", "inputs is an object", "TestExecutionStart/empty inputs", "TestExecutionStartBad"),
	held("E7", "config and callback_url are optional", "TestExecutionStart/optional fields"),
	held("E8", "422 is {detail: [{loc, msg, type}]}", "TestExecutionStartBad", "TestExecutionStartMalformed"),
	held("E9", "GET /executions/{id} has every key always, null when empty", "TestExecutionGet/pending", "TestExecutionGet/running",
		"TestExecutionGet/completed", "TestExecutionGet/completed without result", "TestExecutionGet/failed", "TestExecutionGet/cancelled",
		"TestExecutionGet/restarted", "TestExecutionGet/retried"),
	held("E10", "outputs are the result", "TestExecutionGet/completed", "TestExecutionGet/completed without result"),
	held("E11", "error is an object", "TestExecutionGet/failed", "TestExecutionGet/failed with a text"),
	held("E12", "404 {detail: Execution '<id>' not found}", "TestExecutionGet/unknown"),
	held("E13", "GET /executions is {executions, pagination} with all keys", "TestExecutionPages/none", "TestExecutionPages/defaults"),
	held("E14", "page=1 and page_size=50, up to 100", "TestExecutionPages/defaults", "TestExecutionPages/largest", "TestExecutionListBad"),
	held("E15", "sort=created_at, order=desc", "TestExecutionPages/defaults", "TestExecutionPages/order"),
	held("E16", "total_items, total_pages, has_next, has_prev, next_page, prev_page", "TestExecutionPages/none", "TestExecutionPages/first",
		"TestExecutionPages/middle", "TestExecutionPages/last", "TestExecutionPages/exactly full", "TestExecutionPages/one each",
		"TestExecutionFilters/totals are of the filter"),
	held("E17", "filters by status, type and target_id", "TestExecutionFilters/status", "TestExecutionFilters/type", "TestExecutionFilters/target",
		"TestExecutionFilters/together"),
	held("E18", "422 on a bad value", "TestExecutionListBad"),
	held("E19", "a page past the end is 200 and empty", "TestExecutionPages/past the end"),
	held("E20", "progress is {current_step, total_steps, percentage, current_step_name or null}", "TestExecutionProgress/no steps", "TestExecutionProgress/steps"),
	held("E21", "percentage is a float", "TestExecutionProgress/no steps", "TestExecutionProgress/zero", "TestExecutionProgress/fraction", "TestSocketSteps"),
	held("E22", "204 with an empty body while there is no progress", "TestExecutionProgress/none yet"),
	held("E23", "still 200 after the end", "TestExecutionProgress/steps", "TestExecutionProgress/after a failure", "TestExecutionProgress/after a cancellation"),
	held("E24", "progress of an unknown id is 404", "TestExecutionProgress/unknown"),
	held("E25", "204 is for a run that never reported progress", "TestExecutionProgress/never, to the end", "TestExecutionProgress/of this run"),
	held("E26", "0 is progress", "TestExecutionProgress/zero"),
	held("E27", "cancel is 200 {message, data: {execution_id, status, cancelled_at}}", "TestExecutionCancel/pending", "TestExecutionCancel/with a body"),
	held("E28", "cancel of an unknown id is 404", "TestExecutionCancel/unknown"),
	held("E29", "cancel of one that has ended is 400 {detail: Cannot cancel execution with status '<s>'}", "TestExecutionCancel/cancelled",
		"TestExecutionCancel/completed", "TestExecutionCancel/failed"),
	held("E30", "the worker hears of the cancellation", "TestExecutionCancel/the worker hears of it"),
	held("E31", "paused and approval show as running", "TestExecutionStatuses", "TestSocketPaused"),
	held("E32", "current_step counts the steps done: 0 at the start, total at the end", "TestExecutionProgress/steps", "TestExecutionProgress/total at the end"),
	held("E33", "the execution id is the task id", "TestExecutionIsTask/same id", "TestExecutionGet/another face"),
	held("E34", "percentage is the task's overall percent", "TestExecutionProgress/overall percent"),
	held("E35", "type is the task's kind; a worker that claims it runs it, or any program reports", "TestExecutionIsTask/kind",
		"TestExecutionIsTask/claimed", "TestExecutionIsTask/any program reports", "TestExecutionIsTask/inputs"),
	{id: "E36", says: "callback_url gets a signed POST on start, progress and end",
		because: "that is delivered by the engine of all webhooks, and tested with it; that nobody is shown it is TestExecutionStart"},
	held("E37", "callback_url is shown to nobody", "TestExecutionStart/callback url stays secret"),
}

var socketClauses = []clause{
	held("S1", "an unknown id is accepted, told {type: error, message, timestamp}, closed with 1008", "TestSocketUnknown", "TestExecutionUnseen"),
	held("S2", "one that has ended: status, the final frame, 1000", "TestSocketEnded/completed", "TestSocketEnded/failed", "TestSocketEnded/cancelled"),
	held("S3", "else status {execution_id, status, progress} first", "TestSocketLife", "TestSocketQuiet"),
	held("S4", "then started, once, only for the change to running", "TestSocketStartedOnce/once", "TestSocketStartedOnce/not to who came later",
		"TestSocketStartedOnce/first", "TestSocketStartedOnce/without progress"),
	held("S5", "then progress on each change", "TestSocketLife/completed", "TestSocketSteps"),
	held("S6", "no duplicate of the snapshot", "TestSocketQuiet"),
	held("S7", "the last percent before the end is told", "TestSocketLastPercent", "TestSocketMany"),
	held("S8", "completed {outputs}, 1000", "TestSocketLife/completed", "TestSocketLife/completed without result", "TestSocketLife/ended by its first report"),
	held("S9", "failed {error: {type, message, details}}, 1000", "TestSocketLife/failed", "TestSocketEnded/failed"),
	held("S10", "cancelled, 1000", "TestSocketLife/cancelled", "TestSocketLife/cancelled before the start", "TestSocketEnded/cancelled"),
	held("S11", "every frame has type and timestamp; all but error execution_id and status", "TestSocketLife", "TestSocketEnded", "TestSocketUnknown"),
	{id: "S12", says: "internal trouble: error, 1011", because: "nothing outside can bring it about; the tests of the socket's package do"},
	held("S13", "nothing is sent when nothing changed", "TestSocketQuiet"),
	held("S14", "updates are pushed, never polled", "TestSocketPushed"),
	held("S15", "whoever cancels, by whichever face, it is told", "TestSocketAnyFace"),
	held("S16", "many may watch", "TestSocketMany"),
	held("S17", "a client that goes away frees its watcher within a second", "TestFreed"),
	held("S19", "no gap and nothing twice between the status and what follows", "TestSocketSeam"),
	held("S18", "a restart under an open socket has one end", "TestSocketRestarted"),
}

var workflowClauses = []clause{
	held("W1", "POST progress is 200 {success, event: workflow:progress:<type>}", "TestWorkflowReport/accepted"),
	held("W2", "a missing field is 400 in the fixed words", "TestWorkflowMissing"),
	held("W3", "progress 0 is a value; 0..100", "TestWorkflowReport/bounds", "TestEvents"),
	held("W4", "a wrong type or range is 400 with its own message, never 500", "TestWorkflowBad", "TestWorkflowMalformed"),
	held("W5", "metadata may be left out", "TestWorkflowReport/no metadata"),
	held("W6", "type and session name the task", "TestWorkflowSteps/sessions apart", "TestWorkflowSteps/types apart", "TestWorkflowSteps/no separator fools it",
		"TestWorkflowReport/session of any form", "TestSameSessionName"),
	held("W7", "its id is short", "TestWorkflowSteps/short id"),
	held("W8", "progress is the named step's", "TestWorkflowSteps/the step's percent", "TestWorkflowSteps/appended when first named"),
	held("W9", "a step is appended when first named", "TestWorkflowSteps/appended when first named", "TestWorkflowSteps/at once by many"),
	held("W10", "any workflow type works", "TestWorkflowReport/any type", "TestEventsOfProgress/names as they are"),
	held("W11", "metadata.estimated_time_remaining is the worker's own estimate", "TestWorkflowSteps/own estimate", "TestWorkflowSteps/an estimate that is none"),
	held("W12", "POST callback/progress is 200 {success: true}", "TestWorkflowCallbacks/progress", "TestEventsOfProgress/callback"),
	held("W13", "POST callback/state is 200 {success: true}", "TestWorkflowCallbacks/states", "TestWorkflowCallbacks/result of any form"),
	held("W14", "flow is the type and flow_run the session", "TestWorkflowCallbacks/same session"),
	held("W15", "Completed, Failed or Crashed, Cancelled end the task; Paused and Running and any other word move it; in any case",
		"TestWorkflowCallbacks/states", "TestWorkflowCallbacks/state of a new session", "TestWorkflowCallbacks/paused and running"),
	held("W16", "result is kept", "TestWorkflowCallbacks/result"),
	held("W17", "what is wrong in a callback is named", "TestWorkflowCallbacksBad", "TestWorkflowMalformed"),
	held("W18", "a session ends when its last step reports 100 and nothing follows for the grace", "TestGrace/ends", "TestGrace/what follows puts it off",
		"TestGrace/only the last step counts", "TestGrace/by callbacks", "TestGrace/a session's end alone", "TestGrace/a pause follows", "TestGrace/over a restart"),
	held("W19", "a report after that reopens it, never 409", "TestGrace/reopens", "TestGrace/reopens by the same report", "TestGrace/reopens by any report"),
	held("W20", "a report after an end that was told", "TestWorkflowEnded"),
}

var eventClauses = []clause{
	held("I1", "workflow:progress:<type> with {session_id, step, progress, workflow_type, metadata}", "TestEvents", "TestEventsOfProgress/one event a report",
		"TestEventsOfProgress/metadata is of its report", "TestEventsOfProgress/only metadata changes", "TestEventsOfProgress/what was reported, lower too",
		"TestEventsOfProgress/refused reports", "TestEventsOfProgress/to all who listen"),
	held("I2", "metadata is {} by default", "TestEvents", "TestEventsOfProgress/null metadata"),
	held("I3", "workflow:state:<type> {flow, flow_run, state, user_id?, result?}", "TestEventsOfState/whole", "TestEventsOfState/least",
		"TestEventsOfState/words", "TestEventsOfState/in turn", "TestEventsOfState/refused states"),
	held("I4", "native reports and commands give the same events", "TestEventsOfNative/report", "TestEventsOfNative/bulk", "TestEventsOfNative/pause and resume",
		"TestEventsOfNative/cancel", "TestEventsOfNative/completed", "TestEventsOfNative/failed", "TestEventsOfNative/restart", "TestEventsOfNative/executions"),
	held("I5", "protocol 5 over Engine.IO 4, path /socket.io, websocket and polling", "TestEngineIO/handshake", "TestEngineIO/refused",
		"TestEngineIO/another namespace", "TestEngineIO/nonsense", "TestEvents"),
	held("I6", "only to sockets whose user may see the task", "TestEventsPrivate", "TestStockClientIsolated", "TestSameSessionName"),
	held("I7", "workflow:watch by session or type gets only those", "TestWatch/by session", "TestWatch/by type", "TestWatch/both at once", "TestWatch/several",
		"TestWatch/by polling", "TestWatch/others are not narrowed", "TestWatch/bad", "TestWatch/without an acknowledgement", "TestWatch/an unknown event"),
	held("I8", "the stock client connects and receives", "TestStockClient"),
	held("I9", "the stock client reconnects", "TestStockClientReconnects"),
	held("I10", "a socket without a credential is refused", "TestSocketIOCredentials/a refused socket hears nothing", "TestStockClient"),
	held("I11", "a thousand events at 200 a second, once and in order", "TestThousandEvents", "TestEventsOfManySessions"),
	held("I12", "200 sockets", "TestManySockets"),
	held("I13", "a client that goes away frees its socket within a second", "TestFreed"),
}

var stateClauses = []clause{
	held("O1", "a run begun on one face is seen, watched and cancelled on every other", "TestOneState"),
	held("O2", "a task without a kind has a place on the other faces", "TestOneStateUnnamed"),
	held("O3", "a restart of the server loses nothing", "TestOneStateAfterRestart"),
}

// TestClauses holds that the table and the tests know each other: every clause
// names tests that exist, and every test is named.
func TestClauses(t *testing.T) {
	t.Parallel()
	have, seen := written(t), map[string]bool{"TestClauses": true}
	for _, c := range clauses {
		if seen[c.id] || (len(c.tests) == 0) == (c.because == "") {
			t.Errorf("clause %s is there twice, or has neither tests nor a reason", c.id)
		}
		seen[c.id] = true
		for _, name := range c.tests {
			if !have[name] {
				t.Errorf("clause %s names %s, which does not exist", c.id, name)
			}
			seen[name] = true
			top, _, _ := strings.Cut(name, "/")
			seen[top] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(have)) {
		top, _, sub := strings.Cut(name, "/")
		if !seen[name] && !(sub && bare(top)) {
			t.Errorf("no clause names %s", name)
		}
	}
}

// bare tells whether a clause names a test as a whole.
func bare(name string) bool {
	return slices.ContainsFunc(clauses, func(c clause) bool { return slices.Contains(c.tests, name) })
}

// written names the tests of this package, and the subtests whose names are
// written out.
func written(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range parsed.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv == nil && strings.HasPrefix(fn.Name.Name, "Test") {
				names[fn.Name.Name] = true
				ast.Inspect(fn, func(n ast.Node) bool { note(names, fn.Name.Name, n); return true })
			}
		}
	}
	return names
}

// note takes in a call of t.Run with a name that is written out.
func note(names map[string]bool, test string, n ast.Node) {
	call, ok := n.(*ast.CallExpr)
	if !ok || len(call.Args) != 2 {
		return
	}
	run, ok := call.Fun.(*ast.SelectorExpr)
	name, text := call.Args[0].(*ast.BasicLit)
	if !ok || !text || run.Sel.Name != "Run" {
		return
	}
	if s, err := strconv.Unquote(name.Value); err == nil {
		names[test+"/"+s] = true
	}
}
