package socketio

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"strings"
	"testing"
)

// seeds are packets, good and bad.
func seeds(f *testing.F, add func(text string)) {
	f.Helper()
	for _, c := range nonsense {
		add(strings.Join(c.packets, "\x1e"))
	}
	for _, text := range []string{"40", `40{"token":"x"}`, `40/other,{}`, "40\x1e41", "40\x1e" + `4212["x",{"a":[1,null]}]` + "\x1e3\x1e6", "1", "\x1e"} {
		add(text)
	}
}

// FuzzPackets decodes anything; what is accepted means the same when it is
// written again.
func FuzzPackets(f *testing.F) {
	seeds(f, func(text string) { f.Add([]byte(strings.TrimPrefix(text, "4"))) })
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := decode(text)
		if err != nil {
			return
		}
		again := string(m.kind)
		if m.space != "/" {
			again += m.space + ","
		}
		again += m.id + string(m.data)
		n, err := decode([]byte(again))
		if err != nil || n.kind != m.kind || n.space != m.space || n.id != m.id || n.name != m.name || len(n.args) != len(m.args) {
			t.Errorf("%q became %+v, and again %+v, %v", text, m, n, err)
		}
		if m.data != nil && !json.Valid(m.data) {
			t.Errorf("%q has data that is no JSON", text)
		}
	})
}

// FuzzPayload feeds a session with two requests of anything.
func FuzzPayload(f *testing.F) {
	seeds(f, func(text string) { f.Add([]byte(text), []byte("40")) })
	seeds(f, func(text string) { f.Add([]byte("40"), []byte(text)) })
	f.Fuzz(func(t *testing.T, first, second []byte) {
		var joined, gone int
		d := &desk{Server: New(Options{
			Log:   slog.New(slog.DiscardHandler),
			Event: func(_ *Socket, name string, args []json.RawMessage, ack func(...any)) { ack(name, args) },
			Connect: func(context.Context, *http.Request, *Socket, json.RawMessage) error {
				joined++
				return nil
			},
			Gone: func(*Socket) { gone++ },
		})}
		q := "&sid=" + opened(t, d.ask(t.Context(), "GET", "", "").Body.String())
		over, cancel := context.WithCancel(t.Context())
		cancel() // so that a poll with nothing to say is not held
		for _, body := range [][]byte{first, second} {
			if got := d.ask(t.Context(), "POST", q, string(body)).Body.String(); got != "ok" && !strings.HasPrefix(got, `{"code":`) {
				t.Errorf("a POST is answered %q", got)
			}
			for p := range strings.SplitSeq(d.ask(over, "GET", q, "").Body.String(), "\x1e") {
				if p != "" && !strings.HasPrefix(p, `40{"sid":`) && !strings.HasPrefix(p, `44/`) && !strings.HasPrefix(p, "43") && p != "1" && !strings.HasPrefix(p, `{"code":`) {
					t.Errorf("a poll is answered %q", p)
				}
			}
		}
		d.Close()
		if joined > 1 || gone != joined {
			t.Errorf("%d sockets were connected, %d are gone", joined, gone)
		}
	})
}
