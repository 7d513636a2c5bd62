package setup

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/taskherald/herald/bot/checkup"
)

// maxAnswer is how much is read of an answer, in bytes.
const maxAnswer = 8 << 20

// agent is how Discord wants programs to call themselves; its wall turns others away.
const agent = "DiscordBot (https://github.com/taskherald/herald, 1)"

// caller calls methods of Discord.
type caller struct {
	api, token string
	http       *http.Client
}

func (a App) caller() caller { return caller{a.API, a.Token, checkup.Caller(a.Through)} }

// get asks for something, and reads it into what v points to.
func (c caller) get(ctx context.Context, path string, v any) (http.Header, *trouble) {
	return c.call(ctx, http.MethodGet, path, nil, v)
}

// The most tries of a call that Discord wants later, and the longest pause before another.
const (
	mostTries = 4
	mostPause = 5 * time.Second
)

// call calls a method, and reads its answer into what v points to. What Discord wants a little
// later is called again. The headers are nil if there was no answer.
func (c caller) call(ctx context.Context, method, path string, body []byte, v any) (h http.Header, t *trouble) {
	for try := range mostTries {
		if h, t = c.once(ctx, method, path, body, v); t == nil || t.after <= 0 || t.after > mostPause || try == mostTries-1 {
			break
		}
		select {
		case <-time.After(t.after):
		case <-ctx.Done():
			return h, t
		}
	}
	return h, t
}

func (c caller) once(ctx context.Context, method, path string, body []byte, v any) (http.Header, *trouble) {
	r, err := http.NewRequestWithContext(ctx, method, c.api+path, bytes.NewReader(body))
	if err != nil {
		return nil, &trouble{say: "the address of the methods is no URL", advice: "correct discord.api_url"}
	}
	r.Header.Set("Authorization", "Bot "+c.token)
	r.Header.Set("User-Agent", agent)
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	res, err := c.http.Do(r)
	if err != nil {
		return nil, unreached(r, err)
	}
	defer res.Body.Close()
	said, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return nil, unreached(r, err)
	}
	return res.Header, answered(res, said, v)
}

func unreached(r *http.Request, err error) *trouble {
	say, advice := checkup.Unreached(r.URL.Hostname(), err)
	return &trouble{say: say, advice: advice}
}

// answered reads an answer, and is what Discord has against the call; nil if nothing.
func answered(res *http.Response, body []byte, v any) *trouble {
	switch {
	case res.StatusCode/100 == 2 && json.Valid(body):
		if json.Unmarshal(body, v) != nil {
			return &trouble{say: "Discord's answer has a form that is not known", advice: "update Herald, or look for what changes answers on the way"}
		}
		return nil
	case res.StatusCode >= http.StatusInternalServerError:
		return &trouble{status: res.StatusCode}
	}
	var said struct {
		Code *int    `json:"code"`
		Wait float64 `json:"retry_after"` // seconds
	}
	switch err := json.Unmarshal(body, &said); {
	case err != nil && (res.StatusCode == http.StatusTooManyRequests || bytes.Contains(body, []byte("error code: 1015"))):
		return &trouble{
			say:    "Discord's wall turns this machine's address away for a while (1015): too many calls that failed came from it",
			advice: "stop what calls Discord with a wrong token or too often, and wait up to an hour",
		}
	case err == nil && res.StatusCode == http.StatusTooManyRequests:
		return limited(res.Header, said.Wait)
	case err != nil || said.Code == nil:
		return &trouble{
			say:    "what answers at " + res.Request.URL.Hostname() + " is not Discord: status " + strconv.Itoa(res.StatusCode),
			advice: "look for a proxy or a sign-in page between here and Discord, and at discord.api_url",
		}
	}
	return &trouble{status: res.StatusCode, code: *said.Code}
}

// limited is that Discord wants a call later: after so many seconds, or as its header says.
func limited(h http.Header, seconds float64) *trouble {
	t := &trouble{status: http.StatusTooManyRequests, advice: "ask again after a minute"}
	if n, err := strconv.ParseUint(h.Get("Retry-After"), 10, 16); err == nil && seconds <= 0 {
		seconds = float64(n)
	}
	if seconds > 0 && seconds < 1e6 {
		t.after = time.Duration(seconds * float64(time.Second))
		t.advice = "ask again after " + max(t.after.Round(time.Second), time.Second).String()
	}
	return t
}
