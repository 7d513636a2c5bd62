package discord

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// interactionOf reads an interaction that can be read.
func interactionOf(t *testing.T, text string) *interaction {
	t.Helper()
	i, s, err := readEvent(eventInteraction, json.RawMessage(text))
	if err != nil || i == nil || s != nil {
		t.Fatalf("%v, %v, %v", i, s, err)
	}
	return i
}

// TestCommand holds what is read of a command, in a thread of a server.
func TestCommand(t *testing.T) {
	t.Parallel()
	i := interactionOf(t, `{
		"id":"11","type":2,"application_id":"22","token":"aW50","version":1,"guild_id":"33","channel_id":"44","locale":"de","guild_locale":"en-US","context":0,
		"channel":{"id":"44","type":11,"parent_id":"45","name":"Import","permissions":"1"},
		"member":{"user":{"id":"55","username":"ana","global_name":"Ana","discriminator":"0"},"nick":"Ana B.","roles":["66","67"],"permissions":"8"},
		"data":{"id":"77","name":"task","type":1,"options":[{"name":"approve","type":1,"options":[{"name":"task","type":3,"value":"t1"},{"name":"n","type":4,"value":7}]}]}}`)
	o := i.order()
	if o.name != "task" || o.sub != "approve" || o.arg("task") != "t1" || o.arg("n") != "7" || o.arg("x") != "" || o.group != "" {
		t.Errorf("it is %+v", o)
	}
	if i.user().ID != "55" || !slices.Equal(i.roles(), []string{"66", "67"}) || i.channel() != "44" || i.direct() || i.far() != "" {
		t.Errorf("it is %+v", i)
	}
	if i.Room.Parent != "45" || i.Room.Type != 11 || i.App != "22" || i.Token != "aW50" || i.Guild != "33" {
		t.Errorf("it is %+v", i)
	}
}

// TestOrders holds how commands nest, and what somebody is typing.
func TestOrders(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ data, want string }{
		{`{"name":"task"}`, "task   "},
		{`{"name":"task","options":null}`, "task   "},
		{`{"name":"task","options":[{"name":"list","type":1}]}`, "task  list "},
		{`{"name":"task","options":[{"name":"list","type":1,"options":null}]}`, "task  list "},
		{`{"name":"task","options":[{"name":"admin","type":2,"options":[{"name":"stop","type":1,"options":[{"name":"task","type":3,"value":"a","focused":true}]}]}]}`, "task admin stop task=a"},
		{`{"name":"task","options":[{"name":"what","type":3,"value":"how is it","focused":true}]}`, "task   what=how is it"},
		{`{"name":"task","options":[{"name":"x","type":3,"value":"1"},{"name":"y","type":5,"value":true,"focused":true}]}`, "task   y=true"},
		{`{"name":7,"options":{"a":1}}`, "   "},
		{`{"name":"task","options":[null,7,{"name":"x","type":"?","value":{"a":[1]},"focused":true}]}`, "task   x="},
	} {
		o := interactionOf(t, `{"id":"1","type":4,"token":"x","user":{"id":"5"},"data":`+c.data+`}`).order()
		name, text := o.typing()
		got := o.name + " " + o.group + " " + o.sub + " "
		if name != "" {
			got += name + "=" + text
		}
		if got != c.want {
			t.Errorf("%s: %q", c.data, got)
		}
	}
}

