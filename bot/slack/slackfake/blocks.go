package slackfake

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/taskherald/herald/templates/slackcard/blocktest"
)

// blocks reads and checks the blocks of a message, and gives each an id that has none. It
// is nil if there are none.
func (c *call) blocks() (json.RawMessage, *refusal) {
	text := []byte(c.args["blocks"])
	var list []map[string]any
	switch {
	case len(text) == 0:
		return nil, nil
	case json.Unmarshal(text, &list) != nil:
		return nil, no("invalid_blocks_format")
	case len(list) == 0:
		return nil, nil
	}
	for i, b := range list {
		if kind, _ := b["type"].(string); slices.Contains(c.opts.Without, kind) {
			return nil, no("invalid_blocks").because(fmt.Sprintf("[ERROR] unsupported type: %s [json-pointer:/blocks/%d/type]", kind, i))
		}
	}
	if refused := wrong(blocktest.Check("a text", text)); refused != nil {
		return nil, refused
	}
	return c.numbered(text), nil
}

// numbered gives each block an id that has none.
func (w *workspace) numbered(text []byte) json.RawMessage {
	var list []map[string]any
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	if err := decoder.Decode(&list); err != nil {
		return json.RawMessage("[]")
	}
	for i, b := range list {
		if id, _ := b["block_id"].(string); id == "" {
			list[i]["block_id"] = w.id("b")
		}
	}
	full, err := json.Marshal(list)
	if err != nil {
		panic(err) // it has just been read
	}
	return full
}

// wrong is how Slack refuses what a check has found.
func wrong(err error) *refusal {
	if err == nil {
		return nil
	}
	found, ok := errors.AsType[*blocktest.Error](err)
	if !ok {
		return no("invalid_blocks").because("[ERROR] " + err.Error())
	}
	messages := make([]string, len(found.Wrong))
	for i, w := range found.Wrong {
		messages[i] = "[ERROR] " + w
	}
	return no(found.Code).because(messages...)
}

// wrongView is what is wrong with a view.
func wrongView(text []byte) *refusal { return wrong(blocktest.CheckView(text)) }
