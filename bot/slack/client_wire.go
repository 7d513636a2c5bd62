package slack

import (
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

// wire carries the requests. Their answers are read here and not by slack-go, whose client
// gives up on a whole channel's history at one block of a kind that it does not know.
type wire struct {
	road     callout.Road
	base     string
	host     string
	bot, app string
}

func newWire(o ClientOptions) *wire {
	if o.Transport == nil {
		o.Transport = callout.NewCarrier(beside)
	}
	base := strings.TrimRight(cmp.Or(o.API, API), "/") + "/"
	return &wire{
		road: callout.Road{Carrier: o.Transport, Patience: cmp.Or(o.Timeout, patience), Most: maxAnswer},
		base: base, host: host(base), bot: o.BotToken, app: o.AppToken,
	}
}

// Close lets go of connections that are open and not in use.
func (w *wire) Close() {
	if c, ok := w.road.Carrier.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// call calls a method with the bot's token, and reads its answer.
func (w *wire) call(ctx context.Context, method string, form url.Values, out any) error {
	_, err := w.ask(ctx, w.bot, method, form, out)
	return err
}

// ask calls a method. The token goes in a header, where nothing repeats it.
func (w *wire) ask(ctx context.Context, token, method string, form url.Values, out any) (http.Header, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, w.base+method, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, &Problem{Method: method, Host: w.host, Err: errors.New("the address of the API is no URL")}
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	body, headers, err := w.carry(r, method)
	if err != nil {
		return nil, err
	}
	return headers, w.read(method, body, out)
}

// carry makes a request and reads the answer, if it is a yes.
func (w *wire) carry(r *http.Request, method string) (body []byte, _ http.Header, err error) {
	a, err := w.road.Carry(r)
	if silence, ok := errors.AsType[*callout.Silence](err); ok {
		return nil, nil, &Problem{Method: method, Host: w.host, Doubt: silence.Reached, Err: silence.Err}
	}
	if a.Status != http.StatusOK {
		return nil, nil, answered(method, w.host, a.Status, a.Header)
	}
	return a.Body, a.Header, nil
}

var errGarbled = errors.New("the answer cannot be read: is slack.api_url right?")

// read reads an answer of the API: first whether it is a yes.
func (w *wire) read(method string, body []byte, out any) error {
	var verdict struct {
		OK       bool   `json:"ok"`
		Error    string `json:"error"`
		Needed   string `json:"needed"`
		Metadata struct {
			Messages []string `json:"messages"`
		} `json:"response_metadata"`
	}
	if json.Unmarshal(body, &verdict) != nil || !verdict.OK && verdict.Error == "" {
		return &Problem{Method: method, Host: w.host, Doubt: true, Err: errGarbled}
	}
	if !verdict.OK {
		return &Problem{Method: method, Host: w.host, Code: word(verdict.Error), Needed: words(verdict.Needed), At: pointer(verdict.Metadata.Messages)}
	}
	if json.Unmarshal(body, out) != nil {
		return &Problem{Method: method, Host: w.host, Doubt: true, Err: errGarbled}
	}
	return nil
}

// written is something in JSON. What slack-go makes of blocks and views can always be
// written.
func written(v any) string {
	text, _ := json.Marshal(v)
	return string(text)
}