// TestPressed holds what is read of a press, whatever its message is made of.
func TestPressed(t *testing.T) {
	t.Parallel()
	i := interactionOf(t, `{
		"id":"11","type":3,"application_id":"22","token":"x","channel":{"id":"44","type":1},"channel_id":"44","context":1,
		"user":{"id":"55","username":"ana"},
		"message":{"id":"99","channel_id":"44","flags":32832,"author":{"id":"42","bot":true},"components":[{"type":17,"components":[{"type":999,"new":{"a":[1]}}]}],"embeds":"?"},
		"data":{"custom_id":"dsealed","component_type":2,"id":7,"values":["a","b"]}}`)
	if i.Data.CustomID != "dsealed" || i.far() != "44/99" || !i.direct() || !i.private() || len(i.roles()) > 0 {
		t.Errorf("it is %+v", i)
	}
	if !strings.Contains(string(i.Message.Components), `"type":999`) {
		t.Errorf("it is %s", i.Message.Components)
	}
	for where, direct := range map[string]bool{
		`"context":1`: true, `"channel":{"type":1}`: true, `"x":0`: true, `"context":2`: false, `"context":2,"channel":{"type":1}`: false,
		`"channel":{"type":3}`: false, `"guild_id":"1"`: false, `"guild_id":"1","context":0`: false,
	} {
		if got := interactionOf(t, `{"id":"1","type":3,"token":"x","user":{"id":"5"},`+where+`}`).direct(); got != direct {
			t.Errorf("%s: %t", where, got)
		}
	}
}

// TestForm holds that what was written in a modal is found, in whatever it stands.
func TestForm(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		`[{"type":18,"id":1,"component":{"type":4,"id":2,"custom_id":"reason","value":"not today"}}]`:                            "not today",
		`[{"type":1,"components":[{"type":4,"custom_id":"reason","value":"not today"}]}]`:                                        "not today",
		`[{"type":10,"content":"x"},{"type":21,"component":{"values":["?"]}},{"component":{"custom_id":"reason","value":"ok"}}]`: "ok",
		`[{"type":18,"component":{"type":4,"custom_id":"reason","value":""}}]`:                                                   "",
		`[{"type":18,"component":{"type":4,"custom_id":"reason","value":null}}]`:                                                 "",
		`[{"type":18,"component":{"type":4,"custom_id":"other","value":"x"}}]`:                                                   "",
		`[null,7,{"component":7},{"components":{}}]`:                                                                             "",
		`null`: "", `{}`: "", `7`: "",
	} {
		i := interactionOf(t, `{"id":"1","type":5,"token":"x","user":{"id":"5"},"data":{"custom_id":"rsealed","components":`+in+`}}`)
		if got := i.input("reason"); got != want || i.Data.CustomID != "rsealed" {
			t.Errorf("%s: %q", in, got)
		}
	}
}

// TestUnreadable holds that what nothing can be done about is an error that repeats nothing.
func TestUnreadable(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		``, `x`, `null`, `7`, `[]`, `{}`, `{"id":"secret","token":"secret","type":2}`, `{"id":"secret","type":2,"user":{"id":"secret"}}`,
		`{"token":"secret","type":2,"user":{"id":"secret"}}`, `{"id":["secret"],"token":"secret","type":2,"user":{"id":"secret"}}`,
	} {
		i, s, err := readEvent(eventInteraction, json.RawMessage(text))
		if err == nil || i != nil || s != nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v, %v, %v", text, i, s, err)
		}
	}
	if i, s, err := readEvent("TYPING_START", json.RawMessage("x")); i != nil || s != nil || err != nil {
		t.Errorf("%v, %v, %v", i, s, err)
	}
	if _, _, err := readEvent(eventMessage, json.RawMessage("x")); err == nil {
		t.Error("a message that is none can be read")
	}
}

