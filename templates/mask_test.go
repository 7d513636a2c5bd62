package templates

import (
	"slices"
	"strings"
	"testing"
)

// TestMask holds what is taken out of a line, and what is not.
func TestMask(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"":                                          "",
		"password=hunter2":                          "password=***",
		"DB_PASSWORD=hunter2 DB_USER=ann":           "DB_PASSWORD=*** DB_USER=ann",
		`{"password": "a b, c", "user": "ann"}`:     `{"password": "***", "user": "ann"}`,
		`"{\"api_key\": \"a b\", \"n\": 1}"`:        `"{\"api_key\": \"***\", \"n\": 1}"`,
		`password=""`:                               `password=""`,
		"passwd: hunter":                            "passwd: ***",
		"client_secret => 'x y'":                    "client_secret => '***'",
		"AWS_SECRET_ACCESS_KEY=wJalr/K7+x=":         "AWS_SECRET_ACCESS_KEY=***",
		"Server=db;Password=p@ss;Database=x":        "Server=db;Password=***;Database=x",
		"AccountName=a;AccountKey=Zm9v==;End":       "AccountName=a;AccountKey=***;End",
		"deploy --token abc123 --dry-run":           "deploy --token *** --dry-run",
		"mysql --password='a b' db":                 "mysql --password='***' db",
		"curl -u ann:s3cret https://a.example":      "curl -u ann:*** https://a.example",
		"Authorization: Bearer abc.def-1 (sent)":    "Authorization: Bearer *** (sent)",
		`-H "Authorization: Basic dXNlcjpwYXNz" -v`: `-H "Authorization: Basic ***" -v`,
		`authorization="token x1"`:                  `authorization="token ***"`,
		`Authorization: Digest user="a", nonce="b"`: `Authorization: Digest ***`,
		"proxy-authorization: 12345":                "proxy-authorization: ***",
		"X-Api-Key: 12ab":                           "X-Api-Key: ***",
		"Set-Cookie: session=abc; Path=/":           "Set-Cookie: ***",
		"Authorization: Bot abc.def":                "Authorization: Bot ***",
		"using bearer abcdef123456":                 "using bearer ***",
		"https://ann:pw@host.example/x":             "https://ann:***@host.example/x",
		"postgres://ann:p%40w@db:5432/x?a=b":        "postgres://ann:***@db:5432/x?a=b",
		"clone https://x1y2@github.com/a/b":         "clone https://***@github.com/a/b",
		"<password>hunter2</password>":              "<password>***</password>",
		"docker login -u a -p hunter2 reg":          "docker login -u a -p *** reg",
		"CREATE USER a IDENTIFIED BY 'hunter2'":     "CREATE USER a IDENTIFIED BY '***'",
		"Kennwort: hunter2 senha=x1":                "Kennwort: *** senha=***",
		"the password is hunter2":                   "the password is ***",
		"PIN=1234":                                  "PIN=***",
		"It says: “using DB_PASS=hunter2”":          "It says: “using DB_PASS=***”",
		"key -----BEGIN RSA PRIVATE KEY----- MIIE a -----END RSA PRIVATE KEY-----": "key -----BEGIN RSA PRIVATE KEY-----***-----END RSA PRIVATE KEY-----",
		"DB_PASS=hunter2 MYSQL_PASS=b":                                             "DB_PASS=*** MYSQL_PASS=***",
		"pass: hunter2":                                                            "pass: ***",
		"mysql -u ann -phunter2 shop":                                              "mysql -u ann -p*** shop",
		"mysqldump -phunter2":                                                      "mysqldump -p***",
		"sshpass -p hunter2 ssh ann@db":                                            "sshpass -p *** ssh ann@db",
		"X_VAULT hvs.CAESIJabcdefghijklmnop1234":                                   "X_VAULT hvs.***",
		"postgres://ann:p@ss/w0rd@db:5432/x":                                       "postgres://ann:***@db:5432/x",
		"GET https://a.example/x?sig=ab%2Fc&n=1":                                   "GET https://a.example/x?sig=***&n=1",
		"https://hooks.slack.com/services/T0/B0/xY":                                "https://hooks.slack.com/services/***",
		"https://discord.com/api/webhooks/12/ab-c":                                 "https://discord.com/api/webhooks/12/***",
		"ghp_" + strings.Repeat("a1", 18):                                          "ghp_***",
		"glpat-abcdefghij0123456789":                                               "glpat-***",
		"xoxb-123456789-abcdef":                                                    "xoxb-***",
		"key sk-ant-api03-abcdefghijklmnop":                                        "key sk-***",
		"hrld_abcdefgh12345678 is ours":                                            "hrld_*** is ours",
		"AKIAIOSFODNN7EXAMPLE":                                                     "AKIA***",
		"jwt eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl":                                   "jwt ***",
		"12345678:AA" + strings.Repeat("x", 33):                                    "12345678:***",

		"the password is wrong, spinning=3":       "the password is wrong, spinning=3",
		"12 passed, 3 bypass=1, compass: north":   "12 passed, 3 bypass=1, compass: north",
		"mysql -u ann -p shop":                    "mysql -u ann -p shop",
		"http://a.example:80/x and ann@b.example": "http://a.example:80/x and ann@b.example",
		"max_tokens: 4096, tokens=12":             "max_tokens: 4096, tokens=12",
		"SyntaxError: Unexpected token: comma":    "SyntaxError: Unexpected token: comma",
		"PWD=/home/ann OLDPWD=/":                  "PWD=/home/ann OLDPWD=/",
		"token=null password: none":               "token=null password: none",
		"no password was given":                   "no password was given",
		"wrote to ann@example.com":                "wrote to ann@example.com",
		"https://a.example/@ann?page=2&order=x":   "https://a.example/@ann?page=2&order=x",
		"the bearer instruments":                  "the bearer instruments",
		"ssh://git@github.com/a/b":                "ssh://git@github.com/a/b",
		"2 of 5 keys: monkey=1":                   "2 of 5 keys: monkey=1",
		"ghp_ is a prefix, sk-learn too":          "ghp_ is a prefix, sk-learn too",
	} {
		if got := mask(line); got != want {
			t.Errorf("%q is %q, want %q", line, got, want)
		}
		if again := mask(mask(line)); again != want {
			t.Errorf("%q masked twice is %q", line, again)
		}
	}
}

