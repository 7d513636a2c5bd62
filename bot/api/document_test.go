package api

import (
	"fmt"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/taskherald/herald/progress/api/apitest/contract"
	"github.com/taskherald/herald/templates"
)

// TestDocument holds the description to the routes, and the fields in it to those of the
// structs that are read and written; each schema has an example that is what it says.
func TestDocument(t *testing.T) {
	t.Parallel()
	k := serve(t).doc
	for _, r := range New(Options{}).Routes {
		if r.Page {
			continue
		}
		item := k.Doc.Paths.Value(described.ReplaceAllString(r.Path, "{$1}"))
		if item == nil {
			t.Errorf("%s is not described", r.Path)
			continue
		}
		if op := item.GetOperation(r.Method); op == nil || op.OperationID != r.Name || op.Extensions["x-right"] != r.Right.String() {
			t.Errorf("%s %s is not described", r.Method, r.Path)
		}
	}
	types := map[string]any{
		"ChatMessage": chatMessage{}, "ChatAnswer": chatAnswer{}, "ChatReading": understood{}, "ChatReply": templates.Reply{}, "ChatItem": templates.Item{},
		"ChatButton": templates.Button{}, "ChatCard": templates.Card{}, "ChatCardLine": templates.Line{}, "ChatCardSaid": templates.Said{},
		"ChatCode": chatCode{}, "ChatAccount": chatAccount{}, "ChatAccounts": chatAccounts{},
		"ChatCardAsk": templates.Ask{}, "ChatCardFault": templates.Fault{}, "ChatCardFact": templates.Fact{}, "ChatCardOffer": templates.Offer{},
	}
	for name, s := range k.Doc.Components.Schemas {
		if strings.HasPrefix(name, "Chat") && types[name] == nil {
			t.Errorf("%s is of no type", name)
		}
		if types[name] != nil {
			describes(t, k, name, s.Value, types[name])
		}
	}
	if err := k.Doc.Validate(t.Context(), openapi3.EnableExamplesValidation()); err != nil {
		t.Error(err)
	}
}

// described is a parameter of a path, as routes have it.
var described = regexp.MustCompile(`:(\w+)`)

// describes holds one schema to its type.
func describes(t *testing.T, k *contract.Contract, name string, s *openapi3.Schema, v any) {
	t.Helper()
	if got, want := slices.Sorted(maps.Keys(s.Properties)), contract.Fields(reflect.TypeOf(v)); !slices.Equal(got, want) {
		t.Errorf("%s:\n%v in the document\n%v in %T", name, got, want, v)
	}
	if closed := s.AdditionalProperties.Has != nil && !*s.AdditionalProperties.Has; closed == (name == "ChatMessage") {
		t.Errorf("%s takes other fields: %v", name, !closed)
	}
	k.Exampled(t, name)
}

// TestWords holds the words in the document to those of the code.
func TestWords(t *testing.T) {
	t.Parallel()
	schemas := serve(t).doc.Doc.Components.Schemas
	reading := schemas["ChatReading"].Value.Properties
	for what, c := range map[string]struct {
		said     []any
		file, of string
	}{
		"topics":  {schemas["ChatReply"].Value.Properties["about"].Value.Enum, "../../templates/answer.go", "Topic"},
		"intents": {reading["intent"].Value.Enum, "../../intents/intent.go", "Intent"},
		"sure":    {reading["sure"].Value.Enum, "../../intents/reading.go", "Sure"},
		"doubts":  {reading["doubt"].Value.Enum, "../../intents/reading.go", "Doubt"},
	} {
		all := constants(t, c.file, c.of)
		if c.of == "Topic" {
			all = slices.DeleteFunc(all, func(topic string) bool { return slices.Contains(elsewhere, templates.Topic(topic)) })
		}
		if got, want := fmt.Sprint(c.said), fmt.Sprint(all); got != want {
			t.Errorf("%s:\n%s in the document\n%s in the code", what, got, want)
		}
	}
}

// elsewhere are the topics that are not said here: trouble is an error, and the others are about
// chat accounts, which nobody calls with.
var elsewhere = []templates.Topic{templates.TopicTrouble, templates.TopicStranger, templates.TopicLinked, templates.TopicUnlinked}

// constants are the values of the constants of a type, in the order of their file.
func constants(t *testing.T, file, of string) (out []string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(?m)^\t\w+\s+`+of+`\s+= "(\w+)"`).FindAllStringSubmatch(string(text), -1) {
		out = append(out, m[1])
	}
	return out
}

// TestReference holds docs/quick-reference.md to the routes, both ways, and the row to what
// can be asked and answered.
func TestReference(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/quick-reference.md")
	if err != nil {
		t.Fatal(err)
	}
	_, part, _ := strings.Cut(string(text), "\n## Conversation\n")
	part, _, _ = strings.Cut(part, "\n## ")
	var there []string
	for _, m := range regexp.MustCompile("(?m)^\\| `([A-Z]+ /[^`]*)` \\|").FindAllStringSubmatch(part, -1) {
		there = append(there, m[1])
	}
	var routes []string
	for _, r := range New(Options{}).Routes {
		if !r.Page {
			routes = append(routes, r.Method+" "+described.ReplaceAllString(r.Path, "{$1}"))
		}
	}
	if !slices.Equal(there, routes) {
		t.Errorf("the page has %q, and there are %q", there, routes)
	}
	said := regexp.MustCompile(`\w+`).FindAllString(part, -1)
	for _, v := range []any{chatMessage{}, chatAnswer{}, understood{}, templates.Reply{}, templates.Item{}, templates.Button{}, chatCode{}, chatAccount{}, chatAccounts{}} {
		for _, want := range contract.Fields(reflect.TypeOf(v)) {
			if !slices.Contains(said, want) {
				t.Errorf("the page does not name %s", want)
			}
		}
	}
}