// TestSaid holds what is read of a message, and that of bots none is.
func TestSaid(t *testing.T) {
	t.Parallel()
	const about = `"id":"1","channel_id":"2","content":"hi"`
	_, s, err := readEvent(eventMessage, json.RawMessage(`{`+about+`,"guild_id":"3","type":19,"flags":0,"author":{"id":"5","username":"ana","global_name":"Ana"},
		"member":{"nick":"A.","roles":["6"]},"message_reference":{"type":0,"channel_id":"2","message_id":"9","guild_id":"3"},"mentions":[]}`))
	if err != nil || s == nil || s.far() != "2/1" || s.below() != "2/9" || s.direct() || !slices.Equal(s.roles(), []string{"6"}) {
		t.Errorf("it is %+v, %v", s, err)
	}
	for text, heard := range map[string]bool{
		`"author":{"id":"5"}`: true, `"author":{"id":"5"},"type":0`: true, `"author":{"id":"5","bot":true}`: false, `"author":{"id":"5"},"webhook_id":"7"`: false,
		`"author":{"id":"5"},"type":7`: false, `"author":{"id":"5"},"type":18`: false, `"author":null`: false, `"x":1`: false,
	} {
		if _, s, err := readEvent(eventMessage, json.RawMessage("{"+about+","+text+"}")); (s != nil) != heard || err != nil {
			t.Errorf("%s: %v, %v", text, s, err)
		}
	}
	for text, below := range map[string]string{
		`"type":19,"message_reference":{"message_id":"9"}`: "2/9", `"type":0,"message_reference":{"type":1,"message_id":"9","channel_id":"8"}`: "",
		`"type":19,"message_reference":{"type":1,"message_id":"9"}`: "", `"type":19`: "", `"type":19,"message_reference":null`: "",
	} {
		if _, s, _ := readEvent(eventMessage, json.RawMessage(`{`+about+`,"author":{"id":"5"},`+text+"}")); s == nil || s.below() != below || !s.direct() {
			t.Errorf("%s: %+v", text, s)
		}
	}
}

// TestPlain holds what somebody has said as they see it, and whether they say it to us.
func TestPlain(t *testing.T) {
	t.Parallel()
	const us = "42"
	told := []tagged{{Person: Person{ID: "7", Name: "ben"}}, {Person: Person{ID: "8", Name: "cleo", Global: "Cleo"}, Member: Member{Nick: "C.\nleo"}}}
	rooms := func(id string) string { return map[string]string{"1": "deploys"}[id] }
	for _, c := range []struct {
		text, want string
		named      bool
	}{
		{"<@42> how's my CRM task?", "how's my CRM task?", true},
		{"<@!42>, cancel it", "cancel it", true},
		{"hey <@42>", "hey", true},
		{"hey <@42>, please <@!42> cancel it", "hey, please cancel it", true},
		{"\n<@42>: - cancel it", "- cancel it", true},
		{"<@42>", "", true},
		{"<@42> <@7> asks", "@ben asks", true},
		{"ask <@7>, <@!8> and <@9> in <#1> or <#2>", "ask @ben, @C. leo and @9 in #deploys or #2", false},
		{"<@&5> please", "@role please", false},
		{`50\% of \*all\* \<@42> \\ \_x\_ C:\temp \é`, `50% of *all* <@42> \ _x_ C:\temp é`, false},
		{"see <https://x.example/a?b=1> or https://y.example", "see https://x.example/a?b=1 or https://y.example", false},
		{"<:party:12> <a:spin:13> <a:a:14> </task list:15> <t:1700000000:R>", ":party: :spin: :a: /task list <t:1700000000:R>", false},
		{"`<@42> \\*` and ```\n<@42>\n``` and ``a`<@42>``", "`<@42> \\*` and ```\n<@42>\n``` and ``a`<@42>``", false},
		{"` <@42> hi", "` hi", true},
		{"a < b > c <@> <@x> <#> <::1> <@42", "a < b > c <@> <@x> <#> <::1> <@42", false},
		{"  spaces \n", "spaces", false},
		{"", "", false},
	} {
		s := said{Content: c.text, Mentions: told}
		if got, named := s.plain(us, rooms); named != c.named || got != c.want {
			t.Errorf("%q: %q, %t", c.text, got, named)
		}
	}
	s := said{Content: "<@42> in <#1>"}
	if got, named := s.plain("", nil); got != "@42 in #1" || named {
		t.Errorf("%q, %t", got, named)
	}
}

