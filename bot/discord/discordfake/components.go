package discordfake

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"

	"github.com/taskherald/herald/templates/discordcard/componenttest"
)

// listed is a list of JSON, nil for what is none.
func listed(text json.RawMessage) []any {
	var list []any
	if json.Unmarshal(text, &list) != nil {
		return nil
	}
	return list
}

// numbered gives components ids that have none, and says nil of an empty list.
func numbered(list []any) json.RawMessage {
	if len(list) == 0 {
		return nil
	}
	taken := map[float64]bool{}
	eachComponent(list, func(o object) {
		if id, ok := o["id"].(float64); ok {
			taken[id] = true
		}
	})
	next := 0.0
	eachComponent(list, func(o object) {
		if id, ok := o["id"].(float64); ok && id != 0 {
			return
		}
		next++
		for taken[next] {
			next++
		}
		o["id"] = next
	})
	return raw(list)
}

// eachComponent visits all components in a value, the outer ones first.
func eachComponent(v any, visit func(object)) {
	switch v := v.(type) {
	case []any:
		for _, part := range v {
			eachComponent(part, visit)
		}
	case object:
		if _, ok := v["type"].(float64); ok {
			visit(v)
		}
		for _, name := range []string{"components", "accessory", "component"} {
			eachComponent(v[name], visit)
		}
	}
}

// shownBy are the addresses that components show.
func shownBy(components json.RawMessage) (urls []string) {
	add := func(v any) {
		if media, _ := v.(object); media != nil {
			url, _ := media["url"].(string)
			urls = append(urls, url)
		}
	}
	eachComponent(listed(components), func(o object) {
		add(o["file"])
		add(o["media"])
		items, _ := o["items"].([]any)
		for _, i := range items {
			if item, _ := i.(object); item != nil {
				add(item["media"])
			}
		}
	})
	return urls
}

// checked holds the components of a message to the limits: those of the first version are
// rows of buttons alone.
func checked(text json.RawMessage, v2 bool) *refusal {
	list := listed(text)
	if len(list) == 0 {
		return nil
	}
	if !v2 && len(list) > 5 {
		return badLength("components", "Must be between 1 and 5 in length.")
	}
	for i, v := range list {
		if o, _ := v.(object); !v2 && o["type"] != float64(typeRow) {
			return badChoice(at("components", i, "type"), "Value of field \"type\" must be one of (1,).")
		}
	}
	return broken(componenttest.Check(text))
}

// broken refuses what componenttest found.
func broken(findings []string) *refusal {
	var bad *refusal
	for _, text := range findings {
		path := pathOf(text)
		if bad == nil {
			bad = wrong(path, "COMPONENT_VALIDATION_FAILED", text)
		} else {
			bad.and(path, "COMPONENT_VALIDATION_FAILED", text)
		}
	}
	return bad
}

var places = regexp.MustCompile(`\[(\d+)\]|\.(accessory|component)\b`)

// pathOf is where a finding is, as Discord says it: of components[0](17)[2] it is
// components.0.components.2.
func pathOf(finding string) string {
	where, _, _ := strings.Cut(finding, " ")
	var path []string
	for _, m := range places.FindAllStringSubmatch(where, -1) {
		if m[1] != "" {
			path = append(path, "components", m[1])
		} else {
			path = append(path, m[2])
		}
	}
	if len(path) == 0 {
		return "components"
	}
	return strings.Join(path, ".")
}

// at is a path in a body: a list, a place in it, a field.
func at(list string, n int, field string) string {
	return list + "." + strconv.Itoa(n) + "." + field
}

// raw is a value as JSON.
func raw(v any) json.RawMessage {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // the fake's own, or what was read from JSON
	}
	return text
}
