package slackfake

// Token is a token, as an administrator sees it.
type Token struct {
	slack *Slack
	text  string
}

// Token is the one with that text.
func (s *Slack) Token(text string) *Token { return &Token{slack: s, text: text} }

// Refuse makes every call with it fail with that code from now on: "invalid_auth",
// "token_revoked", "account_inactive", "token_expired"; "" makes it good again.
func (t *Token) Refuse(code string) {
	t.slack.mu.Lock()
	defer t.slack.mu.Unlock()
	if known := t.slack.work.tokens[t.text]; known != nil {
		known.wrong = code
	}
}

// Grant sets the scopes that it has.
func (t *Token) Grant(scopes ...string) {
	t.slack.mu.Lock()
	defer t.slack.mu.Unlock()
	if known := t.slack.work.tokens[t.text]; known != nil {
		known.scopes = scopes
	}
}

// Revoke ends the bot's token: the app is told, and every call fails.
func (t *Token) Revoke() {
	t.Refuse("token_revoked")
	t.slack.mu.Lock()
	defer t.slack.mu.Unlock()
	w := t.slack.work
	w.tell(happening{event: "tokens_revoked", body: answer{"type": "tokens_revoked", "tokens": answer{"oauth": []string{}, "bot": []string{Bot}}, "event_ts": w.ts()}})
}

// Uninstall takes the app out of the workspace: it is told, and every call fails.
func (t *Token) Uninstall() {
	t.Revoke()
	t.Refuse("account_inactive")
	t.slack.mu.Lock()
	defer t.slack.mu.Unlock()
	w := t.slack.work
	w.tell(happening{event: "app_uninstalled", body: answer{"type": "app_uninstalled", "event_ts": w.ts()}})
}
