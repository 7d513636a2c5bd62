package discordfake

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/taskherald/herald/templates/discordcard/componenttest"
)

// The bounds of commands.
const (
	mostCommands   = 100
	mostCreates    = 200 // a day
	mostOptions    = 25
	mostCharacters = 8000
)

// The types of options.
const (
	optionSub    = 1
	optionGroup  = 2
	optionString = 3
	mostOption   = 11
)

// command is one that people can give.
type command struct {
	ID, Version string
	Guild       string
	Name        string
	Description string
	Type        int
	Options     []option

	fields object // as the app sent it
}

// option is one of a command, or a command below it.
type option struct {
	Type         int
	Name         string
	Description  string
	Required     bool
	Autocomplete bool
	Choices      []struct {
		Name  string
		Value json.RawMessage
	}
	Options []option
}

// registry is the commands that there are.
type registry struct {
	commands map[string][]*command  // by server, those for all under ""
	created  map[string][]time.Time // when some were created, likewise
	mint     func() string          // an id
}

var commandName = regexp.MustCompile(`^[-_'\pL\pN]{1,32}$`)

// parseCommand reads a command and holds it to the limits.
func parseCommand(text json.RawMessage) (*command, *refusal) {
	c := &command{Type: 1}
	if json.Unmarshal(text, &c.fields) != nil || json.Unmarshal(text, c) != nil {
		return nil, wrong("", "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
	}
	if bad := named("", c.Name, c.Description, c.Type == 1); bad != nil {
		return nil, bad
	}
	if c.Type < 1 || c.Type > 4 {
		return nil, badChoice("type", "Value must be one of {1, 2, 3, 4}.")
	}
	if bad := options("options", c.Options, 0); bad != nil {
		return nil, bad
	}
	if n := c.size(); n > mostCharacters {
		return nil, wrong("", "APPLICATION_COMMAND_TOO_LARGE", fmt.Sprintf("Command exceeds maximum size (%d).", mostCharacters))
	}
	return c, nil
}

// named looks at a name and a description.
func named(path, name, description string, strict bool) *refusal {
	if strict && (!commandName.MatchString(name) || strings.ToLower(name) != name) || name == "" || componenttest.Length(name) > 32 {
		return wrong(path+".name", "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
	}
	if n := componenttest.Length(description); strict && (n < 1 || n > 100) {
		return badLength(path+".description", "Must be between 1 and 100 in length.")
	}
	return nil
}

// options looks at a list of them, which may hold such lists, two deep.
func options(path string, list []option, depth int) *refusal {
	if len(list) > mostOptions {
		return badLength(path, "Must be 25 or fewer in length.")
	}
	names, optional := map[string]bool{}, false
	for i, o := range list {
		here := fmt.Sprintf("%s.%d", path, i)
		if bad := named(here, o.Name, o.Description, true); bad != nil {
			return bad
		}
		isSub := o.Type == optionSub || o.Type == optionGroup
		switch {
		case o.Type < 1 || o.Type > mostOption:
			return badChoice(here+".type", "Value must be one of {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}.")
		case isSub != (list[0].Type == optionSub || list[0].Type == optionGroup) || o.Type == optionGroup && depth > 0 || isSub && depth > 1:
			return wrong(here+".type", "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", "Sub-command and sub-command group option types are mutually exclusive to all other types")
		case names[o.Name]:
			return wrong(here+".name", "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Option name already exists")
		case o.Required && optional:
			return wrong(here, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", "Required options must be placed before non-required options")
		}
		names[o.Name] = true
		optional = optional || !o.Required && !isSub
		if bad := choices(here, o); bad != nil {
			return bad
		}
		if bad := options(here+".options", o.Options, depth+1); bad != nil {
			return bad
		}
	}
	return nil
}

func choices(path string, o option) *refusal {
	if len(o.Choices) > mostOptions {
		return badLength(path+".choices", "Must be 25 or fewer in length.")
	}
	if o.Autocomplete && len(o.Choices) > 0 {
		return wrong(path+".autocomplete", "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_CHOICES", "Autocomplete options cannot have choices")
	}
	for i, c := range o.Choices {
		if n := componenttest.Length(c.Name); n < 1 || n > 100 {
			return badLength(path+"."+at("choices", i, "name"), "Must be between 1 and 100 in length.")
		}
	}
	return nil
}

// size is how many characters of names, descriptions and values a command has.
func (c *command) size() int {
	return componenttest.Length(c.Name) + componenttest.Length(c.Description) + sizeOf(c.Options)
}

func sizeOf(list []option) (n int) {
	for _, o := range list {
		n += componenttest.Length(o.Name) + componenttest.Length(o.Description) + sizeOf(o.Options)
		for _, c := range o.Choices {
			n += componenttest.Length(c.Name) + len(c.Value)
		}
	}
	return n
}

// registered gives a command an id.
func (r *registry) registered(c *command, guild string) *command {
	c.ID, c.Version, c.Guild = r.mint(), r.mint(), guild
	return c
}

// shape is a command as the API has it: with all that the app left out.
func (c *command) shape() object {
	o := object{
		"id": c.ID, "application_id": App, "version": c.Version, "default_member_permissions": nil, "type": c.Type, "name": c.Name,
		"description": c.Description, "dm_permission": true, "contexts": nil, "integration_types": []int{0}, "nsfw": false,
	}
	for _, name := range []string{"default_member_permissions", "dm_permission", "contexts", "integration_types", "nsfw", "options"} {
		if v, ok := c.fields[name]; ok && v != nil {
			o[name] = v
		}
	}
	if list, ok := o["options"].([]any); ok && len(list) == 0 {
		delete(o, "options")
	}
	if c.Guild != "" {
		o["guild_id"] = c.Guild
	}
	return o
}

// same tells whether another one says the same.
func (c *command) same(other *command) bool {
	return string(raw(c.fields)) == string(raw(other.fields))
}

// spend counts a command that is created; false if there were too many that day.
func (r *registry) spend(guild string, n int) bool {
	now := time.Now()
	var kept []time.Time
	for _, at := range r.created[guild] {
		if now.Sub(at) < day {
			kept = append(kept, at)
		}
	}
	if len(kept)+n > mostCreates {
		r.created[guild] = kept
		return false
	}
	for range n {
		kept = append(kept, now)
	}
	r.created[guild] = kept
	return true
}
