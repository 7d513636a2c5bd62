package discordfake

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
)

// scope is the server whose commands a call is about, "" for those of all.
func (c *call) scope() (string, *refusal) {
	if c.vars["application"] != App {
		return "", no(http.StatusForbidden, 20012, "You are not authorized to perform this action on this application")
	}
	if c.vars["guild"] == "" {
		return "", nil
	}
	if _, _, bad := c.inGuild(); bad != nil {
		return "", noAccess()
	}
	return c.vars["guild"], nil
}

func tooManyCreates() *refusal {
	bad := no(http.StatusTooManyRequests, 30034, "Max number of daily application command creates has been reached (200)")
	bad.more = object{"retry_after": day.Seconds()}
	return bad
}

func listCommands(c *call) (any, *refusal) {
	scope, bad := c.scope()
	if bad != nil {
		return nil, bad
	}
	return c.commandShapes(scope), nil
}

func (r *registry) commandShapes(scope string) []object {
	all := []object{}
	for _, one := range r.commands[scope] {
		all = append(all, one.shape())
	}
	return all
}

// command finds one by its name and type.
func (r *registry) command(scope string, like *command) *command {
	for _, one := range r.commands[scope] {
		if one.Name == like.Name && one.Type == like.Type {
			return one
		}
	}
	return nil
}

func createCommand(c *call) (any, *refusal) {
	scope, bad := c.scope()
	if bad != nil {
		return nil, bad
	}
	made, bad := parseCommand(json.RawMessage(c.args.text()))
	if bad != nil {
		return nil, bad
	}
	if before := c.command(scope, made); before != nil {
		c.replace(before, made)
		return before.shape(), nil
	}
	if len(c.commands[scope]) >= mostCommands {
		return nil, no(http.StatusBadRequest, 30032, "Maximum number of application commands reached (100)")
	}
	if !c.spend(scope, 1) {
		return nil, tooManyCreates()
	}
	c.commands[scope] = append(c.commands[scope], c.registered(made, scope))
	c.code = http.StatusCreated
	return made.shape(), nil
}

// replace puts what another says in the place of what a command said. It is another
// version then, unless it says the same.
func (r *registry) replace(before, made *command) {
	if !before.same(made) {
		before.Version = r.mint()
	}
	before.fields, before.Name, before.Description, before.Options = made.fields, made.Name, made.Description, made.Options
}

// putCommands puts a list in the place of all commands. Only those that are new count.
func putCommands(c *call) (any, *refusal) {
	scope, bad := c.scope()
	if bad != nil {
		return nil, bad
	}
	var list []json.RawMessage
	if json.Unmarshal(c.args[""], &list) != nil {
		return nil, wrong("", "BASE_TYPE_INVALID", "Only iterables may be used in a ListType")
	}
	var wanted []*command
	fresh := 0
	for i, text := range list {
		made, bad := parseCommand(text)
		if bad != nil {
			return nil, bad.under(strconv.Itoa(i))
		}
		if slices.ContainsFunc(wanted, func(other *command) bool { return other.Name == made.Name && other.Type == made.Type }) {
			return nil, wrong("", "APPLICATION_COMMANDS_DUPLICATE_NAME", "Application command names must be unique")
		}
		if c.command(scope, made) == nil {
			fresh++
		}
		wanted = append(wanted, made)
	}
	if len(wanted) > mostCommands {
		return nil, no(http.StatusBadRequest, 30032, "Maximum number of application commands reached (100)")
	}
	if !c.spend(scope, fresh) {
		return nil, tooManyCreates()
	}
	c.commands[scope] = c.merged(scope, wanted)
	return c.commandShapes(scope), nil
}

// merged are the commands that are wanted: those that are there already keep their ids.
func (r *registry) merged(scope string, wanted []*command) []*command {
	var all []*command
	for _, made := range wanted {
		if before := r.command(scope, made); before != nil {
			r.replace(before, made)
			all = append(all, before)
		} else {
			all = append(all, r.registered(made, scope))
		}
	}
	return all
}

// one finds the command that a call names.
func (c *call) one() (string, *command, *refusal) {
	scope, bad := c.scope()
	if bad != nil {
		return "", nil, bad
	}
	for _, one := range c.commands[scope] {
		if one.ID == c.vars["command"] {
			return scope, one, nil
		}
	}
	return "", nil, no(http.StatusNotFound, 10063, "Unknown application command")
}

func getCommand(c *call) (any, *refusal) {
	_, one, bad := c.one()
	if bad != nil {
		return nil, bad
	}
	return one.shape(), nil
}

func editCommand(c *call) (any, *refusal) {
	_, one, bad := c.one()
	if bad != nil {
		return nil, bad
	}
	merged := args{}
	for name, v := range one.fields {
		merged[name] = raw(v)
	}
	maps.Copy(merged, c.args)
	made, bad := parseCommand(json.RawMessage(merged.text()))
	if bad != nil {
		return nil, bad
	}
	c.replace(one, made)
	return one.shape(), nil
}

func deleteCommand(c *call) (any, *refusal) {
	scope, one, bad := c.one()
	if bad != nil {
		return nil, bad
	}
	c.commands[scope] = slices.DeleteFunc(c.commands[scope], func(other *command) bool { return other == one })
	return nil, nil
}