// TestToUs holds when a message is for us that does not say our name: if it replies to one of
// ours, and calls nobody else.
func TestToUs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text     string
		everyone bool
		told     []string
		want     bool
	}{
		{"and now?", false, []string{"42"}, true},
		{"and now?", false, nil, false},
		{"and now?", false, []string{"7"}, false},
		{"<@7> look at this", false, []string{"42", "7"}, false},
		{"<@&5> look at this", false, []string{"42"}, false},
		{"@here look at this", true, []string{"42"}, false},
		{"<@42> tell <@7>", false, []string{"42", "7"}, true},
		{"@everyone, <@42> is right", true, []string{"42"}, true},
		{"`<@7>` wrote this", false, []string{"42"}, true},
		{"", false, []string{"42"}, true},
	} {
		s := said{Content: c.text, Everyone: c.everyone}
		for _, id := range c.told {
			s.Mentions = append(s.Mentions, tagged{Person: Person{ID: id}})
		}
		if _, named := s.plain("42", nil); named != c.want {
			t.Errorf("%q to %v: %t", c.text, c.told, named)
		}
	}
}

// FuzzInteraction holds that nothing that is sent is too much.
func FuzzInteraction(f *testing.F) {
	f.Add([]byte(`{"id":"1","type":2,"token":"x","member":{"user":{"id":"5"}},"data":{"name":"task","options":[{"name":"show","type":1,"options":[{"name":"task","value":"t","focused":true}]}]}}`))
	f.Add([]byte(`{"id":"1","type":5,"token":"x","user":{"id":"5"},"data":{"custom_id":"r","components":[{"component":{"custom_id":"reason","value":"x"}}]}}`))
	f.Add([]byte(`{"id":"1","type":3,"token":"x","user":{"id":"5"},"message":{"id":"9","components":[{"type":99}]},"data":{"custom_id":"d"}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		i, err := readInteraction(text)
		if err != nil || i.Type == typePing {
			return
		}
		name, _ := i.order().typing()
		if i.user().ID == "" || i.ID == "" || i.Token == "" {
			t.Errorf("%+v has no name", i)
		}
		_ = fmt.Sprint(i.order().arg(name), i.input("reason"), i.far(), i.channel(), i.direct(), i.private(), i.roles())
	})
}

// FuzzSaid holds the same of messages, and that their texts grow by no more than the names in them.
func FuzzSaid(f *testing.F) {
	f.Add([]byte(`{"id":"1","channel_id":"2","author":{"id":"5"},"content":"<@42> \\* <#1> <:a:1>","mentions":[{"id":"42","username":"herald","member":{"nick":"h"}}]}`), "42")
	f.Add([]byte("{\"id\":\"1\",\"channel_id\":\"2\",\"author\":{\"id\":\"5\"},\"content\":\"`` ``` </a:1> <https://x>\",\"mentions\":null}"), "")
	f.Fuzz(func(t *testing.T, text []byte, self string) {
		s, err := readSaid(text)
		if err != nil || s == nil {
			return
		}
		longest := len("@role")
		for _, m := range s.Mentions {
			longest = max(longest, len("@")+max(len(m.Name), len(m.Global), len(m.Member.Nick)))
		}
		if said, _ := s.plain(self, nil); len(said) > len(s.Content)*longest {
			t.Errorf("%q became %q", s.Content, said)
		}
		_ = fmt.Sprint(s.far(), s.below(), s.direct(), s.roles())
	})
}

// TestForeignCommand holds that a command that is none of ours says nothing, whatever stands below
// it.
func TestForeignCommand(t *testing.T) {
	t.Parallel()
	for data, want := range map[string]string{
		`{"name":"task","options":[{"name":"cancel","type":1,"options":[{"name":"task","type":3,"value":"a"}]}]}`:                                       "cancel a",
		`{"name":"other","options":[{"name":"cancel","type":1,"options":[{"name":"task","type":3,"value":"a"}]}]}`:                                      "",
		`{"name":"task","options":[{"name":"admin","type":2,"options":[{"name":"cancel","type":1,"options":[{"name":"task","type":3,"value":"a"}]}]}]}`: "",
	} {
		if got := interactionOf(t, `{"id":"1","type":2,"token":"x","user":{"id":"5"},"data":`+data+`}`).order().sentence(); got != want {
			t.Errorf("%s says %q, want %q", data, got, want)
		}
	}
}
