package setup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
)

// A difference is a command that Discord does not have, or not as it should be.
type difference struct {
	command Command
	id      string // of the command that it has; "" for none
}

// Application is the id of the application that the token is of. The error is in words for
// operators, and has no secret.
func (a App) Application(ctx context.Context) (id string, err error) {
	var app application
	if _, t := a.caller().get(ctx, "applications/@me", &app); t != nil {
		return "", fmt.Errorf("asking Discord failed: %w", t)
	}
	if app.ID == "" || strings.Trim(app.ID, "0123456789") != "" {
		return "", errors.New("the answer of Discord does not say which application the token is of")
	}
	return app.ID, nil
}

// Register has Discord know the commands, and says which it did not know as they are, such
// as "/task". Dry changes nothing. It calls Discord twice and once for each of those. The
// error is in words for operators, and has no secret.
func (a App) Register(ctx context.Context, dry bool) (changed []string, err error) {
	id, err := a.Application(ctx)
	if err != nil {
		return nil, err
	}
	c := a.caller()
	differences, t := c.compare(ctx, id)
	if t != nil {
		return nil, fmt.Errorf("the commands cannot be registered: %w", t)
	}
	for _, d := range differences {
		if !dry {
			t = c.put(ctx, id, d)
		}
		if t != nil {
			return changed, fmt.Errorf("/%s cannot be registered: %w", d.command.Name, t)
		}
		changed = append(changed, "/"+d.command.Name)
	}
	return changed, nil
}

// compare compares the commands that Discord has with ours. Those of others are not looked
// at.
func (c caller) compare(ctx context.Context, app string) (all []difference, t *trouble) {
	var there []json.RawMessage
	if _, t := c.get(ctx, "applications/"+app+"/commands", &there); t != nil {
		return nil, t
	}
	for _, want := range Commands() {
		d, same := difference{command: want}, false
		for _, text := range there {
			if id, has, ours := read(text, want); ours {
				d.id, same = id, alike(has, want)
			}
		}
		if !same {
			all = append(all, d)
		}
	}
	return all, nil
}

// read reads a command of Discord's list, and reports whether it is one of ours by its kind
// and its name. What cannot be read whole is like none of ours.
func read(text json.RawMessage, want Command) (id string, c Command, ours bool) {
	var head struct {
		ID   string `json:"id"`
		Type int    `json:"type"`
		Name string `json:"name"`
	}
	if json.Unmarshal(text, &head) != nil || head.Name != want.Name || head.Type != int(want.Type) && head.Type != 0 {
		return "", c, false
	}
	if json.Unmarshal(text, &c) != nil {
		c = Command{}
	}
	c.Type = want.Type // Discord may leave out the usual one
	return head.ID, c, true
}

// alike compares what people see of two commands. Discord keeps contexts in an order of its
// own.
func alike(a, b Command) bool {
	for _, c := range []*Command{&a, &b} {
		c.Contexts, c.Installs = slices.Sorted(slices.Values(c.Contexts)), slices.Sorted(slices.Values(c.Installs))
		c.Options = same(c.Options)
	}
	return reflect.DeepEqual(a, b)
}

// same are options in which nothing is nil that may be empty.
func same(options []Option) []Option {
	out := []Option{}
	for _, o := range options {
		o.Options = same(o.Options)
		out = append(out, o)
	}
	return out
}

// put has Discord know a command.
func (c caller) put(ctx context.Context, app string, d difference) *trouble {
	method, path := http.MethodPost, "applications/"+app+"/commands"
	if d.id != "" {
		method, path = http.MethodPatch, path+"/"+d.id
	}
	body, err := json.Marshal(d.command)
	if err != nil { // texts, numbers and lists of them
		return &trouble{say: "it cannot be written", advice: "update Herald"}
	}
	_, t := c.call(ctx, method, path, body, &struct{}{})
	return t
}
