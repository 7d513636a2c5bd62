package setup

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

const copySigning = "copy it again from Basic Information, App Credentials, Signing Secret, on the app's pages (https://api.slack.com/apps)"

// signingForm is what all signing secrets look like that Slack has given so far.
var signingForm = regexp.MustCompile(`^[0-9a-f]{32}$`)

// signing looks at what Slack needs that calls over HTTP.
func (v *visit) signing(ctx context.Context) {
	if v.SigningSecret == "" {
		return
	}
	if !signingForm.MatchString(v.SigningSecret) {
		v.Odd(copySigning, "slack.signing_secret does not look like one: those have 32 digits and letters from a to f")
	}
	base, err := callable(v.PublicURL)
	switch {
	case err == nil:
		v.knock(ctx, base)
	case v.AppToken != "": // Socket Mode does without
	case v.PublicURL == "":
		v.Broken("set public_url to where Slack reaches this server, or slack.app_token for Socket Mode", "slack.signing_secret is set without public_url, so Slack has nowhere to call")
	default:
		v.Broken("set public_url to an https address that is reached from outside, or slack.app_token for Socket Mode", "public_url %s", err)
	}
}

// knock asks the server what Slack asks it when its address is entered, signed as by Slack.
func (v *visit) knock(ctx context.Context, base string) {
	challenge := rand.Text()
	body, _ := json.Marshal(map[string]string{"type": "url_verification", "challenge": challenge}) // texts
	at := strconv.FormatInt(time.Now().Unix(), 10)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, base+EventsPath, strings.NewReader(string(body)))
	if err != nil {
		v.Broken("correct it", "public_url is no URL")
		return
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("X-Slack-Request-Timestamp", at)
	r.Header.Set("X-Slack-Signature", sign(v.SigningSecret, at, body))
	res, err := v.http.Do(r)
	if err != nil {
		say, _ := unreached(r.URL.Hostname(), err).explain(botToken)
		v.Odd(`start the server; Slack has to reach it there from outside`, "Herald does not answer at %s: %s", base+EventsPath, say)
		return
	}
	defer res.Body.Close()
	said, _ := io.ReadAll(io.LimitReader(res.Body, 4<<10)) // what is there of it is enough
	switch {
	case strings.Contains(string(said), challenge) && res.StatusCode == http.StatusOK:
		v.Good("Herald answers at %s, and takes what is signed with slack.signing_secret", base+EventsPath)
	case res.StatusCode == http.StatusUnauthorized:
		v.Broken("start the server again with this secret; if it has it, compare the clocks", "the server at %s does not take what is signed with slack.signing_secret", base+EventsPath)
	default:
		v.Broken("is Slack set up for that server, and does a proxy pass /slack/ through?", "what answers at %s is not Herald with Slack: status %d", base+EventsPath, res.StatusCode)
	}
}

// sign signs as Slack does (https://docs.slack.dev/authentication/verifying-requests-from-slack).
func sign(secret, at string, body []byte) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("v0:" + at + ":"))
	mac.Write(body)
	return "v0=" + hex.EncodeToString(mac.Sum(nil))
}
