package setup

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/taskherald/herald/bot/checkup"
)

// maxAnswer is how much is read of an answer, in bytes.
const maxAnswer = 8 << 20

// A caller calls methods of Slack.
type caller struct {
	api  string // ends in a slash
	http *http.Client
}

func newCaller(api string, through http.RoundTripper) caller {
	return caller{api, checkup.Caller(through)}
}

// A trouble is why a call came to nothing. Either Slack says so, or there is no answer of
// Slack's at all.
type trouble struct {
	code   string // Slack's word for it; "" if there is no answer of Slack
	needed string // of a scope that is missing: which
	say    string // without a code: what happened
	advice string
}

// codeForm is what Slack's codes and scopes look like. What else an answer holds is not
// repeated.
var codeForm = regexp.MustCompile(`^[a-z0-9_.:,]{1,80}$`)

// call calls a method with a token, and reads its answer into what v points to.
func (c caller) call(ctx context.Context, token, method string, form url.Values, v any) (http.Header, *trouble) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.api+method, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, &trouble{say: "the address of the methods is no URL", advice: "correct slack.api_url"}
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Authorization", "Bearer "+token)
	res, err := c.http.Do(r)
	if err != nil {
		return nil, unreached(r.URL.Hostname(), err)
	}
	defer res.Body.Close()
	if res.StatusCode == http.StatusTooManyRequests {
		return res.Header, limited(res.Header)
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return res.Header, unreached(r.URL.Hostname(), err)
	}
	return res.Header, refused(r.URL.Hostname(), res.StatusCode, body, v)
}

// refused reads an answer, and is what Slack has against the call; nil if nothing.
func refused(host string, status int, body []byte, v any) *trouble {
	var said struct {
		OK     *bool  `json:"ok"`
		Error  string `json:"error"`
		Needed string `json:"needed"`
	}
	switch err := json.Unmarshal(body, &said); {
	case err != nil || said.OK == nil:
		return &trouble{
			say:    "what answers at " + host + " is not Slack: status " + strconv.Itoa(status),
			advice: "look for a proxy or a sign-in page between here and Slack, and at slack.api_url",
		}
	case *said.OK && json.Unmarshal(body, v) != nil:
		return &trouble{say: "Slack's answer has a form that is not known", advice: "update Herald, or look for what changes answers on the way"}
	case *said.OK:
		return nil
	}
	t := &trouble{code: "an error without a name"}
	if codeForm.MatchString(said.Error) {
		t.code = said.Error
	}
	if codeForm.MatchString(said.Needed) {
		t.needed = said.Needed
	}
	return t
}

func limited(h http.Header) *trouble {
	wait := "a minute"
	if n, err := strconv.ParseUint(h.Get("Retry-After"), 10, 16); err == nil {
		wait = (time.Duration(n) * time.Second).String()
	}
	return &trouble{code: "ratelimited", advice: "ask again after " + wait}
}

// unreached is why there is no answer.
func unreached(host string, err error) *trouble {
	say, advice := checkup.Unreached(host, err)
	return &trouble{say: say, advice: advice}
}
