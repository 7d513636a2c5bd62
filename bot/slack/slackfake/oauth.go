package slackfake

import "time"

// refresh renews the bot's token. The one before it and the refresh token are used up.
func refresh(c *call) (answer, *refusal) {
	switch {
	case c.args["client_secret"] != ClientSecret:
		return nil, no("bad_client_secret")
	case c.args["grant_type"] != "refresh_token":
		return nil, no("invalid_grant_type")
	case c.args["refresh_token"] != c.renewal || c.renewal == "":
		return nil, no("invalid_refresh_token")
	}
	for _, t := range c.tokens {
		if !t.app && t.wrong == "" {
			t.wrong = "token_expired"
		}
	}
	fresh := &token{text: c.id("xoxe.xoxb-fake-"), scopes: c.opts.Scopes, expires: time.Now().Add(tokenLife)}
	c.tokens[fresh.text] = fresh
	c.renewal = c.id("xoxe-fake-")
	return answer{
		"access_token": fresh.text, "refresh_token": c.renewal, "expires_in": int(tokenLife.Seconds()), "token_type": "bot",
		"app_id": App, "bot_user_id": Bot, "team": answer{"id": Team, "name": "Herald"},
	}, nil
}
