package discordfake

import (
	"fmt"
	"slices"
)

// Press presses a button of a message as they saw it: by its label or its custom_id. A
// message that was changed since can be pressed too, as by somebody whose screen is behind;
// one that is gone cannot. A button that opens an address tells nobody, and is none here.
func (u *User) Press(m Message, what string) (*Interaction, error) {
	defer locked(u.fake)()
	r, p, err := u.post(m)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(m.Buttons, func(b Button) bool { return b.URL == "" && !b.Disabled && (b.CustomID == what || b.Label == what) })
	if at < 0 {
		return nil, fmt.Errorf("%w: %q", ErrNoButton, what)
	}
	return press(u, r, p, m.Buttons[at].CustomID), nil
}

// Forge presses a button that a message never had, as somebody may whose client is their
// own work. It panics if the message is gone: the test is wrong.
func (u *User) Forge(m Message, customID string) *Interaction {
	defer locked(u.fake)()
	r, p, err := u.post(m)
	if err != nil {
		panic(err)
	}
	return press(u, r, p, customID)
}

func press(u *User, r *room, p *post, customID string) *Interaction {
	return act(u, r, Press, p, object{"custom_id": customID, "component_type": typeButton, "id": 1})
}

// Modal is the modal that the person sees; ok is false if there is none.
func (u *User) Modal() (m Modal, ok bool) {
	defer locked(u.fake)()
	shown := u.fake.world.modals[u.id]
	if shown == nil {
		return Modal{}, false
	}
	return shown.Modal, true
}

// Close closes the modal. The app is not told.
func (u *User) Close() {
	defer locked(u.fake)()
	delete(u.fake.world.modals, u.id)
}

// Submit submits the modal with what they wrote, by the custom_id of each field. What
// Discord checks itself is an error here: a field that must be filled, a text that is too
// long. The modal stays open until the app responds.
func (u *User) Submit(values map[string]string) (*Interaction, error) {
	defer locked(u.fake)()
	m := u.fake.world.modals[u.id]
	if m == nil {
		return nil, fmt.Errorf("discordfake: %s sees no modal", u.id)
	}
	data, err := m.filled(values)
	if err != nil {
		return nil, err
	}
	delete(u.fake.world.modals, u.id)
	i := act(u, m.from.room, Submit, m.from.source, data)
	return i, nil
}

// Command gives a slash command in a channel, a thread, or with the id of the app in the
// direct messages with it. Sub is the command below it, "" for none.
func (u *User) Command(channel, name, sub string, options map[string]string) (*Interaction, error) {
	return give(u, channel, name, sub, options, "")
}

// Type types a slash command as far as that option, whose choices the app is to offer; see
// [Interaction.Choices].
func (u *User) Type(channel, name, sub string, options map[string]string, option string) (*Interaction, error) {
	return give(u, channel, name, sub, options, option)
}

// give gives a command, or stops while an option is typed.
func give(u *User, channel, name, sub string, values map[string]string, focused string) (*Interaction, error) {
	defer locked(u.fake)()
	r, err := u.room(channel)
	if err != nil {
		return nil, err
	}
	if r.with == "" && !u.fake.world.may(u.id, r, UseCommands) {
		return nil, ErrNotThere
	}
	c := u.fake.world.offered(name, r)
	if c == nil {
		return nil, fmt.Errorf("%w: /%s", ErrNoCommand, name)
	}
	given, err := c.given(sub, values, focused)
	if err != nil {
		return nil, err
	}
	data := object{"id": c.ID, "name": c.Name, "type": c.Type, "options": given}
	if c.Guild != "" {
		data["guild_id"] = c.Guild
	}
	kind := Command
	if focused != "" {
		kind = Autocomplete
	}
	return act(u, r, kind, nil, data), nil
}

// offered is the command of that name that people see in a channel: the server's own
// before that for all.
func (r *registry) offered(name string, there *room) *command {
	for _, scope := range []string{Guild, ""} {
		for _, c := range r.commands[scope] {
			if c.Name == name && (scope == "" || there.with == "") {
				return c
			}
		}
	}
	return nil
}

// given are the options of a command as the app is told of them.
func (c *command) given(sub string, values map[string]string, focused string) ([]object, error) {
	list := c.Options
	if sub != "" {
		at := slices.IndexFunc(list, func(o option) bool { return o.Type == optionSub && o.Name == sub })
		if at < 0 {
			return nil, fmt.Errorf("%w: /%s %s", ErrNoCommand, c.Name, sub)
		}
		list = list[at].Options
	} else if len(list) > 0 && list[0].Type == optionSub {
		return nil, fmt.Errorf("%w: /%s alone", ErrNoCommand, c.Name)
	}
	given, used := []object{}, 0
	for _, o := range list {
		text, ok := values[o.Name]
		if !ok && o.Required && focused == "" {
			return nil, fmt.Errorf("discordfake: the option %s is missing", o.Name)
		}
		if o.Name == focused && !o.Autocomplete {
			return nil, fmt.Errorf("discordfake: the option %s offers nothing", o.Name)
		}
		if !ok && o.Name != focused {
			continue
		}
		used++
		one := object{"name": o.Name, "type": o.Type, "value": text}
		if o.Name == focused {
			one["focused"] = true
		}
		given = append(given, one)
	}
	if used < len(values) {
		return nil, fmt.Errorf("%w: options of %v", ErrNoCommand, values)
	}
	if sub != "" {
		given = []object{{"name": sub, "type": optionSub, "options": given}}
	}
	return given, nil
}
