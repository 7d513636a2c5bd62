package api

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"net/http"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/taskherald/herald/progress"
	"github.com/taskherald/herald/progress/access"
	"github.com/taskherald/herald/progress/api/apitest/contract"
	"github.com/taskherald/herald/progress/api/kit"
	"github.com/taskherald/herald/progress/live"
)

func mustContract(t *testing.T) *contract.Contract {
	t.Helper()
	k, err := theContract()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestDocumentIsValid(t *testing.T) {
	t.Parallel()
	if err := mustContract(t).Doc.Validate(context.Background(), openapi3.EnableExamplesValidation()); err != nil {
		t.Error(err)
	}
}

// TestEveryRouteIsDescribed holds the table and the files together, both ways.
func TestEveryRouteIsDescribed(t *testing.T) {
	t.Parallel()
	doc, err := written()
	if err != nil {
		t.Fatal(err)
	}
	files, _ := doc.get("paths").(object)
	used := map[string]bool{}
	for _, r := range (*server)(nil).routes() {
		name := openPath(r.path)
		if files.get(name) == nil {
			name = path.Dir(name) + "/{verb}"
		}
		item, _ := files.get(name).(object)
		op, ok := item.get(strings.ToLower(r.method)).(object)
		if !ok {
			t.Errorf("no description of %s %s", r.method, r.path)
		}
		if op.get("tags") == nil || (op.get("summary") == nil && !strings.HasSuffix(name, "{verb}")) {
			t.Errorf("%s %s has no tag or no summary", r.method, r.path)
		}
		used[name+" "+strings.ToLower(r.method)] = true
	}
	for _, m := range files {
		item, _ := files.get(m.Key.(string)).(object)
		for _, op := range item {
			if op.Key != "parameters" && !used[fmt.Sprint(m.Key, " ", op.Key)] {
				t.Errorf("a description of %s %s, which is no route", op.Key, m.Key)
			}
		}
	}
}

func TestOperationsAreNamedAfterTheirRoutes(t *testing.T) {
	t.Parallel()
	k := mustContract(t)
	seen := map[string]bool{}
	for _, r := range (*server)(nil).routes() {
		op := k.Doc.Paths.Value(openPath(r.path)).GetOperation(r.method)
		switch {
		case op == nil || op.OperationID != r.name:
			t.Errorf("%s %s is not %s in the document", r.method, r.path, r.name)
		case seen[r.name]:
			t.Errorf("two routes are called %s", r.name)
		case r.open != (op.Security != nil && len(*op.Security) == 0):
			t.Errorf("%s is open or not, and the document says otherwise", r.name)
		}
		seen[r.name] = true
	}
}

func TestVerbsSayWhatTheyDo(t *testing.T) {
	t.Parallel()
	k := mustContract(t)
	for _, r := range wishRoutes() {
		rule, _ := progress.RuleOf(progress.Verb(r.name))
		op := k.Doc.Paths.Value(openPath(r.path)).Post
		if !strings.EqualFold(op.Summary, rule.Does+".") || op.Extensions["x-right"] != rule.Right.String() {
			t.Errorf("%s: %q, %v", r.name, op.Summary, op.Extensions["x-right"])
		}
	}
}

// TestWordsAreTheDomains holds that each list of words in the document is that
// of the code: of the tables where there is one, else of all constants of the
// type.
func TestWordsAreTheDomains(t *testing.T) {
	t.Parallel()
	k := mustContract(t)
	consts := constants(t, "..")
	var wished, events, rights []string
	for _, r := range progress.Rules() {
		if r.Wish {
			wished = append(wished, string(r.Verb))
		}
	}
	for _, i := range progress.Kinds() {
		if i.Milestone {
			events = append(events, string(i.Kind))
		}
	}
	for r := progress.MayRead; r <= progress.MayAdmin; r <<= 1 {
		rights = append(rights, r.String())
	}
	for name, want := range map[string][]string{
		"TaskStatus": words(progress.Statuses()), "StepStatus": consts["StepStatus"], "ApprovalStatus": consts["ApprovalStatus"],
		"Control": consts["Control"], "Via": consts["Via"], "Code": consts["Code"],
		"Wished": wished, "EventType": events, "Right": rights,
		"Role": words([]access.Role{access.RoleAdmin, access.RoleOperator, access.RoleMember, access.RoleViewer}),
	} {
		if got := enum(k, name); !slices.Equal(got, sorted(want)) {
			t.Errorf("%s: %v in the document, %v in the code", name, got, sorted(want))
		}
	}
	gate := k.Doc.Components.Schemas["AskedGate"].Value.Properties
	if got := enumOf(gate["default"].Value); !slices.Equal(got, sorted(consts["Default"])) {
		t.Errorf("default: %v, want %v", got, consts["Default"])
	}
	if got := enumOf(gate["on_reject"].Value); !slices.Equal(got, sorted(consts["OnReject"])) {
		t.Errorf("on_reject: %v, want %v", got, consts["OnReject"])
	}
}

func TestFramesAreTheKinds(t *testing.T) {
	t.Parallel()
	want := []string{"snapshot", "control", "notice"}
	for _, i := range progress.Kinds() {
		if i.Frame != "" {
			want = append(want, i.Frame)
		}
	}
	if got := slices.Sorted(maps.Keys(mustContract(t).Frames)); !slices.Equal(got, sorted(want)) {
		t.Errorf("frames %v in the document, %v in the code", got, sorted(want))
	}
}

// TestSchemasAreTheTypes holds that the fields in the document are those of
// the structs that are read and written.
func TestSchemasAreTheTypes(t *testing.T) {
	t.Parallel()
	k := mustContract(t)
	told := map[string]bool{}
	for name, v := range map[string]any{
		"NewTask": newTask{}, "NewStep": newStep{}, "Gate": progress.Gate{}, "Stage": progress.Escalation{}, "Ask": gateBody{}, "Report": reportBody{},
		"ReportLine": bulkLine{}, "Heartbeat": beat{}, "Claim": claimBody{}, "Wish": wish{}, "Login": loginBody{},
		"NewToken": newToken{}, "NewPerson": newPerson{}, "PersonEdit": editPerson{},
		"TaskRun": progress.Wire{}, "Task": wholeTask{}, "ClaimedTask": claimed{}, "TaskPage": tasksPage{}, "ETA": progress.ETA{}, "Step": progress.WireStep{},
		"StepLine": progress.StepLine{}, "Substep": progress.WireSubstep{}, "Fault": progress.Fault{}, "TaskFault": progress.WireFault{},
		"AskedGate": progress.Gate{}, "AskedStage": progress.Escalation{}, "Approval": progress.WireApproval{}, "Vote": progress.WireVote{}, "Decision": decision{},
		"Answer": answer{}, "AnswerLine": bulkAnswer{}, "LogLine": progress.WireLine{}, "LogPage": logsPage{}, "LogAnswer": logAnswer{},
		"Event": progress.WireEvent{}, "EventPage": eventsPage{}, "PlannedStep": progress.Plan{}, "PlannedSubstep": progress.Substep{},
		"History": historyPage{}, "Snapshot": wireSnapshot{}, "Problem": kit.Problem{}, "FieldError": kit.FieldError{}, "Me": me{},
		"WorkflowReported": workflowAnswer{}, "WorkflowDone": workflowAnswer{}, "WorkflowRefusal": workflowRefusal{},
		"WorkflowProgress": workflowProgress{}, "WorkflowState": workflowState{},
		"NewExecution": newExecution{}, "StartedExecution": startedExecution{}, "Execution": progress.WireExecution{}, "ExecutionProgress": progress.WireExecutionProgress{},
		"ExecutionError": progress.WireExecutionError{}, "ExecutionPage": executionsPage{}, "Pagination": pagination{},
		"CancelledExecution": cancelledExecution{}, "CancelledData": cancelledData{}, "ExecutionRefusal": executionRefusal{},
		"ExecutionEnded": executionRefusal{}, "ExecutionFaults": executionRefusal{}, "ExecutionFault": misfit{},
		"KindPage": kindsPage{}, "KindSummary": progress.WireKind{}, "Kind": progress.WireKindWhole{}, "KindStep": progress.WireKindStep{}, "KindRun": progress.WireKindRun{},
		"Accuracy": progress.WireAccuracy{}, "AccuracyScore": progress.WireScore{}, "AccuracyGroup": progress.WireGroup{},
		"Notice": live.Notice{}, "Token": wireToken{}, "MadeToken": madeToken{}, "Person": wirePerson{}, "Invitation": invitation{},
	} {
		told[name] = true
		if got, want := fieldsOf(k, name), jsonFields(reflect.TypeOf(v)); !slices.Equal(got, want) {
			t.Errorf("%s:\n%v in the document\n%v in %T", name, got, want, v)
		}
	}
	for name, without := range map[string][]string{ // of a type that has more
		"TaskProgress": {"inputs"}, "TaskSummary": {"inputs"}, "StepSummary": {"substeps", "approval"},
		"NewLogLine": {"n"}, "Spec": {"callback_url"},
	} {
		whole := map[string]any{
			"TaskProgress": progress.Wire{}, "TaskSummary": progress.Wire{}, "StepSummary": progress.WireStep{},
			"NewLogLine": progress.LogLine{}, "Spec": progress.Spec{},
		}[name]
		want := slices.DeleteFunc(jsonFields(reflect.TypeOf(whole)), func(f string) bool { return slices.Contains(without, f) })
		if got := fieldsOf(k, name); !slices.Equal(got, want) {
			t.Errorf("%s:\n%v in the document\n%v in %T", name, got, want, whole)
		}
		told[name] = true
	}
	others := []string{"ExecutionCancel", "SocketIORefusal", "Stats", "Health", "TokenList", "PersonList", "EventData", "WorkflowReport", "FlowProgress", "FlowState"} // made of maps, or of a type that is not seen here
	for name, s := range k.Doc.Components.Schemas {
		if len(s.Value.Properties) > 0 && !told[name] && !strings.HasSuffix(name, "Frame") && !slices.Contains(others, name) {
			t.Errorf("nothing says which type %s is", name)
		}
	}
}

// TestLimitsAreTheDefaults holds that what the document says of lengths is what
// a server without settings holds.
func TestLimitsAreTheDefaults(t *testing.T) {
	t.Parallel()
	l := progress.DefaultLimits()
	schemas := mustContract(t).Doc.Components.Schemas
	at := func(schema string, names ...string) *openapi3.Schema {
		s := schemas[schema].Value
		for _, n := range names {
			switch {
			case n == "[]":
				s = s.Items.Value
			case s.Properties[n] == nil:
				t.Fatalf("%s has no %v", schema, names)
			default:
				s = s.Properties[n].Value
			}
		}
		return s
	}
	long := func(want int, schema string, names ...string) {
		if got := at(schema, names...).MaxLength; got == nil || int(*got) != want {
			t.Errorf("%s %v: at most %v characters, want %d", schema, names, got, want)
		}
	}
	many := func(want int, schema string, names ...string) {
		s := at(schema, names...)
		got := cmp.Or(s.MaxItems, s.MaxProps)
		for _, beside := range s.AllOf { // what stands beside a $ref
			got = cmp.Or(got, beside.Value.MaxProps)
		}
		if got == nil || int(*got) != want {
			t.Errorf("%s %v: at most %v, want %d", schema, names, got, want)
		}
	}
	long(l.Title, "NewTask", "title")
	for _, f := range [][]string{
		{"NewTask", "kind"}, {"NewTask", "owner"}, {"NewStep", "name"}, {"NewStep", "substeps", "[]"},
		{"Stage", "by", "[]"}, {"Report", "substep"}, {"Report", "worker"}, {"Heartbeat", "worker"}, {"Claim", "worker"}, {"NewLogLine", "step"}, {"NewLogLine", "level"},
	} {
		long(l.Name, f[0], f[1:]...)
	}
	for _, f := range [][]string{
		{"NewTask", "callback_url"}, {"Gate", "prompt"}, {"Gate", "effects", "[]"}, {"Gate", "options", "[]"}, {"Gate", "approvers", "[]"}, {"Stage", "tell", "[]"},
		{"Ask", "prompt"}, {"Report", "message"}, {"Wish", "reason"}, {"Wish", "option"},
	} {
		long(l.Text, f[0], f[1:]...)
	}
	many(l.Steps, "NewTask", "steps")
	many(l.Substeps, "NewStep", "substeps")
	for _, f := range []string{"effects", "options", "approvers"} {
		many(l.List, "Gate", f)
	}
	many(l.List, "Stage", "tell")
	many(l.List, "Stage", "by")
	many(progress.MaxStages, "Gate", "escalate")
	if s := at("Stage", "after"); *s.Min != progress.MinAfter || *s.Max != progress.MaxAfter {
		t.Errorf("a stage comes after %v to %v s", *s.Min, *s.Max)
	}
	many(l.List, "NewTask", "controls")
	many(l.Metrics, "Report", "metrics")
	many(l.Metrics, "Report", "metadata")
	many(l.Labels, "NewTask", "labels")
	many(maxKinds, "Claim", "kinds")
	for name, text := range map[string]int{"inputs": l.Document, "metadata": l.Document} {
		if d := at("NewTask", name).Description; !strings.Contains(d, strconv.Itoa(text>>10)+" KiB") {
			t.Errorf("%s: %q does not say %d KiB", name, d, text>>10)
		}
	}
	if d := at("NewLogLine", "line").Description; !strings.Contains(d, strconv.Itoa(l.LogLine>>10)+" KiB") {
		t.Errorf("line: %q", d)
	}
}

// TestEveryBodyHasAnExample holds that each JSON body shows what it looks like,
// and that each example is what it says.
func TestEveryBodyHasAnExample(t *testing.T) {
	t.Parallel()
	k := mustContract(t)
	for p, item := range k.Doc.Paths.Map() {
		for method, op := range item.Operations() {
			where := method + " " + p
			if op.RequestBody != nil {
				exampled(t, where, op.RequestBody.Value.Content)
			}
			for status, r := range op.Responses.Map() {
				exampled(t, where+" "+status, r.Value.Content)
			}
		}
	}
	for name, s := range k.Doc.Components.Schemas {
		for _, e := range s.Value.Examples {
			text, err := json.Marshal(e)
			if err != nil {
				t.Fatal(err)
			}
			if err := k.Value(contract.Pointer("components", "schemas", name), text); err != nil {
				t.Errorf("the example of %s: %v", name, err)
			}
		}
	}
}

func exampled(t *testing.T, where string, c openapi3.Content) {
	t.Helper()
	for kind, m := range c {
		if strings.Contains(kind, "json") && where != "GET /openapi.json 200" && len(m.Schema.Value.Examples) == 0 {
			t.Errorf("%s: %s has no example", where, kind)
		}
	}
}

// TestRepliesAreClosed holds that a reply with a field that the document does
// not have cannot pass.
func TestRepliesAreClosed(t *testing.T) {
	t.Parallel()
	doc := mustContract(t).Doc
	seen := map[*openapi3.Schema]bool{}
	var walk func(where string, s *openapi3.Schema)
	walk = func(where string, s *openapi3.Schema) {
		if s == nil || seen[s] {
			return
		}
		seen[s] = true
		if len(s.Properties) > 0 && (s.AdditionalProperties.Has == nil || *s.AdditionalProperties.Has) {
			t.Errorf("%s takes fields that are not in the document", where)
		}
		for name, p := range s.Properties {
			walk(cmp.Or(p.Ref, where+"."+name), p.Value)
		}
		for _, p := range slices.Concat(s.AllOf, s.AnyOf, s.OneOf) {
			walk(cmp.Or(p.Ref, where), p.Value)
		}
		if s.Items != nil {
			walk(cmp.Or(s.Items.Ref, where+"[]"), s.Items.Value)
		}
	}
	for p, item := range doc.Paths.Map() {
		for method, op := range item.Operations() {
			for status, r := range op.Responses.Map() {
				for _, c := range r.Value.Content {
					walk(method+" "+p+" "+status, c.Schema.Value)
				}
			}
		}
	}
	walk("Frame", doc.Components.Schemas["Frame"].Value)
}

// TestSettingsAreInTheDocument holds that it says where the server is, and
// which.
func TestSettingsAreInTheDocument(t *testing.T) {
	t.Parallel()
	d, err := describe((*server)(nil).routes(), "1.2.3", "https://herald.example")
	if err != nil {
		t.Fatal(err)
	}
	k, err := contract.New(d.json)
	if err != nil {
		t.Fatal(err)
	}
	if got := k.Doc.Info.Version; got != "1.2.3" {
		t.Errorf("version %q", got)
	}
	if got := k.Doc.Servers[0].URL; got != "https://herald.example" {
		t.Errorf("server %q", got)
	}
}

func TestMethodsAreThoseOfThePage(t *testing.T) {
	t.Parallel()
	for _, r := range (*server)(nil).routes() {
		if !slices.Contains([]string{http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodDelete}, r.method) {
			t.Errorf("%s: docs_read.go does not know %s", r.name, r.method)
		}
	}
}

func enum(k *contract.Contract, name string) []string {
	return enumOf(k.Doc.Components.Schemas[name].Value)
}

// enumOf are the words of a schema, in order, "" for null.
func enumOf(s *openapi3.Schema) []string {
	var out []string
	for _, v := range s.Enum {
		text, _ := v.(string)
		out = append(out, text)
	}
	return sorted(out)
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

func words[T ~string](list []T) []string {
	var out []string
	for _, w := range list {
		out = append(out, string(w))
	}
	return out
}

// constants are the texts of all constants of each type in a folder.
func constants(t *testing.T, folder string) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatal(folder, err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			s, ok := n.(*ast.ValueSpec)
			if !ok {
				return true
			}
			if kind, ok := s.Type.(*ast.Ident); ok {
				for _, v := range s.Values {
					if lit, ok := v.(*ast.BasicLit); ok && lit.Kind == token.STRING {
						text, _ := strconv.Unquote(lit.Value)
						out[kind.Name] = append(out[kind.Name], text)
					}
				}
			}
			return true
		})
	}
	return out
}

// fieldsOf are the members of a schema, in order.
func fieldsOf(k *contract.Contract, name string) []string {
	if k.Doc.Components.Schemas[name] == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(k.Doc.Components.Schemas[name].Value.Properties))
}

// jsonFields are the names of a struct's fields in JSON, in order.
func jsonFields(t reflect.Type) []string {
	out := map[string]bool{}
	for f := range structFields(t) {
		out[f] = true
	}
	return slices.Sorted(maps.Keys(out))
}

func structFields(t reflect.Type) map[string]bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	out := map[string]bool{}
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			maps.Copy(out, structFields(f.Type))
		case name != "" && name != "-":
			out[name] = true
		}
	}
	return out
}