// TestMaskedKeys holds that no line of a private key is left, also where it is cut.
func TestMaskedKeys(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]string{
		{"a|-----BEGIN RSA PRIVATE KEY-----|MIIE|abc=|-----END RSA PRIVATE KEY-----|b", "a|-----BEGIN RSA PRIVATE KEY-----|***|***|-----END RSA PRIVATE KEY-----|b"},
		{"it said:|MIIE|abc=|-----END PRIVATE KEY-----|b", "it said:|***|***|-----END PRIVATE KEY-----|b"},
		{"-----BEGIN PRIVATE KEY-----|MIIE", "-----BEGIN PRIVATE KEY-----|***"},
		{"-----BEGIN PRIVATE KEY-----MIIE-----END PRIVATE KEY-----|b", "***|b"},
		{"-----BEGIN CERTIFICATE-----|MIIE", "-----BEGIN CERTIFICATE-----|MIIE"},
	} {
		if got := masked(strings.Split(c[0], "|")); !slices.Equal(got, strings.Split(c[1], "|")) {
			t.Errorf("%q is %q", c[0], got)
		}
	}
}

// FuzzMask holds that what is masked stays so, and that nothing breaks.
func FuzzMask(f *testing.F) {
	for _, line := range []string{"password=x", "Authorization: Bearer y", "https://a:b@c", "--token 'x", "cookie:\"", "ghp_12345678"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		if got := mask(line); strings.Count(line, veil) == 0 && got != line && !strings.Contains(got, veil) {
			t.Errorf("%q is %q", line, got)
		}
	})
}
