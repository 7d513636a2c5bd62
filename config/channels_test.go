package config_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/taskherald/herald/config"
)

// TestEmail is what settings of mail come to, together.
func TestEmail(t *testing.T) {
	t.Parallel()
	c := load(t, config.Source{Environ: []string{
		"HERALD_EMAIL_SERVER=Smtp.example.com:465", "HERALD_EMAIL_FROM=Herald of Ops <herald@example.com>",
		"HERALD_EMAIL_USER=ada", "HERALD_EMAIL_PASSWORD=s3cret words", "HERALD_EMAIL_LONG_TASK=off",
	}}).Email
	if c.Server != "Smtp.example.com:465" || c.TLS != "tls" || c.User != "ada" || c.Password.Reveal() != "s3cret words" ||
		c.From.Name != "Herald of Ops" || c.From.Address != "herald@example.com" || c.LongTask != 0 {
		t.Errorf("%+v", c)
	}
	if text := fmt.Sprintf("%+v %#v", c, c); strings.Contains(text, "s3cret") {
		t.Error("it prints its password")
	}
	if c := load(t, config.Source{}).Email; c.TLS != "starttls" || c.LongTask != 10*time.Minute || c.Server != "" {
		t.Errorf("by default %+v", c)
	}
	for given, want := range map[string]string{"mail": "mail:587", "::1": "[::1]:587", "[::1]:25": "[::1]:25", "10.1.2.3": "10.1.2.3:587"} {
		c := load(t, config.Source{Environ: []string{"HERALD_EMAIL_SERVER=" + given, "HERALD_EMAIL_FROM=a@b.example"}})
		if c.Email.Server != want {
			t.Errorf("%s is %s", given, c.Email.Server)
		}
	}
}

// TestEmailProblems is what is wrong with settings of mail, and what is said of it.
func TestEmailProblems(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"SERVER=smtp://ada:pw@mail.example":             "must be a host and a port",
		"SERVER=mail.example:0":                         "is no mail server",
		"SERVER=mail.example":                           "also set email.from",
		"TLS=ssl":                                       "is none of starttls, tls, off",
		"FROM=herald":                                   "is no mail address",
		"FROM=hérald@example.com":                       "is no mail address",
		"PASSWORD=pw":                                   "also set email.user",
		"DKIM_SELECTOR=k1":                              "HERALD_EMAIL_DKIM_SELECTOR: email.dkim_selector: set both",
		"DKIM_KEY=channels.go":                          "HERALD_EMAIL_DKIM_KEY: email.dkim_key: set both",
		"DKIM_KEY=none.pem DKIM_SELECTOR=k1":            "cannot be read",
		"DKIM_SELECTOR=k!1":                             "is no selector",
		"LONG_TASK=721h":                                "write 1s to 720h",
		"SERVER=mail.example FROM=a@b.c USER=a TLS=off": "anybody on the way reads the password",
		"SERVER=mail.example FROM=herald":               "is no mail address",
		"DKIM_KEY=channels.go DKIM_SELECTOR=k!1":        "is no selector",
	} {
		var env []string
		for part := range strings.FieldsSeq(given) {
			env = append(env, "HERALD_EMAIL_"+part)
		}
		_, err := config.Load(config.Source{Environ: env})
		if problems, ok := errors.AsType[config.Problems](err); !ok || len(problems) != 1 || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "pw") {
			t.Errorf("%s: %v, want %q", given, problems, want)
		}
	}
	_, err := config.Load(config.Source{Environ: []string{"HERALD_EMAIL_SERVER=mail.example", "HERALD_EMAIL_PASSWORD=pw", "HERALD_EMAIL_DKIM_KEY=channels.go"}})
	if problems, ok := errors.AsType[config.Problems](err); !ok || len(problems) != 3 {
		t.Errorf("not all that is wrong is said: %v", err)
	}
	local := []string{"HERALD_EMAIL_SERVER=127.0.0.1:2525", "HERALD_EMAIL_FROM=a@b.example", "HERALD_EMAIL_USER=a", "HERALD_EMAIL_TLS=off"}
	load(t, config.Source{Environ: local})
}

// TestPushContact is whom push services may be told of.
func TestPushContact(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{"mailto:ops@example.com": "ops@example.com", "ops@example.com": "ops@example.com", "https://example.com/ops": "https://example.com/ops"} {
		if c := load(t, config.Source{Environ: []string{"HERALD_PUSH_CONTACT=" + given}}); c.PushContact != want {
			t.Errorf("%s is %q", given, c.PushContact)
		}
	}
	for _, given := range []string{
		"http://example.com", "https://localhost", "ops", "Ops <ops@example.com>", "https://u:pw@example.com",
		"https://herald.local", "https://127.0.0.1:8443", "https://10.0.0.1", "https://[::1]", "ops@localhost", "ops@mail", "ops@example.invalid",
	} {
		if _, err := config.Load(config.Source{Environ: []string{"HERALD_PUSH_CONTACT=" + given}}); err == nil || !strings.Contains(err.Error(), "is no contact") {
			t.Errorf("%s: %v", given, err)
		}
	}
}

// TestContact is whom push services are told of: the first whom others could ask.
func TestContact(t *testing.T) {
	t.Parallel()
	const mailer = "HERALD_EMAIL_SERVER=127.0.0.1"
	for _, c := range []struct {
		env  []string
		want string
	}{
		{nil, ""},
		{[]string{"HERALD_PUBLIC_URL=https://herald.example.com"}, "https://herald.example.com"},
		{[]string{"HERALD_PUBLIC_URL=http://herald.example.com"}, ""},
		{[]string{"HERALD_PUBLIC_URL=https://localhost:8443"}, ""},
		{[]string{"HERALD_PUBLIC_URL=https://herald.example.com", mailer, "HERALD_EMAIL_FROM=Herald <herald@example.com>"}, "herald@example.com"},
		{[]string{"HERALD_PUBLIC_URL=https://herald.example.com", mailer, "HERALD_EMAIL_FROM=herald@localhost"}, "https://herald.example.com"},
		{[]string{"HERALD_PUSH_CONTACT=ops@example.com", mailer, "HERALD_EMAIL_FROM=herald@example.com"}, "ops@example.com"},
	} {
		if got := load(t, config.Source{Environ: c.env}).Contact(); got != c.want {
			t.Errorf("%v: %q, want %q", c.env, got, c.want)
		}
	}
}
