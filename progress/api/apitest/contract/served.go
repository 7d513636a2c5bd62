package contract

import (
	"encoding/json"
	"io"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
)

// first is what Of has read.
var first struct {
	sync.Once
	k   *Contract
	err error
}

// Of is the contract that a server gives at /openapi.json. Reading it takes a while: it is read
// of the first server of a test run, and is that of all.
func Of(t *testing.T, url string) *Contract {
	t.Helper()
	first.Do(func() {
		res, err := http.Get(url + "/openapi.json")
		if err != nil {
			first.err = err
			return
		}
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		if err != nil {
			first.err = err
			return
		}
		first.k, first.err = New(text)
	})
	if first.err != nil {
		t.Fatal(first.err)
	}
	return first.k
}

// Exampled holds that a schema has examples, and that they keep to it.
func (k *Contract) Exampled(t *testing.T, name string) {
	t.Helper()
	examples := k.Doc.Components.Schemas[name].Value.Examples
	if len(examples) == 0 {
		t.Errorf("%s has no example", name)
	}
	for _, e := range examples {
		text, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		if err := k.Value(Pointer("components", "schemas", name), text); err != nil {
			t.Errorf("the example of %s: %v", name, err)
		}
	}
}

// Fields are the names of a struct's fields in JSON, in order, those of embedded ones among them.
func Fields(t reflect.Type) []string {
	var out []string
	for f := range t.Fields() {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		switch {
		case f.Anonymous && name == "":
			out = append(out, Fields(f.Type)...)
		case name != "" && name != "-":
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}
