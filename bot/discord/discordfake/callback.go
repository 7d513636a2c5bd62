package discordfake

import (
	"encoding/json"
	"net/http"
	"slices"

	"github.com/taskherald/herald/templates/discordcard/componenttest"
)

// may are the responses that each kind may have.
var may = map[Kind][]int{
	Command:      {respondMessage, respondLater, respondModal},
	Press:        {respondMessage, respondLater, respondUpdating, respondUpdate, respondModal},
	Autocomplete: {respondChoices},
	Submit:       {respondMessage, respondLater, respondUpdating, respondUpdate},
}

func unknownInteraction() *refusal {
	return no(http.StatusNotFound, 10062, "Unknown interaction")
}

// callback takes the first response to an interaction.
func callback(c *call) (any, *refusal) {
	i := c.acts[c.vars["token"]]
	switch {
	case i == nil || i.ID != c.vars["interaction"] || i.late:
		return nil, unknownInteraction()
	case i.taken:
		return nil, no(http.StatusBadRequest, 40060, "Interaction has already been acknowledged.")
	}
	p, bad := (&reaction{c, i}).respond()
	if bad != nil {
		return nil, bad
	}
	if c.query.Get("with_response") != "true" {
		return nil, nil
	}
	about := object{"id": i.ID, "type": int(i.Kind), "response_message_loading": i.said == respondLater, "response_message_ephemeral": i.private}
	said := object{"interaction": about}
	if p != nil {
		about["response_message_id"] = p.id
		said["resource"] = object{"type": i.said, "message": p.shape(c.world, i.room)}
	}
	return said, nil
}

// reaction is a call that is about an interaction.
type reaction struct {
	*call
	i *Interaction
}

// respond does what a first response says, whichever way it came.
func (c *reaction) respond() (*post, *refusal) {
	i := c.i
	var kind int
	if bad := c.args.into("type", &kind); bad != nil {
		return nil, bad
	}
	allowed := slices.Contains(may[i.Kind], kind)
	if i.Kind == Submit && (kind == respondUpdate || kind == respondUpdating) {
		allowed = i.source != nil
	}
	if !allowed {
		return nil, badChoice("type", "Value must be one of the types that this interaction may have.")
	}
	data := c.args["data"]
	inner := &reaction{&call{world: c.world, fake: c.fake, r: c.r, vars: map[string]string{"token": i.Token}, args: args{}, files: c.files}, i}
	if c.args.has("data") {
		if json.Unmarshal(data, &inner.args) != nil {
			return nil, wrong("data", "DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType")
		}
	} else if kind != respondLater && kind != respondUpdating {
		return nil, required("data")
	}
	if bad := inner.take(kind); bad != nil {
		return nil, bad.under("data")
	}
	i.responded(kind, data)
	return i.original, nil
}

// under says that what is wrong is inside a field.
func (r *refusal) under(name string) *refusal {
	if r.form != nil {
		r.form = object{name: r.form}
	}
	return r
}

// take does what the data of a response say.
func (c *reaction) take(kind int) *refusal {
	i := c.i
	switch kind {
	case respondMessage:
		return c.opens(true)
	case respondLater:
		return c.opens(false)
	case respondUpdating:
		i.original = i.source
	case respondUpdate:
		changed, bad := c.compose(*i.source, changeable)
		if bad != nil {
			return bad
		}
		i.original = i.source
		c.change(i.room, i.source, changed)
	case respondChoices:
		return c.offers()
	case respondModal:
		return c.shows()
	}
	return nil
}

// opens makes the message that a response shows, or the one that says that the app is
// thinking. Of the flags of the latter Ephemeral alone counts.
func (c *reaction) opens(now bool) *refusal {
	i := c.i
	p := &post{author: Bot, act: i, pings: people()}
	if i.source != nil {
		p.ref, p.refRoom = i.source.id, i.room.ID
	}
	if now {
		made, bad := c.compose(*p, sendable|Ephemeral)
		if bad != nil {
			return bad
		}
		p = made
	} else {
		var flags int
		if bad := c.args.into("flags", &flags); bad != nil {
			return bad
		}
		p.flags = Loading | flags&Ephemeral
	}
	i.private = p.flags&Ephemeral != 0
	if i.private {
		p.only = i.user
	}
	i.original = c.add(i.room, p)
	if now {
		c.posted(i.room, p)
	}
	return nil
}

// offers looks at choices.
func (c *reaction) offers() *refusal {
	var list []struct {
		Name  string
		Value json.RawMessage
	}
	if bad := c.args.into("choices", &list); bad != nil {
		return bad
	}
	if !c.args.has("choices") {
		return required("choices")
	}
	if len(list) > 25 {
		return badLength("choices", "Must be 25 or fewer in length.")
	}
	for n, choice := range list {
		var text string
		if json.Unmarshal(choice.Value, &text) == nil && componenttest.Length(text) > 100 || len(choice.Value) == 0 {
			return badLength(at("choices", n, "value"), "Must be between 1 and 100 in length.")
		}
		if componenttest.Length(choice.Name) < 1 || componenttest.Length(choice.Name) > 100 {
			return badLength(at("choices", n, "name"), "Must be between 1 and 100 in length.")
		}
	}
	return nil
}
