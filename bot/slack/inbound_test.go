package slack

import (
	"encoding/json"
	"log/slog"
	"testing"

	"github.com/taskherald/herald/bot/chat"
)

// shelf keeps what came in, and does nothing with it.
type shelf struct {
	all    []chat.Arrival
	full   bool
	turned int
}

func (s *shelf) Put(a chat.Arrival) bool { s.all = append(s.all, a); return !s.full }
func (s *shelf) Full() bool              { return s.full }
func (s *shelf) Turn()                   { s.turned++ }

// box is an inbox whose line nobody works on.
func box() (*inbox, *shelf) {
	o := Options{Client: NewClient(ClientOptions{})}
	o.Log = slog.New(slog.DiscardHandler)
	o = o.whole()
	s := &shelf{}
	return &inbox{line: s, ear: newEar(o, chat.NewInbox("Slack", o.Log, o.Now)), log: o.Log, now: o.Now}, s
}

// FuzzFrame holds that no frame does harm, and that each that has an id is acknowledged once,
// before anything else.
func FuzzFrame(f *testing.F) {
	for _, payload := range []string{
		`{"type":"event_callback","event_id":"E1","team_id":"T1","event":{"type":"message","channel":"D1","user":"U1","ts":"1.1","text":"hi"}}`,
		`{"type":"event_callback","event":{"type":"app_home_opened","user":"U1","tab":"home"}}`,
		`{"type":"event_callback","event":{"type":"tokens_revoked","tokens":{"bot":["U1"]}}}`,
		`{"type":"block_actions","user":{"id":"U1"},"channel":{"id":"C1"},"container":{"message_ts":"1.1"},"actions":[{"action_id":"herald.do.approve","value":"x","action_ts":"1"}]}`,
		`{"type":"block_actions","user":{"id":"U1"},"trigger_id":"t","actions":[{"action_id":"herald.more","selected_option":{"value":"herald.reason.reject x"}}]}`,
		`{"type":"view_submission","user":{"id":"U1"},"view":{"callback_id":"herald.reason","private_metadata":"{\"b\":\"x\"}","state":{"values":{"reason":{"reason":{"value":"no"}}}}}}`,
		`{"user_id":"U1","command":"/herald","text":"link X","response_url":"https://hooks.slack.com/x"}`, `7`, `null`, `[]`, `"x"`,
	} {
		for _, kind := range []string{kindEvent, kindInteraction, kindCommand, "hello"} {
			f.Add(`{"type":"` + kind + `","envelope_id":"e1","payload":` + payload + `}`)
		}
	}
	f.Add(`{"type":"disconnect","reason":"warning"}`)
	f.Add(`{"envelope_id":7}`)
	f.Add(`{`)
	f.Fuzz(func(t *testing.T, text string) {
		acks := 0
		b, _ := box()
		e := b.frame([]byte(text), func(string) error { acks++; return nil })
		want := 0
		if e.ID != "" {
			want = 1
		}
		if acks != want || e.ID != "" && !json.Valid([]byte(text)) {
			t.Errorf("%q was acknowledged %d times", text, acks)
		}
	})
}

// TestNoRoom holds that an event for which there is no room is not acknowledged, so that it is
// given again, and that all else is.
func TestNoRoom(t *testing.T) {
	t.Parallel()
	b, line := box()
	line.full = true
	acks := 0
	ack := func(string) error { acks++; return nil }
	b.frame([]byte(`{"type":"events_api","envelope_id":"e1","payload":{"type":"event_callback","event_id":"E1","event":{"type":"message","channel":"D1","user":"U1","ts":"1.1"}}}`), ack)
	if acks != 0 || line.turned != 1 || len(line.all) != 0 {
		t.Errorf("%d acknowledged, %d turned away, %d in line", acks, line.turned, len(line.all))
	}
	b.frame([]byte(`{"type":"slash_commands","envelope_id":"e2","payload":{"user_id":"U1","trigger_id":"t1"}}`), ack)
	if acks != 1 || len(line.all) != 1 || line.all[0].Busy == nil || line.all[0].Key != "command t1" {
		t.Errorf("%d acknowledged, %+v in line", acks, line.all)
	}
}

// TestChatter holds that what people say to each other takes no place in line.
func TestChatter(t *testing.T) {
	t.Parallel()
	for text, lines := range map[string]int{"lunch?": 0, "lunch, <@UBOT>?": 1, "lunch, <@UBOTH>?": 1} {
		b, line := box()
		e := map[string]any{"type": "message", "channel": "C1", "user": "U1", "ts": "1.1", "text": text}
		body, err := json.Marshal(map[string]any{
			"type": "event_callback", "event": e, "authorizations": []any{map[string]any{"user_id": "UBOT", "is_bot": true}},
		})
		if err != nil {
			t.Fatal(err)
		}
		if b.take(kindEvent, body); len(line.all) != lines {
			t.Errorf("%q: %d in line", text, len(line.all))
		}
	}
}

// TestAckFirst holds that nothing is done with an envelope before it is acknowledged, and that
// what could not be is worked on all the same: it may not come again.
func TestAckFirst(t *testing.T) {
	t.Parallel()
	b, line := box()
	b.frame([]byte(`{"type":"slash_commands","envelope_id":"e2","payload":{"user_id":"U1"}}`), func(id string) error {
		if len(line.all) != 0 || id != "e2" {
			t.Errorf("%q, and %d in line", id, len(line.all))
		}
		return errNobody
	})
	if len(line.all) != 1 {
		t.Errorf("%d in line", len(line.all))
	}
}
