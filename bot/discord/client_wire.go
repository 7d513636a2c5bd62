package discord

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/taskherald/herald/notify/callout"
)

// maxAnswer is how much of an answer is read, in bytes.
const maxAnswer = 8 << 20

// agent is who calls, in the form that Discord wants.
const agent = "DiscordBot (https://github.com/taskherald/herald, 1)"

// wire carries the requests.
type wire struct {
	road   callout.Road
	base   string
	host   string
	token  string
	limits *limits
	record *record
}

func newWire(o ClientOptions) *wire {
	if o.Transport == nil {
		o.Transport = callout.NewCarrier(beside)
	}
	base := strings.TrimRight(cmp.Or(o.API, API), "/") + "/"
	return &wire{
		road: callout.Road{Carrier: o.Transport, Patience: cmp.Or(o.Timeout, patience), Most: maxAnswer},
		base: base, host: hostOf(base), token: o.Token, limits: newLimits(), record: &record{},
	}
}

// hostOf is the name in a base URL, for errors.
func hostOf(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return "Discord"
	}
	return cmp.Or(strings.TrimPrefix(u.Hostname(), "www."), "Discord")
}

// Close lets go of connections that are open and not in use.
func (w *wire) Close() {
	if c, ok := w.road.Carrier.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// ask makes a request, and reads its answer if there is something to read it into.
func (w *wire) ask(ctx context.Context, r request, out any) error {
	if p := w.record.bars(&r); p != nil {
		return w.of(&r, p)
	}
	stay, p := w.limits.enter(ctx, &r)
	if p != nil {
		return w.of(&r, p)
	}
	a, err := w.carry(ctx, &r)
	if s, ok := errors.AsType[*callout.Silence](err); ok {
		stay.leave(nil)
		return w.of(&r, &Problem{Doubt: s.Reached, Err: s.Err})
	}
	p = refusal(&a)
	stay.leave(&a)
	w.record.note(&r, &a)
	switch {
	case p != nil:
		return w.of(&r, p)
	case out != nil && json.Unmarshal(a.Body, out) != nil:
		return w.garbled(r)
	}
	return nil
}

// of says of a problem which request it is of.
func (w *wire) of(r *request, p *Problem) *Problem {
	p.Method, p.Host = r.name(), w.host
	return p
}

// garbled is a yes that cannot be read.
func (w *wire) garbled(r request) *Problem {
	return w.of(&r, &Problem{Doubt: true, Err: errors.New("the answer cannot be read: is discord.api_url right?")})
}

// carry makes a request. The bot's token goes in a header, where nothing repeats it.
func (w *wire) carry(ctx context.Context, r *request) (callout.Answer, error) {
	address := w.base + r.path
	if len(r.query) > 0 {
		address += "?" + r.query.Encode()
	}
	body, kind := r.written()
	q, err := http.NewRequestWithContext(ctx, r.method, address, bytes.NewReader(body))
	if err != nil {
		return callout.Answer{}, &callout.Silence{Err: errors.New("the address of the API is no URL")}
	}
	q.Header.Set("User-Agent", agent)
	if kind != "" {
		q.Header.Set("Content-Type", kind)
	}
	if !r.open {
		q.Header.Set("Authorization", "Bot "+w.token)
	}
	return w.road.Carry(q)
}
